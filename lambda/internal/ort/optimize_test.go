package ort_test

import (
	"image"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// A model that was optimised ahead of time keeps what it says of itself, and sees what it
// saw before.
func TestOptimize(t *testing.T) {
	load(t)
	models := map[string]string{
		"codes": yolotest.Root(t, "layers", "codes", "codes.onnx"),
		"coco":  yolotest.Root(t, "layers", "coco", "coco.onnx"),
	}
	for _, name := range []string{"squares", "squares-static", "squares-static-half", "squares-end2end", "squares-seg", "squares-pose", "squares-obb"} {
		models[name] = yolotest.Fixture(t, name)
	}
	for name, path := range models {
		t.Run(name, func(t *testing.T) {
			before, after := open(t, path), open(t, optimized(t, path))
			if diff := cmp.Diff(before.Metadata, after.Metadata); diff != "" {
				t.Error(diff)
			}
			img := yolotest.Draw(image.Pt(yolotest.SquaresWidth, yolotest.SquaresHeight), yolotest.Red, yolotest.Blue)
			options := yolo.Options{Conf: 0.05, IoU: 0.3}
			want, err := before.Predict(ctx, img, options)
			if err != nil {
				t.Fatal(err)
			}
			got, err := after.Predict(ctx, img, options)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Detections) != len(want.Detections) {
				t.Fatalf("%d detections, before %d", len(got.Detections), len(want.Detections))
			}
			for i, d := range got.Detections {
				if w := want.Detections[i]; d.Class != w.Class || away(d.Conf, w.Conf) > 1e-4 ||
					max(away(d.Box.X1, w.Box.X1), away(d.Box.Y1, w.Box.Y1), away(d.Box.X2, w.Box.X2), away(d.Box.Y2, w.Box.Y2)) > 0.01 {
					t.Errorf("%+v, before %+v", d, w)
				}
			}
		})
	}
}

func away(a, b float32) float64 { return math.Abs(float64(a) - float64(b)) }

// optimized returns the path of the model's optimised file.
func optimized(t *testing.T, path string) string {
	t.Helper()
	data := yolotest.Read(t, path)
	file, err := onnx.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "optimized.onnx")
	if err := ort.Optimize(data, file, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// What can't be optimised leaves an error, and no file that looks like a model.
func TestOptimizeBroken(t *testing.T) {
	load(t)
	path := yolotest.Fixture(t, "squares")
	data := yolotest.Read(t, path)
	file, err := onnx.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "optimized.onnx")
	if err := ort.Optimize(data[:len(data)/2], file, out); err == nil {
		t.Error("half a file is optimised")
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("there is a file")
	}
}
