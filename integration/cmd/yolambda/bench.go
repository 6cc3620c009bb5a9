package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

type benchCommand struct {
	endpointFlags
	optionFlags

	N           int    `short:"n" default:"50" placeholder:"N" help:"Requests to measure."`
	Concurrency int    `short:"c" default:"1" placeholder:"N" help:"Requests at once."`
	JSON        bool   `name:"json" help:"Print one JSON object."`
	Image       string `arg:"" help:"The picture, or - for the standard input."`
}

func (benchCommand) Help() string {
	return `Examples:

  yolambda bench --stack yolambda -n 200 -c 8 bus.jpg
  yolambda bench --local --json bus.jpg | jq .ms.wall.p95

One warm-up request for each of -c goes first, unmeasured; failed requests are
counted and not sent again.`
}

func (b *benchCommand) Run(ctx context.Context, std *streams) error {
	if err := b.check(); err != nil {
		return err
	}
	if b.N < 1 || b.Concurrency < 1 {
		return usagef("-n and -c are at least 1")
	}
	opts, err := b.options()
	if err != nil {
		return err
	}
	picture, err := readPicture(b.Image, std.in)
	if err != nil {
		return err
	}
	// A retry would hide a failure and count as a slow success.
	const noRetries = -1
	c, closeEndpoint, err := b.open(ctx, std, b.Concurrency, noRetries)
	if err != nil {
		return err
	}
	defer closeEndpoint()

	warmUp := measure(ctx, c, picture, opts, b.Concurrency, b.Concurrency)
	if warmUp.Failed == warmUp.Requests {
		return fmt.Errorf("warm up: %w", warmUp.lastErr)
	}
	m := measure(ctx, c, picture, opts, b.N, b.Concurrency)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	m.ColdStarts += warmUp.ColdStarts
	if b.JSON {
		err = json.NewEncoder(std.out).Encode(m)
	} else {
		err = m.writeTable(std.out)
	}
	if err != nil {
		return fmt.Errorf("print measurement: %w", err)
	}
	if m.Failed > 0 {
		return fmt.Errorf("%d of %d requests failed; the last one: %w", m.Failed, m.Requests, m.lastErr)
	}
	return nil
}

// stages are the rows of the result: the caller's wall time, then the
// function's own stages in their order.
var stages = []string{"wall", "parse", "decode", "preprocess", "inference", "postprocess"}

// measurement sums up a series of requests.
type measurement struct {
	Requests    int     `json:"requests"`
	Concurrency int     `json:"concurrency"`
	Failed      int     `json:"failed"`
	ColdStarts  int     `json:"cold_starts"`
	Seconds     float64 `json:"seconds"`
	PerSecond   float64 `json:"per_second"` // answered requests
	// MS has the percentiles of each stage in milliseconds.
	MS map[string]percentiles `json:"ms"`

	lastErr error
}

// percentiles of a series, in milliseconds.
type percentiles struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
}

// measure sends n requests, so many at once.
func measure(ctx context.Context, c *client.Client, picture []byte, opts api.Options, n, concurrency int) measurement {
	m := measurement{Requests: n, Concurrency: concurrency}
	series := map[string][]float64{} // by stage, in milliseconds
	var mu sync.Mutex                // guards m and series
	one := func() {
		start := time.Now()
		resp, err := c.Predict(ctx, picture, opts)
		wall := time.Since(start)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			m.Failed++
			m.lastErr = err
			return
		}
		if resp.ColdStart {
			m.ColdStarts++
		}
		series["wall"] = append(series["wall"], float64(wall)/float64(time.Millisecond))
		if s := resp.Speed; s != nil {
			for stage, ms := range map[string]float64{
				"parse": s.Parse, "decode": s.Decode, "preprocess": s.Preprocess,
				"inference": s.Inference, "postprocess": s.Postprocess,
			} {
				series[stage] = append(series[stage], ms)
			}
		}
	}
	turns := make(chan struct{})
	var workers sync.WaitGroup
	start := time.Now()
	for range concurrency {
		workers.Go(func() {
			for range turns {
				one()
			}
		})
	}
	for range n {
		turns <- struct{}{}
	}
	close(turns)
	workers.Wait()
	m.Seconds = time.Since(start).Seconds()
	m.PerSecond = float64(n-m.Failed) / m.Seconds
	m.MS = map[string]percentiles{}
	for stage, ms := range series {
		m.MS[stage] = percentilesOf(ms)
	}
	return m
}

// percentilesOf takes the nearest rank; it sorts ms.
func percentilesOf(ms []float64) percentiles {
	slices.Sort(ms)
	rank := func(p float64) float64 {
		return ms[max(0, int(math.Ceil(p*float64(len(ms))))-1)]
	}
	return percentiles{P50: rank(0.50), P90: rank(0.90), P95: rank(0.95), P99: rank(0.99)}
}

func (m measurement) writeTable(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "%s, %d at once, in %.1f s: %.1f a second; %d failed; %s seen\n\n%-12s %9s %9s %9s %9s\n",
		count(m.Requests, "request"), m.Concurrency, m.Seconds, m.PerSecond, m.Failed, count(m.ColdStarts, "cold start"),
		"ms", "p50", "p90", "p95", "p99"); err != nil {
		return err
	}
	for _, stage := range stages {
		p, ok := m.MS[stage]
		if !ok {
			continue
		}
		if _, err := fmt.Fprintf(w, "%-12s %9.1f %9.1f %9.1f %9.1f\n", stage, p.P50, p.P90, p.P95, p.P99); err != nil {
			return err
		}
	}
	return nil
}
