package handler

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// Pictures of one request are looked at side by side, as many as the model has runs
// abreast, and answered in their order; one alone runs on the model of all cores.
func TestSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var alone, running, most, runs atomic.Int32
		f := file("detect", nil, detections)
		models := NewModels([]string{"test.onnx"}, func(string) (*yolo.Model, error) {
			m, err := yolo.New(f, runner(func(context.Context, yolo.Tensor) ([]yolo.Tensor, error) {
				alone.Add(1)
				return []yolo.Tensor{detections}, nil
			}))
			if err != nil {
				return nil, err
			}
			m.SetAbreast(3, func() (*yolo.Model, error) {
				return yolo.New(f, runner(func(context.Context, yolo.Tensor) ([]yolo.Tensor, error) {
					if n := running.Add(1); n > most.Load() {
						most.Store(n)
					}
					defer running.Add(-1)
					time.Sleep(time.Duration(10-runs.Add(1)) * time.Second) // later ones end sooner
					return []yolo.Tensor{detections}, nil
				}))
			})
			return m, nil
		})
		h, err := New(Config{Models: models, Log: slog.New(slog.DiscardHandler), Metrics: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		var one api.Response
		decode(t, []byte(request{query: "classes=0", body: photo, binary: true}.send(t, h).Body), &one)
		if alone.Load() != 1 || runs.Load() != 0 {
			t.Errorf("one picture: %d runs on all cores, %d abreast", alone.Load(), runs.Load())
		}

		pictures := slices.Repeat([][]byte{photo}, 8)
		pictures[4] = []byte("hello")
		reply := imagesRequest(`,"classes":[0]`, pictures...).send(t, h)
		var got api.Batch
		decode(t, []byte(reply.Body), &got)
		if len(got.Results) != 8 {
			t.Fatalf("reply %.500s", reply.Body)
		}
		for i, r := range got.Results {
			if i == 4 {
				if r.Error == nil || !strings.Contains(r.Error.Message, "text") {
					t.Errorf("picture 4: %v", r.Error)
				}
				continue
			}
			if d := cmp.Diff(one.Detections, r.Detections); d != "" {
				t.Errorf("picture %d: %s", i, d)
			}
		}
		if alone.Load() != 1 || runs.Load() != 7 || most.Load() != 3 {
			t.Errorf("%d runs on all cores, %d abreast, %d at once; want 1, 7, 3", alone.Load(), runs.Load(), most.Load())
		}
	})
}
