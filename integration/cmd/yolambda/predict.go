package main

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/predict"
	"github.com/yolambda/yolambda/integration/terminal"
)

type predictCommand struct {
	endpointFlags
	optionFlags

	Format    predict.Format `enum:"table,json,jsonl,csv,coco,yolo,labelme,yolambda,ultralytics,roboflow" default:"table" placeholder:"NAME" help:"How results are written: table, json, jsonl, csv, coco; yolo and labelme, a file a picture in --save-labels; ultralytics and roboflow, jsonl in those services' words."`
	JSON      bool           `name:"json" help:"The same as --format jsonl: one JSON object a line and picture, the key file, then the reply; or file and error."`
	Out       string         `short:"o" type:"path" placeholder:"OUT" help:"Write the picture with its boxes: a .jpg or .png file, or a folder for several pictures."`
	Crops     string         `name:"save-crops" type:"path" placeholder:"DIR" help:"Cut each detection out of its picture: DIR/CLASS/PICTURE-NUMBER.jpg."`
	Labels    string         `name:"save-labels" type:"path" placeholder:"DIR" help:"Where the files of --format yolo and labelme go."`
	Jobs      *int           `short:"j" placeholder:"N" help:"Pictures at once (8; with --local one a CPU, 8 at most, of which each is a process); results keep their order."`
	Recursive bool           `short:"r" help:"Look into the folders of folders too."`
	Every     string         `default:"1s" placeholder:"N|TIME" help:"Which frames of videos to look at: each Nth, or one every TIME (1s). Needs ffmpeg."`
	Quiet     bool           `short:"q" help:"No progress and no notes on stderr: errors alone."`
	Images    []string       `arg:"" name:"image" help:"Pictures, videos, folders of them, http:// and https:// addresses of pictures, or - for the standard input."`
}

const (
	// atOnceDeployed is how many pictures a deployed function is sent at once: less
	// than the 10 executions that a new account has.
	atOnceDeployed = 8
	// mostLocal is how many processes run on this machine unless more are asked for: each
	// has a session of its own, hundreds of MiB, and CPUs are often more than memory has
	// room for.
	mostLocal = 8
	// mostAtOnce is an account's usual limit.
	mostAtOnce = 1000
)

func (predictCommand) Help() string {
	return `Examples:

  yolambda predict --stack yolambda bus.jpg
  yolambda predict --local --model yolov8n.onnx -o seen.jpg bus.jpg
  yolambda predict --url "$URL" --json --conf 0.5 --classes person,dog photos/ | jq .
  curl -s "$PICTURE" | yolambda predict --local -

Several pictures are sent at once; where the function refuses so many (429),
fewer are, and they are sent again.

A picture of more than 4.5 MB or 40 megapixels is scaled down for sending, unless
--tile, --mask rle or another service's --format is given; what is told and drawn
refers to the picture itself.

What --url, --stack, --model and --model-name say may stand in the environment or
in a file: yolambda man has the names.

The exit status is 0 when every picture was answered, 1 when one failed (the
others are answered all the same), 2 when the command line is wrong.`
}

func (p *predictCommand) Run(ctx context.Context, std *streams) error {
	job, err := p.job(std)
	if err != nil {
		return err
	}
	c, closeEndpoint, err := p.open(ctx, std, job.AtOnce, client.Config{ReturnThrottled: true})
	if err != nil {
		return err
	}
	defer closeEndpoint()
	job.Client = c
	results, err := job.NewWriter(ctx, std.out)
	if err != nil {
		return err
	}
	done, failed, nothing, err := p.show(ctx, std, job, results)
	switch {
	case err != nil:
		return fmt.Errorf("print result: %w", err)
	case ctx.Err() != nil:
		return fmt.Errorf("interrupted after %d pictures", done)
	}
	if nothing && job.Format == predict.Table {
		if err := job.ExplainNothing(ctx, std.out); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d pictures failed", failed, done)
	}
	return nil
}

// job reads the flags.
func (p *predictCommand) job(std *streams) (*predict.Job, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if p.Jobs != nil && (*p.Jobs < 1 || *p.Jobs > mostAtOnce) {
		return nil, usagef("-j %d is not from 1 to %d", *p.Jobs, mostAtOnce)
	}
	opts, err := p.options()
	if err != nil {
		return nil, err
	}
	every, err := predict.ParseEvery(p.Every)
	if err != nil {
		return nil, usagef("--every: %w", err)
	}
	format := p.Format
	if p.JSON && (format == predict.Table || format == predict.Native) {
		format = predict.JSONLines
	}
	sources, notes, err := predict.List(p.Images, p.Recursive)
	if err != nil {
		return nil, usageError{err}
	}
	for _, note := range notes {
		fmt.Fprintln(p.notes(std), terminal.Clean(note))
	}
	job := &predict.Job{
		Options: opts, Sources: sources, Stdin: std.in, Format: format, Every: every,
		Output: predict.Output{Drawn: p.Out, Crops: p.Crops, Labels: p.Labels},
	}
	job.AtOnce = p.atOnce(job.Total())
	switch err := job.Check(); {
	case p.JSON && !format.TellsErrors():
		return nil, usagef("--json is --format jsonl: give one of the two")
	case err != nil:
		return nil, usageError{err}
	}
	return job, nil
}

// notes is where progress goes, and what is no error.
func (p *predictCommand) notes(std *streams) io.Writer {
	if p.Quiet {
		return io.Discard
	}
	return std.err
}

// atOnce is how many of so many pictures, below zero where nobody knows, are worked on at a
// time. On this machine each is a process with its share of the CPUs: as several with one
// CPU do more than one with several, and a single picture has all.
func (p *predictCommand) atOnce(pictures int) int {
	n := 0
	switch {
	case p.Jobs != nil:
		n = *p.Jobs
	case p.Local:
		n = min(runtime.NumCPU(), mostLocal)
	default:
		n = atOnceDeployed
	}
	if p.Local && pictures > 0 {
		n = min(n, pictures)
	}
	return n
}

// show prints the results as they come. It tells how many pictures were answered or
// failed, and whether nothing was seen in one of them.
func (p *predictCommand) show(ctx context.Context, std *streams, job *predict.Job, results predict.Writer) (done, failed int, nothing bool, err error) {
	notes := p.notes(std)
	progress, style := terminal.NewProgress(notes, job.Total(), "pictures"), terminal.StyleOf(std.err)
	defer progress.Clear()
	for r := range job.Results(ctx) {
		progress.Clear()
		for _, note := range r.Notes {
			fmt.Fprintln(notes, terminal.Clean(r.Name+": "+note))
		}
		if r.Err != nil {
			failed++
			if !job.Format.TellsErrors() {
				fmt.Fprintln(std.err, style.Alarm(terminal.Clean(fmt.Sprintf("%s: %v", r.Name, r.Err))))
			}
		}
		if err := results.Write(r); err != nil {
			return done, failed, nothing, err
		}
		nothing = nothing || r.Nothing()
		done++
		progress.Add()
	}
	if ctx.Err() == nil {
		err = results.Close()
	}
	return done, failed, nothing, err
}
