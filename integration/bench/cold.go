package bench

import (
	"context"
	"time"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/local"
)

// ColdStarts sums up fresh starts of the function. Its files are in the page
// cache from the second on.
type ColdStarts struct {
	Starts int `json:"starts"`
	// Total is from before the process starts until its first reply is read, Init
	// the part of it until the process asked for an event, Request the first event's.
	// In milliseconds.
	Total   Percentiles `json:"total_ms"`
	Init    Percentiles `json:"init_ms"`
	Request Percentiles `json:"request_ms"`
}

// coldStarts starts the function so many times afresh.
func (c Config) coldStarts(ctx context.Context, r Request) (*ColdStarts, error) {
	var total, init, request []float64
	for range c.Cold {
		log := &functionLog{}
		start := time.Now()
		server, err := local.Start(ctx, local.Config{Parts: *c.Local, Log: log})
		if err != nil {
			return nil, err
		}
		caller, err := client.New(ctx, client.Config{URL: server.URL, AWS: server.AWS(), Retries: NoRetries})
		if err != nil {
			server.Close()
			return nil, err
		}
		replies, err := r.send(ctx, caller)
		total = append(total, float64(time.Since(start))/float64(time.Millisecond))
		server.Close()
		if err != nil {
			return nil, err
		}
		times := log.take(replies[0].RequestID)
		init, request = append(init, times.init), append(request, times.duration)
	}
	return &ColdStarts{c.Cold, percentilesOf(total), percentilesOf(init), percentilesOf(request)}, nil
}
