package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
)

// script answers the tries one after the other: a status, or an error.
type script struct {
	answers []any
	tries   int
	dates   map[string]bool // of the signatures
}

func (s *script) Do(r *http.Request) (*http.Response, error) {
	answer := s.answers[min(s.tries, len(s.answers)-1)]
	s.tries++
	s.dates[r.Header.Get("X-Amz-Date")] = true
	if err, failed := answer.(error); failed {
		return nil, err
	}
	body := "{}"
	if answer == http.StatusOK {
		body = `{"detections":[]}`
	}
	if answer == http.StatusUnprocessableEntity {
		body = `{"error":{"code":"broken_picture","message":"m"}}`
	}
	return &http.Response{StatusCode: answer.(int), Body: io.NopCloser(strings.NewReader(body))}, nil
}

func TestRetries(t *testing.T) {
	tests := []struct {
		name    string
		answers []any
		retries int
		tries   int
		ok      bool
	}{
		{"first try", []any{200}, 0, 1, true},
		{"throttled, then served", []any{429, 429, 200}, 0, 3, true},
		{"every passing failure", []any{502, 503, 504, 200}, 0, 4, true},
		{"connection reset", []any{syscall.ECONNRESET, io.ErrUnexpectedEOF, 200}, 0, 3, true},
		{"bounded", []any{503}, 0, 4, false},
		{"as many as asked", []any{503}, 1, 2, false},
		{"switched off", []any{503, 200}, -1, 1, false},
		{"not allowed", []any{403, 200}, 0, 1, false},
		{"the function's own error", []any{422, 200}, 0, 1, false},
		{"nobody listens", []any{syscall.ECONNREFUSED, 200}, 0, 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: tt.answers, dates: map[string]bool{}}
				cfg := testAWS()
				cfg.HTTPClient = s
				c, err := New(t.Context(), Config{URL: "https://a.lambda-url.eu-central-1.on.aws", AWS: cfg, Retries: tt.retries})
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				_, err = c.Predict(t.Context(), jpegStart, api.Options{})
				if (err == nil) != tt.ok || s.tries != tt.tries {
					t.Errorf("%d tries and %v, want %d", s.tries, err, tt.tries)
				}
				if waited, most := time.Since(start), time.Duration(tt.tries-1)*maxBackoff; waited > most {
					t.Errorf("waited %v, more than %v", waited, most)
				}
			})
		})
	}
}

// A caller who gives up doesn't wait for the next try.
func TestRetryEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &script{answers: []any{503}, dates: map[string]bool{}}
		cfg := testAWS()
		cfg.HTTPClient = s
		c, err := New(ctx, Config{URL: "https://a.lambda-url.eu-central-1.on.aws", AWS: cfg, Retries: 1 << 30})
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(10*time.Second, cancel)
		_, err = c.Predict(ctx, jpegStart, api.Options{})
		var endpoint *EndpointError
		if !errors.Is(err, context.Canceled) || !errors.As(err, &endpoint) {
			t.Errorf("got %v, want both the cancellation and the last failure", err)
		}
		if s.tries < 2 || len(s.dates) < 2 {
			t.Errorf("%d tries with %d signature dates, want a fresh signature for each second", s.tries, len(s.dates))
		}
	})
}

// A caller who slows down himself hears of throttling at once; other passing failures are
// tried again all the same.
func TestReturnThrottled(t *testing.T) {
	for _, tt := range []struct {
		answers []any
		tries   int
	}{
		{[]any{429, 200}, 1},
		{[]any{503, 200}, 1},
		{[]any{502, 429, 200}, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: tt.answers, dates: map[string]bool{}}
			cfg := testAWS()
			cfg.HTTPClient = s
			c, err := New(t.Context(), Config{URL: "https://a.lambda-url.eu-central-1.on.aws", AWS: cfg, ReturnThrottled: true})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Predict(t.Context(), jpegStart, api.Options{}); !Throttled(err) || s.tries != tt.tries {
				t.Errorf("%v: %d tries and %v, want %d", tt.answers, s.tries, err, tt.tries)
			}
		})
	}
}
