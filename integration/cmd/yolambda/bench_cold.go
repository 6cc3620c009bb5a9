package main

import (
	"context"
	"time"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/local"
)

// coldStarts sums up fresh starts of the function. Its files are in the page
// cache from the second on.
type coldStarts struct {
	Starts int `json:"starts"`
	// Total is from before the process starts until its first reply is read, Init
	// the part of it until the process asked for an event, Request the first event's.
	// In milliseconds.
	Total   percentiles `json:"total_ms"`
	Init    percentiles `json:"init_ms"`
	Request percentiles `json:"request_ms"`
}

// coldStarts starts the function --cold times.
func (b *benchCommand) coldStarts(ctx context.Context, r benchRequest) (*coldStarts, error) {
	parts, err := b.parts()
	if err != nil {
		return nil, err
	}
	var total, init, request []float64
	for range b.Cold {
		log := &benchLog{}
		start := time.Now()
		server, err := local.Start(ctx, local.Config{Parts: parts, Log: log})
		if err != nil {
			return nil, err
		}
		c, err := client.New(ctx, client.Config{URL: server.URL, AWS: server.AWS(), Retries: noRetries})
		if err != nil {
			server.Close()
			return nil, err
		}
		reply, err := r.send(ctx, c)
		total = append(total, float64(time.Since(start))/float64(time.Millisecond))
		server.Close()
		if err != nil {
			return nil, err
		}
		times := log.take(reply.RequestID)
		init, request = append(init, times.init), append(request, times.duration)
	}
	return &coldStarts{b.Cold, percentilesOf(total), percentilesOf(init), percentilesOf(request)}, nil
}
