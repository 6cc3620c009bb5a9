package main

import (
	"cmp"
	"context"
	"io"
	"os"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/local"
)

// endpointFlags say which function a command calls.
type endpointFlags struct {
	Local bool   `xor:"where" help:"Start the function on this machine, for this command alone."`
	URL   string `xor:"where" placeholder:"URL" help:"The function URL ($$YOLAMBDA_URL)."`
	Stack string `xor:"where" placeholder:"NAME" help:"The CloudFormation stack whose outputs tell the URL ($$YOLAMBDA_STACK)."`

	Domain   string `placeholder:"NAME" help:"Send requests to this domain, which is in front of the function URL, signed for that."`
	Unsigned bool   `help:"The URL is of a public domain: don't sign, CloudFront does."`

	partsFlags

	Verbose bool `short:"v" help:"With --local: show the function's log on stderr."`
}

// check refuses a command line that names no function, before anything starts.
func (f *endpointFlags) check() error {
	if !f.Local && f.URL == "" && f.Stack == "" {
		if f.URL = os.Getenv("YOLAMBDA_URL"); f.URL == "" {
			f.Stack = os.Getenv("YOLAMBDA_STACK")
		}
	}
	if !f.Local && f.URL == "" && f.Stack == "" {
		saved, err := readSettings()
		if err != nil {
			return err
		}
		f.URL, f.Stack = saved.URL, saved.Stack
	}
	switch {
	case !f.Local && f.URL == "" && f.Stack == "":
		return usagef("which function? Give --local, --url URL or --stack NAME")
	case !f.Local && f.partsFlags != partsFlags{}:
		return usagef("--model, --models, --bootstrap and --library go with --local; a deployed function has models of its own")
	case f.Local && (f.Domain != "" || f.Unsigned):
		return usagef("--domain and --unsigned are for a deployed function")
	case f.Unsigned && (f.URL == "" || f.Domain != ""):
		return usagef("--unsigned goes with the --url of a public domain")
	}
	return nil
}

// open connects to the function with a client of that configuration; with --local it starts one, of that many
// processes, which close stops.
func (f *endpointFlags) open(ctx context.Context, std *streams, concurrency int, cfg client.Config) (c *client.Client, close func() error, err error) {
	if !f.Local {
		cfg.URL, cfg.Stack, cfg.Domain, cfg.Unsigned = f.URL, f.Stack, f.Domain, f.Unsigned
		c, err := client.New(ctx, cfg)
		return c, func() error { return nil }, err
	}
	server, err := f.serve(ctx, std, concurrency)
	if err != nil {
		return nil, nil, err
	}
	cfg.URL, cfg.AWS = server.URL, server.AWS()
	c, err = client.New(ctx, cfg)
	if err != nil {
		server.Close()
		return nil, nil, err
	}
	return c, server.Close, nil
}

// serve starts the function on this machine.
func (f *endpointFlags) serve(ctx context.Context, std *streams, concurrency int) (*local.Server, error) {
	parts, err := f.parts()
	if err != nil {
		return nil, err
	}
	var log io.Writer
	if f.Verbose {
		log = std.err
	}
	return local.Start(ctx, local.Config{Parts: parts, Concurrency: cmp.Or(concurrency, 1), Log: log})
}
