// Package bench measures the function, deployed or on this machine: how long requests
// take and what of it each stage takes, cold starts, memory, cost. On this machine the
// network alone can be run by turns with the requests (lambda/cmd/barerun), so that a
// ratio holds whatever else the machine does.
//
// The scripts next to it make pictures for `make bench` and draw docs/growth.svg.
package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/local"
)

// NoRetries is what a client that measures has: a retry would hide a failure and count
// as a slow success.
const NoRetries = -1

// Config says what to measure. One of Deployed and Local is set.
type Config struct {
	// Deployed asks the function that is measured, without retries.
	Deployed *client.Client
	// Local is a function to run on this machine, and Log where its log goes too; nil
	// for nowhere.
	Local *local.Parts
	Log   io.Writer

	Requests    int // with each picture in each form
	Concurrency int // requests at once
	// The following are for a local function. Cold is how often it is started afresh;
	// Mixed how many requests of all kinds are sent before its memory is read, on Linux;
	// Bare the program that runs the network alone, empty for none.
	Cold, Mixed int
	Bare        string

	// The cost is that of so much memory on this CPU, at the prices of this region;
	// empty for the function's own region.
	MemoryMB             int64
	Architecture, Region string
}

// Run measures. An error with a report says what could not be measured.
func Run(ctx context.Context, c Config, requests []Request) (*Report, error) {
	report := &Report{}
	var err error
	if c.Cold > 0 {
		if report.Cold, err = c.coldStarts(ctx, requests[0]); err != nil {
			return nil, fmt.Errorf("measure cold starts: %w", err)
		}
	}
	t, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer t.close()
	for _, r := range requests {
		s, err := c.measure(ctx, t, r)
		if err != nil {
			return nil, err
		}
		report.Series = append(report.Series, s)
	}
	if c.Mixed > 0 {
		if report.Memory, err = c.mixed(ctx, t, requests); err != nil {
			err = fmt.Errorf("measure memory: %w", err)
		}
	}
	report.Cost = c.cost(cmp.Or(c.Region, t.client.Region()), report.Series)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return report, errors.Join(report.Failure(), err)
}

// target is the function that is measured.
type target struct {
	client *client.Client
	server *local.Server // nil unless it runs on this machine
	log    *functionLog  // the local function's
	close  func() error
}

// connect starts a local function, with an eye on its log.
func (c Config) connect(ctx context.Context) (target, error) {
	if c.Local == nil {
		return target{client: c.Deployed, close: func() error { return nil }}, nil
	}
	log := &functionLog{}
	out := io.Writer(log)
	if c.Log != nil {
		out = io.MultiWriter(log, c.Log)
	}
	server, err := local.Start(ctx, local.Config{Parts: *c.Local, Concurrency: c.Concurrency, MemoryMB: int(c.MemoryMB), Log: out})
	if err != nil {
		return target{}, err
	}
	caller, err := client.New(ctx, client.Config{URL: server.URL, AWS: server.AWS(), Retries: NoRetries})
	if err != nil {
		server.Close()
		return target{}, err
	}
	return target{caller, server, log, server.Close}, nil
}
