package handler

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// A request is answered in time whatever its work does: it heeds its context, or
// goes on and is left behind. The clock is the bubble's.
func TestLeftBehind(t *testing.T) {
	for _, tt := range []struct {
		name       string
		time, left time.Duration // of the function before the invocation, and after
	}{
		{"a minute", time.Minute, replyReserve},
		{"just enough to begin", workReserve + time.Millisecond, replyReserve},
		{"too little to begin", workReserve, workReserve},
		{"very little", 50 * time.Millisecond, 50 * time.Millisecond},
		{"none", -time.Second, -time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				goOn := make(chan struct{})
				var released atomic.Bool
				h := newHandler(t, file("detect", nil, detections), failing(func(context.Context) ([]yolo.Tensor, error) {
					if !released.Load() {
						<-goOn
					}
					return []yolo.Tensor{detections}, nil
				}))
				event := []byte(`{"image":"` + encoded + `"}`)
				deadline := time.Now().Add(tt.time)
				ctx, cancel := context.WithDeadline(invocation(), deadline)
				out, err := h.Invoke(ctx, event)
				if err != nil {
					t.Fatal(err)
				}
				left := time.Until(deadline)
				checkError(t, out, api.DeadlineExceeded, "time ran out")
				if left != tt.left {
					t.Errorf("%v left for the reply, want %v", left, tt.left)
				}
				cancel()

				// The Runtime API's client writes the next event over this one.
				clear(event)
				released.Store(true)
				if reply := (request{body: photo, binary: true}).send(t, h); reply.StatusCode != 200 {
					t.Errorf("the next request: status %d: %s", reply.StatusCode, reply.Body)
				}
				close(goOn)
				synctest.Wait() // what was left behind ends; the race detector looks on
			})
		})
	}
}

// What is left behind is recorded under its model; the pictures of a batch have
// records of their own.
func TestRecordOfLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		goOn := make(chan struct{})
		models := NewModels([]string{"first.onnx", "second.onnx"}, func(path string) (*yolo.Model, error) {
			if path == "second.onnx" {
				<-goOn
			}
			return yolo.New(file("detect", nil, detections), always(detections))
		})
		var log, stdout bytes.Buffer
		h, err := New(Config{Models: models, Log: slog.New(slog.NewJSONHandler(&log, nil)), Metrics: &stdout, Function: "detect"})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(invocation(), time.Minute)
		defer cancel()
		out, err := h.Invoke(ctx, []byte(`{"images":["`+encoded+`"],"model":"second"}`))
		if err != nil {
			t.Fatal(err)
		}
		checkError(t, out, api.DeadlineExceeded, "time ran out")
		if !strings.Contains(log.String(), `"model":"second"`) || stdout.Len() > 0 {
			t.Errorf("log %s, metrics %s", log.String(), stdout.String())
		}
		close(goOn)
		synctest.Wait()
	})
}
