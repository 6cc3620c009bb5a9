package ort_test

import (
	"image"
	"image/color"
	"image/draw"
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestSquares runs the project's own fixture models, whose answer is known: a
// square of 64 px, in the tensor, is found to within half a cell of 8 px, and
// without NMS in the neighbouring cells as well.
func TestSquares(t *testing.T) {
	for _, tt := range []struct {
		model string
		cells float32 // how far off a box may be
	}{
		{"squares", 0.5},
		{"squares-static", 0.5},
		{"squares-static-half", 0.5},
		{"squares-static-int8", 0.5},
		{"squares-static-batch4", 0.5},
		{"squares-end2end", 1.5},
	} {
		t.Run(tt.model, func(t *testing.T) {
			model := open(t, filepath.Join("testdata", tt.model+".onnx"))
			for _, placement := range []yolo.Placement{yolo.Corner, yolo.Center} {
				red, blue := yolotest.Red, yolotest.Blue
				img := yolotest.Draw(image.Pt(yolotest.SquaresWidth, yolotest.SquaresHeight), red, blue)
				got, err := model.Predict(ctx, img, yolo.Options{Conf: 0.8, IoU: 0.3, Placement: placement})
				if err != nil {
					t.Fatal(err)
				}
				const cell, rounding = 8 * 1.5, 1 // pixels of the picture
				wantNear(t, model, got, map[string]image.Rectangle{"red": red.At, "blue": blue.At}, tt.cells*cell+rounding)
			}
		})
	}
}

// wantNear checks that the detections are of the classes and, to the tolerance in
// pixels, at the places given, each at least once.
func wantNear(t *testing.T, m *yolo.Model, got *yolo.Result, want map[string]image.Rectangle, tolerance float32) {
	t.Helper()
	found := map[string]bool{}
	for _, d := range got.Detections {
		name := m.Name(d.Class)
		r, ok := want[name]
		b := d.Box
		for _, off := range []float32{b.X1 - float32(r.Min.X), b.Y1 - float32(r.Min.Y), b.X2 - float32(r.Max.X), b.Y2 - float32(r.Max.Y)} {
			ok = ok && off <= tolerance && off >= -tolerance
		}
		if !ok {
			t.Errorf("found %s at %v, want %v", name, b, r)
		}
		found[name] = true
	}
	if len(found) != len(want) {
		t.Errorf("found %v, want %v", found, want)
	}
}

// canvas is a grey picture: no square, whatever the window.
func canvas(w, h int) *image.NRGBA { return yolotest.Draw(image.Pt(w, h)) }

func paint(img draw.Image, r image.Rectangle, c color.Color) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}
