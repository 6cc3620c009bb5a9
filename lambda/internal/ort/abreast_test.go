package ort_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/yolambda/yolambda/lambda/internal/picture"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// Runs abreast with one thread each give, to the bit, what a run on several threads gives,
// of whole pictures and of tiles.
func TestAbreast(t *testing.T) {
	t.Run("squares", func(t *testing.T) {
		checkAbreast(t, "testdata/squares.onnx", yolotest.SquaresPNG, 320)
	})
	t.Run("yolov8n", func(t *testing.T) {
		photo := yolotest.Read(t, yolotest.Shared(t, "images", "real", "bus.jpg"))
		checkAbreast(t, yolotest.Shared(t, "models", "yolov8n.onnx"), photo, 640)
	})
}

func checkAbreast(t *testing.T, path string, file []byte, tile int) {
	pic, err := picture.Decode(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	many, single := openWith(t, path, 4), openWith(t, path, 1)
	options := []yolo.Options{{ImgSize: 320, Conf: 0.1, IoU: 0.7}, {ImgSize: 320, Conf: 0.1, IoU: 0.7, Tile: tile, TileOverlap: 0.2}}
	var want []*yolo.Result
	for _, o := range options {
		r, err := many.Predict(ctx, pic.Image, o)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Detections) == 0 {
			t.Fatal("nothing is detected")
		}
		want = append(want, r)
	}
	many.SetAbreast(3, func() (*yolo.Model, error) { return single, nil })
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for i, o := range options {
				for _, m := range []*yolo.Model{single, many} {
					got, err := m.Predict(ctx, pic.Image, o)
					if err != nil {
						t.Error(err)
					} else if d := cmp.Diff(want[i], got, cmpopts.IgnoreFields(yolo.Result{}, "Speed")); d != "" {
						t.Errorf("-one after the other +abreast\n%.1000s", d)
					}
				}
			}
		})
	}
	all.Wait()
}
