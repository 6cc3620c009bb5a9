package predict

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/yolambda/yolambda/integration/client"
)

const (
	// patience is how often a picture is sent again that was refused while no other
	// request of ours was under way: half a minute, all in all.
	patience = 10
	// longestWait is between two such tries.
	longestWait = 4 * time.Second
	// Successes in a row after which one request more is tried, at first and at most.
	firstProof, mostProof = 4, 256
)

// pace holds the requests under way to what the function bears. A refused request shows how
// many that is: those that were under way besides it. What was tried too early takes
// longer to be tried again.
type pace struct {
	backoff *retry.ExponentialJitterBackoff

	mu       sync.Mutex
	most     int           // requests at once, as asked
	limit    int           // and now
	underway int           // requests
	good     int           // successes since limit changed
	proof    int           // how many of them raise it
	raised   bool          // limit was, since it was last lowered
	changed  chan struct{} // closed and replaced whenever somebody may enter
}

func newPace(atOnce int) *pace {
	return &pace{
		backoff: retry.NewExponentialJitterBackoff(longestWait),
		most:    atOnce, limit: atOnce, proof: firstProof, changed: make(chan struct{}),
	}
}

// send sends a request as soon as the pace allows it, and again while it is throttled. It
// tells how long the last try took.
func (p *pace) send(ctx context.Context, request func() ([]byte, error)) (reply []byte, wall time.Duration, err error) {
	for alone := 0; ; {
		if err := p.enter(ctx); err != nil {
			return nil, 0, err
		}
		start := time.Now()
		reply, err = request()
		wall = time.Since(start)
		if !client.Throttled(err) {
			p.leave(err == nil)
			return reply, wall, err
		}
		if p.refused() > 0 {
			continue // it may enter when one of the others leaves
		}
		if alone++; alone > patience {
			return nil, wall, err
		}
		if err := p.wait(ctx, alone); err != nil {
			return nil, wall, err
		}
	}
}

// enter waits for a place among the requests under way.
func (p *pace) enter(ctx context.Context) error {
	for {
		p.mu.Lock()
		if p.underway < p.limit {
			p.underway++
			p.mu.Unlock()
			return nil
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// leave gives the place of an answered request to the next.
func (p *pace) leave(good bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.underway--
	if good {
		p.good++
	}
	if p.good >= p.proof && p.limit < p.most {
		p.limit++
		p.good, p.raised = 0, true
	}
	p.wake()
}

// refused lowers the limit to the requests that are under way besides a throttled one,
// and tells how many they are.
func (p *pace) refused() (others int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.underway--
	if p.raised {
		p.proof = min(2*p.proof, mostProof)
	}
	p.limit = max(1, min(p.limit, p.underway))
	p.good, p.raised = 0, false
	p.wake()
	return p.underway
}

// wake lets those who wait look again.
func (p *pace) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// wait waits before a try, the first of which is 1.
func (p *pace) wait(ctx context.Context, try int) error {
	delay, err := p.backoff.BackoffDelay(try-1, nil)
	if err != nil {
		return err
	}
	select {
	case <-time.After(delay):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
