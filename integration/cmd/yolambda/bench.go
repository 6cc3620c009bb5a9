package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/yolambda/yolambda/integration/bench"
	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/predict"
	"github.com/yolambda/yolambda/lambda/api"
)

type benchCommand struct {
	endpointFlags
	optionFlags

	N           int      `short:"n" default:"50" placeholder:"N" help:"Requests to measure, with each picture in each form."`
	Concurrency int      `short:"c" default:"1" placeholder:"N" help:"Requests at once; with --local each is a process with its share of the CPUs."`
	Form        []string `enum:"raw,json" placeholder:"FORM" help:"How a picture is sent: raw, as its bytes (the default), or json, as base64; raw,json for both."`
	Batch       int      `placeholder:"N" help:"Send N copies of a picture in a request, in JSON: from 2 to 64, and 6 MB."`
	Cold        int      `placeholder:"N" help:"With --local: also start the function N times afresh."`
	Mixed       int      `placeholder:"N" help:"With --local on Linux: also send N requests of all pictures and forms by turns, and tell the function's memory then."`
	Bare        string   `type:"path" placeholder:"FILE" help:"With --local: the program that runs the network alone (build/bench/barerun, by make bench), to compare with."`
	costFlags
	Region string   `placeholder:"REGION" help:"Whose prices to take (the function's region)."`
	JSON   bool     `name:"json" help:"Print one JSON object."`
	Images []string `arg:"" name:"image" help:"Pictures, or - for the standard input."`
}

func (benchCommand) Help() string {
	return `Examples:

  yolambda bench --stack yolambda -n 200 -c 8 bus.jpg
  yolambda bench --local --json bus.jpg | jq .series[0].ms.wall.p95
  yolambda bench --local --form raw,json --cold 10 --mixed 1000 *.jpg
  yolambda bench --stack yolambda --batch 16 bus.jpg

One warm-up request for each of -c goes first, unmeasured; failed requests are
counted and not sent again. The rows, in milliseconds:

  wall         what a caller waits, from signing to the reply read
  cold         the same, of the requests that found no process ready
  request      --local: from the Runtime API handing out the event to the reply
  parse to postprocess   the function's own stages; head and nms are parts of
               postprocess
  encode       --local: writing the reply
  runtime api  --local: the rest of request: the event's way in, the reply's out
  run          --bare: the network alone, in a process of its own, by turns with
               the requests; with --batch N of it on a session of one thread for
               each CPU

With --batch the stages are those of each picture, of which several go on side by
side, and the cost of a deployed function is that of what the caller waits.

The cost is that of the measured time: --local measures this machine's.`
}

func (b *benchCommand) Run(ctx context.Context, std *streams) error {
	if err := b.checkFlags(); err != nil {
		return err
	}
	opts, err := b.options()
	if err != nil {
		return err
	}
	var requests []bench.Request
	for _, file := range b.Images {
		picture, err := predict.ReadFile(ctx, file, std.in)
		if err != nil {
			return err
		}
		if b.Batch > 0 {
			requests = append(requests, bench.NewBatch(file, b.Batch, picture, opts))
			continue
		}
		for _, form := range b.forms() {
			requests = append(requests, bench.NewRequest(file, form, picture, opts))
		}
	}
	config, err := b.config(ctx, std)
	if err != nil {
		return err
	}
	report, failure := bench.Run(ctx, config, requests)
	if report == nil {
		return failure
	}
	if b.JSON {
		err = json.NewEncoder(std.out).Encode(report)
	} else {
		err = report.Write(std.out)
	}
	if err != nil {
		return fmt.Errorf("print measurement: %w", err)
	}
	return failure
}

// forms are how each picture is sent.
func (b *benchCommand) forms() []string {
	if b.Form == nil {
		return []string{"raw"}
	}
	return b.Form
}

// config says what to measure.
func (b *benchCommand) config(ctx context.Context, std *streams) (bench.Config, error) {
	c := bench.Config{
		Requests: b.N, Concurrency: b.Concurrency, Cold: b.Cold, Mixed: b.Mixed, Bare: b.Bare,
		MemoryMB: int64(b.Memory), Architecture: b.Architecture, Region: b.Region,
	}
	if b.Verbose {
		c.Log = std.err
	}
	if b.Local {
		parts, err := b.parts()
		c.Local = &parts
		return c, err
	}
	var err error
	c.Deployed, _, err = b.open(ctx, std, b.Concurrency, client.Config{Retries: bench.NoRetries})
	return c, err
}

func (b *benchCommand) checkFlags() error {
	if err := b.check(); err != nil {
		return err
	}
	switch {
	case b.N < 1 || b.Concurrency < 1:
		return usagef("-n and -c are at least 1")
	case b.Batch != 0 && (b.Batch < 2 || b.Batch > api.MaxImages):
		return usagef("--batch %d is not from 2 to %d", b.Batch, api.MaxImages)
	case b.Batch != 0 && b.Form != nil:
		return usagef("--batch goes without --form: several pictures are sent in JSON")
	case !b.Local && (b.Cold > 0 || b.Mixed > 0 || b.Bare != ""):
		return usagef("--cold, --mixed and --bare go with --local")
	case b.Mixed > 0 && runtime.GOOS != "linux":
		return usagef("--mixed reads the function's memory from Linux's /proc; this is %s", runtime.GOOS)
	case b.Bare != "" && b.Concurrency > 1:
		return usagef("--bare: the network alone is compared with one request at a time")
	case b.Bare != "" && (b.ImgSz != "" || b.Letterbox != "" || b.Rect != "" || b.Tile != "" || b.Models != ""):
		return usagef("--bare runs the default model at its own size: without --imgsz, --letterbox, --rect, --tile and --models")
	}
	return nil
}
