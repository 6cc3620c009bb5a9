package predict

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yolambda/yolambda/integration/client"
)

// bearing is a function that bears so many requests at once and throttles others.
type bearing struct {
	most              int32
	underway, refused atomic.Int32
	highest           atomic.Int32
}

func (f *bearing) answer() ([]byte, error) {
	defer f.underway.Add(-1)
	n := f.underway.Add(1)
	if n > f.most {
		f.refused.Add(1)
		return nil, &client.EndpointError{Status: http.StatusTooManyRequests}
	}
	if n > f.highest.Load() {
		f.highest.Store(n)
	}
	time.Sleep(time.Second)
	return []byte("reply"), nil
}

// Every request is answered in the end, at the rate that the function bears, and few are
// refused on the way.
func TestPaceFindsWhatTheFunctionBears(t *testing.T) {
	for _, most := range []int32{1, 3, 8, 20} {
		synctest.Test(t, func(t *testing.T) {
			const atOnce, requests = 8, 200
			f := &bearing{most: most}
			p := newPace(atOnce)
			start := time.Now()
			var senders sync.WaitGroup
			for range atOnce {
				senders.Go(func() {
					for range requests / atOnce {
						if _, _, err := p.send(t.Context(), f.answer); err != nil {
							t.Error(err)
						}
					}
				})
			}
			senders.Wait()
			bears := min(most, atOnce)
			if got := f.highest.Load(); got != bears {
				t.Errorf("%d at once, of %d that it bears", got, bears)
			}
			// The clock of synctest stands still but for the requests' second each.
			if took, best := time.Since(start), time.Duration(requests/bears)*time.Second; took > best*5/4 {
				t.Errorf("took %v, best were %v", took, best)
			}
			if n := f.refused.Load(); n > requests/4 {
				t.Errorf("%d of %d were refused", n, requests)
			}
		})
	}
}

// Where others use up the account's concurrency, a lone request waits and is tried again,
// but not for ever.
func TestPaceWaitsForOthers(t *testing.T) {
	throttled := &client.EndpointError{Status: http.StatusServiceUnavailable}
	tests := []struct {
		name    string
		refused int // times, at first
		tries   int
		ok      bool
	}{
		{"for a while", 5, 6, true},
		{"for ever", 1000, patience + 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				start := time.Now()
				_, _, err := newPace(8).send(t.Context(), func() ([]byte, error) {
					if tries++; tries <= tt.refused {
						return nil, throttled
					}
					return nil, nil
				})
				if tries != tt.tries || (err == nil) != tt.ok {
					t.Errorf("%d tries and %v, want %d", tries, err, tt.tries)
				}
				if took := time.Since(start); took > patience*longestWait {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

// Another failure is not sent again, and a caller who gives up doesn't wait.
func TestPaceEnds(t *testing.T) {
	other := errors.New("another failure")
	tries := 0
	_, _, err := newPace(1).send(t.Context(), func() ([]byte, error) { tries++; return nil, other })
	if tries != 1 || !errors.Is(err, other) {
		t.Errorf("%d tries and %v", tries, err)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := newPace(1)
		time.AfterFunc(time.Second, cancel)
		_, _, err := p.send(ctx, func() ([]byte, error) {
			_, _, err := p.send(ctx, func() ([]byte, error) { return nil, nil }) // waits for the place of the one around it
			return nil, err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
