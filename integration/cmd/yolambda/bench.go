package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/lambda/api"
)

type benchCommand struct {
	endpointFlags
	optionFlags

	N            int      `short:"n" default:"50" placeholder:"N" help:"Requests to measure, with each picture in each form."`
	Concurrency  int      `short:"c" default:"1" placeholder:"N" help:"Requests at once."`
	Form         []string `enum:"raw,json" default:"raw" help:"How a picture is sent: raw, as its bytes, or json, as base64; raw,json for both."`
	Cold         int      `placeholder:"N" help:"With --local: also start the function N times afresh."`
	Mixed        int      `placeholder:"N" help:"With --local on Linux: also send N requests of all pictures and forms by turns, and tell the function's memory then."`
	Bare         string   `type:"path" placeholder:"FILE" help:"With --local: the program that runs the network alone (build/bench/barerun, by make bench), to compare with."`
	Memory       int64    `default:"10240" placeholder:"MB" help:"The function's memory, for the cost."`
	Architecture string   `enum:"arm64,x86_64" default:"arm64" help:"The function's CPU, for the cost: arm64 or x86_64."`
	Region       string   `placeholder:"REGION" help:"Whose prices to take (the function's region)."`
	JSON         bool     `name:"json" help:"Print one JSON object."`
	Images       []string `arg:"" name:"image" help:"Pictures, or - for the standard input."`
}

func (benchCommand) Help() string {
	return `Examples:

  yolambda bench --stack yolambda -n 200 -c 8 bus.jpg
  yolambda bench --local --json bus.jpg | jq .series[0].ms.wall.p95
  yolambda bench --local --form raw,json --cold 10 --mixed 1000 *.jpg

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
               the requests

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
	var requests []benchRequest
	for _, file := range b.Images {
		picture, err := readPicture(file, std.in)
		if err != nil {
			return err
		}
		for _, form := range b.Form {
			requests = append(requests, newBenchRequest(file, form, picture, opts))
		}
	}
	var report benchReport
	if b.Cold > 0 {
		if report.Cold, err = b.coldStarts(ctx, requests[0]); err != nil {
			return fmt.Errorf("measure cold starts: %w", err)
		}
	}
	target, err := b.connect(ctx, std)
	if err != nil {
		return err
	}
	defer target.close()
	for _, r := range requests {
		s, err := b.measure(ctx, target, r)
		if err != nil {
			return err
		}
		report.Series = append(report.Series, s)
	}
	var memoryErr error // no reason not to print the rest, as failed requests are not
	if b.Mixed > 0 {
		if report.Memory, memoryErr = b.mixed(ctx, target, requests); memoryErr != nil {
			memoryErr = fmt.Errorf("measure memory: %w", memoryErr)
		}
	}
	report.Cost = b.cost(cmp.Or(b.Region, target.client.Region()), report.Series)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if b.JSON {
		err = json.NewEncoder(std.out).Encode(report)
	} else {
		err = report.write(std.out)
	}
	if err != nil {
		return fmt.Errorf("print measurement: %w", err)
	}
	return errors.Join(report.failure(), memoryErr)
}

func (b *benchCommand) checkFlags() error {
	if err := b.check(); err != nil {
		return err
	}
	switch {
	case b.N < 1 || b.Concurrency < 1:
		return usagef("-n and -c are at least 1")
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

// benchReport is what is printed.
type benchReport struct {
	Series []*series   `json:"series"`
	Cold   *coldStarts `json:"cold,omitempty"`
	Memory *memoryUse  `json:"memory,omitempty"`
	Cost   benchCost   `json:"cost"`
}

// failure tells failed requests; they are no reason not to print the rest.
func (r benchReport) failure() error {
	var errs []error
	for _, s := range r.Series {
		if s.Failed > 0 {
			errs = append(errs, fmt.Errorf("%s: %d of %d requests failed; the last one: %w", s.File, s.Failed, s.Requests, s.lastErr))
		}
	}
	return errors.Join(errs...)
}

// benchTarget is the function that is measured.
type benchTarget struct {
	client *client.Client
	server *local.Server // nil unless it runs on this machine
	log    *benchLog     // the local function's
	close  func() error
}

// noRetries: a retry would hide a failure and count as a slow success.
const noRetries = -1

// connect is endpointFlags.open, with an eye on the local function's log.
func (b *benchCommand) connect(ctx context.Context, std *streams) (benchTarget, error) {
	if !b.Local {
		c, closeClient, err := b.open(ctx, std, b.Concurrency, noRetries)
		return benchTarget{client: c, close: closeClient}, err
	}
	parts, err := b.parts()
	if err != nil {
		return benchTarget{}, err
	}
	log := &benchLog{}
	out := io.Writer(log)
	if b.Verbose {
		out = io.MultiWriter(log, std.err)
	}
	server, err := local.Start(ctx, local.Config{Parts: parts, Concurrency: b.Concurrency, MemoryMB: int(b.Memory), Log: out})
	if err != nil {
		return benchTarget{}, err
	}
	c, err := client.New(ctx, client.Config{URL: server.URL, AWS: server.AWS(), Retries: noRetries})
	if err != nil {
		server.Close()
		return benchTarget{}, err
	}
	return benchTarget{c, server, log, server.Close}, nil
}

// benchRequest is a picture in the form in which it is sent.
type benchRequest struct {
	file, form  string
	picture     []byte
	contentType string
	body        []byte
	opts        api.Options
}

func newBenchRequest(file, form string, picture []byte, opts api.Options) benchRequest {
	r := benchRequest{file: file, form: form, picture: picture, contentType: "application/octet-stream", body: picture, opts: opts}
	if form == "json" {
		r.contentType = "application/json"
		r.body, _ = json.Marshal(map[string][]byte{"image": picture}) // bytes become base64; this can't fail
	}
	return r
}

func (r benchRequest) send(ctx context.Context, c *client.Client) (*api.Response, error) {
	body, err := c.PredictBody(ctx, r.contentType, r.body, r.opts)
	if err != nil {
		return nil, err
	}
	return client.Decode(body)
}
