package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

type predictCommand struct {
	endpointFlags
	optionFlags

	Format string   `enum:"yolambda,ultralytics,roboflow" default:"yolambda" placeholder:"NAME" help:"Dialect of the replies that --json prints: yolambda, ultralytics or roboflow."`
	JSON   bool     `name:"json" help:"Print one JSON object a line and picture: the key file, then the reply; or file and error."`
	Out    string   `short:"o" type:"path" placeholder:"OUT" help:"Write the picture with its boxes: a .jpg or .png file, or a folder for several pictures."`
	Images []string `arg:"" name:"image" help:"Picture files, folders of them, or - for the standard input."`
}

func (predictCommand) Help() string {
	return `Examples:

  yolambda predict --stack yolambda bus.jpg
  yolambda predict --local --model yolov8n.onnx -o seen.jpg bus.jpg
  yolambda predict --url "$URL" --json --conf 0.5 --classes person,dog photos/ | jq .
  curl -s "$PICTURE" | yolambda predict --local -

A picture of more than 4.5 MB is scaled down for sending, unless --tile, --mask
rle or --format is given; what is told and drawn refers to the picture itself.

The exit status is 0 when every picture was answered, 1 when one failed (the
others are answered all the same), 2 when the command line is wrong.`
}

func (p *predictCommand) Run(ctx context.Context, std *streams) error {
	if err := p.check(); err != nil {
		return err
	}
	opts, err := p.options()
	if err != nil {
		return err
	}
	if format := api.Format(p.Format); format != api.NativeFormat {
		if !p.JSON || p.Out != "" {
			return usagef("--format %s goes with --json and without -o", format)
		}
		opts.Format = format
	}
	files, err := listPictures(p.Images)
	if err != nil {
		return err
	}
	targets, err := planTargets(p.Out, files)
	if err != nil {
		return err
	}
	c, closeEndpoint, err := p.open(ctx, std, 1, 0)
	if err != nil {
		return err
	}
	defer closeEndpoint()

	show := showTable
	if p.JSON {
		show = showJSON
	}
	progress := newProgress(std.err, len(files))
	failed, nothing := 0, false
	for i, file := range files {
		progress.at(i, file)
		result := predict(ctx, c, file, std, opts)
		if result.err == nil && targets != nil {
			result.err = writeAnnotated(targets[i], result.picture, result.reply)
		}
		progress.clear()
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted after %d of %d pictures", i, len(files))
		}
		if result.err != nil {
			failed++
		}
		nothing = nothing || result.nothing()
		if i > 0 && !p.JSON {
			fmt.Fprintln(std.out)
		}
		if err := show(std, result); err != nil {
			return fmt.Errorf("print result: %w", err)
		}
	}
	if nothing && !p.JSON {
		if err := explainNothing(ctx, c, opts, std); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d pictures failed", failed, len(files))
	}
	return nil
}

// result is what became of one picture.
type result struct {
	file    string        // as the user named it
	picture []byte        // the file's bytes
	body    []byte        // the reply as the function wrote it, or scaled back
	reply   *api.Response // the same, read; nil in another dialect
	wall    time.Duration // from sending to having the reply
	err     error
}

// predict asks the function about one picture.
func predict(ctx context.Context, c *client.Client, file string, std *streams, opts api.Options) result {
	r := result{file: file}
	if r.picture, r.err = readPicture(file, std.in); r.err != nil {
		return r
	}
	var sent fitted
	if sent, r.err = fit(ctx, c, file, r.picture, opts, std.err); r.err != nil {
		return r
	}
	start := time.Now()
	if r.body, r.err = c.PredictRaw(ctx, sent.picture, opts); r.err != nil {
		return r
	}
	r.wall = time.Since(start)
	if opts.Format != "" {
		r.err = checkDialect(r.body, opts.Format)
		return r
	}
	if r.reply, r.err = client.Decode(r.body); r.err == nil && sent.before != nil {
		r.body, r.err = scaleBack(r.reply, *sent.before)
	}
	return r
}

// checkDialect tells a reply of another dialect from what some other server
// says.
func checkDialect(body []byte, format api.Format) error {
	key := map[api.Format]string{api.UltralyticsFormat: "images", api.RoboflowFormat: "predictions"}[format]
	var reply map[string]json.RawMessage
	if err := json.Unmarshal(body, &reply); err != nil || reply[key] == nil {
		return fmt.Errorf("read reply: it has no %s: is this URL a YOLambda function?", key)
	}
	return nil
}

// progress tells on a terminal which of several pictures is being looked at.
type progress struct {
	w     io.Writer
	total int
}

// newProgress is silent unless w is a terminal and there is something to wait
// for.
func newProgress(w io.Writer, total int) progress {
	f, ok := w.(*os.File)
	if !ok || total < 2 || !term.IsTerminal(int(f.Fd())) {
		w = io.Discard
	}
	return progress{w: w, total: total}
}

func (p progress) at(i int, file string) { fmt.Fprintf(p.w, "\r\x1b[K[%d/%d] %s", i+1, p.total, file) }
func (p progress) clear()                { fmt.Fprint(p.w, "\r\x1b[K") }
