package bench

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"
)

// stages are the rows of the result, in their order.
var stages = []string{"wall", "cold", "request", "parse", "decode", "preprocess", "inference",
	"postprocess", "head", "nms", "encode", "runtime api", "run"}

// Series sums up requests with one picture in one form.
type Series struct {
	File        string  `json:"file"`
	Form        string  `json:"form"`
	Bytes       int     `json:"bytes"`    // of a request's body
	Pictures    int     `json:"pictures"` // of a request
	Requests    int     `json:"requests"`
	Concurrency int     `json:"concurrency"`
	Failed      int     `json:"failed"`
	ColdStarts  int     `json:"cold_starts"`
	Detections  int     `json:"detections"` // of the last reply
	Seconds     float64 `json:"seconds"`
	PerSecond   float64 `json:"per_second"` // answered requests
	// MS has the Percentiles of each stage in milliseconds.
	MS map[string]Percentiles `json:"ms"`
	// Ratio is the median request over the median run of the network alone, of a batch over
	// as many runs on a session of one thread for each CPU.
	Ratio float64 `json:"ratio,omitempty"`
	// PictureMS is the median request, local or as the caller waits, over its pictures, and
	// LimitMS that of the network alone; of a batch only.
	PictureMS float64 `json:"picture_ms,omitempty"`
	LimitMS   float64 `json:"limit_ms,omitempty"`
	// USD is the cost of 1,000 such pictures.
	USD float64 `json:"usd"`

	mu      sync.Mutex           // guards the counts and what follows
	samples map[string][]float64 // milliseconds by stage
	busy    []float64            // milliseconds that a request kept the function busy
	lastErr error
}

// Percentiles of a stage, in milliseconds.
type Percentiles struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
}

// settle is how long to wait after the network ran alone: ONNX Runtime's threads
// go on spinning for a while, and the next request would pay for it.
const settle = 100 * time.Millisecond

// measure sends a request as often as asked.
func (c Config) measure(ctx context.Context, t target, r Request) (*Series, error) {
	s := &Series{File: r.File, Form: r.Form, Bytes: len(r.body), Pictures: r.pictures, Requests: c.Requests, Concurrency: c.Concurrency, samples: map[string][]float64{}}
	warmUp := &Series{samples: map[string][]float64{}}
	repeat(c.Concurrency, c.Concurrency, func() { warmUp.send(ctx, t, r) })
	if warmUp.Failed == c.Concurrency {
		return nil, fmt.Errorf("warm up with %s: %w", r.File, warmUp.lastErr)
	}
	s.ColdStarts, s.samples["cold"] = warmUp.ColdStarts, warmUp.samples["cold"]

	start := time.Now()
	if c.Bare == "" {
		repeat(c.Requests, c.Concurrency, func() { s.send(ctx, t, r) })
	} else if err := c.byTurns(ctx, t, r, s); err != nil {
		return nil, err
	}
	s.Seconds = time.Since(start).Seconds()
	s.finish()
	return s, nil
}

// byTurns sends a request as often as asked and runs the network alone as often, a block of
// the one after a block of the other: so both are warm, and what else the machine
// does hits both.
func (c Config) byTurns(ctx context.Context, t target, r Request, s *Series) error {
	const block = 10
	alone, err := c.startBare(ctx, r)
	if err != nil {
		return err
	}
	defer alone.close()
	for done := 0; done < c.Requests; done += block {
		time.Sleep(settle)
		for range min(block, c.Requests-done) {
			s.send(ctx, t, r)
		}
		for range min(block, c.Requests-done) {
			ms, err := alone.run()
			if err != nil {
				return err
			}
			s.add("run", ms)
		}
	}
	return nil
}

// repeat calls do n times, so many at once.
func repeat(n, concurrency int, do func()) {
	turns := make(chan struct{})
	var workers sync.WaitGroup
	for range concurrency {
		workers.Go(func() {
			for range turns {
				do()
			}
		})
	}
	for range n {
		turns <- struct{}{}
	}
	close(turns)
	workers.Wait()
}

// send sends one request and notes what it took.
func (s *Series) send(ctx context.Context, t target, r Request) {
	start := time.Now()
	replies, err := r.send(ctx, t.client)
	wall := float64(time.Since(start)) / float64(time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.Failed++
		s.lastErr = err
		return
	}
	first, last := replies[0], replies[len(replies)-1]
	s.Detections = len(last.Detections)
	s.add("wall", wall)
	if first.ColdStart {
		s.ColdStarts++
		s.add("cold", wall)
	}
	own := 0.
	for _, reply := range replies {
		speed := reply.Speed
		if speed == nil {
			continue
		}
		s.add("parse", speed.Parse)
		s.add("decode", speed.Decode)
		s.add("preprocess", speed.Preprocess)
		s.add("inference", speed.Inference)
		s.add("postprocess", speed.Postprocess)
		s.add("head", speed.Head)
		s.add("nms", speed.NMS)
		own = speed.Parse + speed.Decode + speed.Preprocess + speed.Inference + speed.Postprocess
	}
	busy := own
	if r.list {
		busy = wall
	}
	if t.log != nil {
		logged := t.log.take(first.RequestID)
		busy = logged.duration
		s.add("request", logged.duration)
		if logged.total > 0 {
			s.add("runtime api", logged.duration-logged.total)
			if !r.list {
				s.add("encode", logged.total-own)
			}
		}
	}
	s.busy = append(s.busy, busy)
}

func (s *Series) add(stage string, ms float64) { s.samples[stage] = append(s.samples[stage], ms) }

// finish sums the samples up.
func (s *Series) finish() {
	s.PerSecond = float64(s.Requests-s.Failed) / s.Seconds
	s.MS = map[string]Percentiles{}
	for stage, ms := range s.samples {
		if len(ms) > 0 {
			s.MS[stage] = percentilesOf(ms)
		}
	}
	request := cmp.Or(s.MS["request"].P50, s.MS["wall"].P50)
	run := s.MS["run"].P50
	if run > 0 {
		s.Ratio = request / run
	}
	if s.Pictures > 1 {
		s.PictureMS, s.LimitMS = request/float64(s.Pictures), run/float64(s.Pictures)
	}
}

// percentilesOf takes the nearest rank; it sorts ms.
func percentilesOf(ms []float64) Percentiles {
	slices.Sort(ms)
	rank := func(p float64) float64 {
		return ms[max(0, int(math.Ceil(p*float64(len(ms))))-1)]
	}
	return Percentiles{P50: rank(0.50), P90: rank(0.90), P95: rank(0.95), P99: rank(0.99)}
}
