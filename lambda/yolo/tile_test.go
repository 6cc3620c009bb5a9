package yolo

import (
	"context"
	"image"
	"image/color"
	"testing"
)

// TestTiles: the tiles cover every pixel, lie within the picture, start on the
// grid of the chroma samples and share at least the overlap asked.
func TestTiles(t *testing.T) {
	for _, tt := range []struct {
		w, h, side int
		overlap    float64
		want       int
	}{
		{100, 100, 100, 0.2, 0}, {99, 20, 128, 0.2, 0}, {200, 100, 128, 0.2, 2}, {1000, 700, 320, 0.2, 12}, {1000, 50, 320, 0.5, 6}, {1001, 333, 320, 0, 8}, {65, 65, 64, 0.9, 4},
	} {
		bounds := image.Rect(16, 8, 16+tt.w, 8+tt.h)
		rects := tiles(bounds, tt.side, tt.overlap)
		if len(rects) != tt.want {
			t.Errorf("%+v: %d tiles", tt, len(rects))
		}
		covered := make([]bool, tt.w*tt.h)
		for i, r := range rects {
			if i > 0 && rects[i-1].Min.Y == r.Min.Y {
				// A step is a multiple of 8 pixels, and 8 at least.
				if shared := rects[i-1].Max.X - r.Min.X; float64(shared) < tt.overlap*float64(tt.side)-8 {
					t.Errorf("%+v: the tiles %v and %v share %d pixels", tt, rects[i-1], r, shared)
				}
			}
			if !r.In(bounds) || r.Dx() > tt.side+8 || r.Dy() > tt.side+8 || r.Min.X%8 != 0 || r.Min.Y%8 != 0 {
				t.Errorf("%+v: tile %v", tt, r)
			}
			for y := r.Min.Y - 8; y < r.Max.Y-8; y++ {
				for x := r.Min.X - 16; x < r.Max.X-16; x++ {
					covered[y*tt.w+x] = true
				}
			}
		}
		for i, c := range covered {
			if !c && len(rects) > 0 {
				t.Fatalf("%+v: pixel (%d, %d) is in no tile", tt, i%tt.w, i/tt.w)
			}
		}
	}
}

// TestPredictTiles finds white dots that a network of 64 pixels can see only in
// tiles. The network here finds every white pixel.
func TestPredictTiles(t *testing.T) {
	m, err := New(declare(props("names: ['dot']"), []int{1, 3, 64, 64}, []int{1, 5, 64 * 64}), runnerFunc(func(_ context.Context, in Tensor) ([]Tensor, error) {
		out := Tensor{Shape: []int{1, 5, 64 * 64}, Data: make([]float32, 5*64*64)}
		for i := range 64 * 64 {
			for c, v := range []float32{float32(i%64) + 0.5, float32(i/64) + 0.5, 3, 3, in.Data[i]} {
				out.Data[c*64*64+i] = v
			}
		}
		return []Tensor{out}, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, 320, 200))
	dots := []image.Point{{5, 5}, {60, 60}, {100, 199}, {319, 100}}
	for _, p := range dots {
		img.SetGray(p.X, p.Y, color.Gray{255})
	}
	o := Options{Conf: 0.9, IoU: 0.5, MaxDet: 100}
	if r, err := m.Predict(t.Context(), img, o); err != nil || len(r.Detections) != 0 {
		t.Fatalf("without tiles: %v, %v", r, err)
	}
	o.Tile, o.TileOverlap = 64, 0.25
	r, err := m.Predict(t.Context(), img, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Detections) != len(dots) {
		t.Errorf("found %d dots, want %d: %v", len(r.Detections), len(dots), foundIn(r))
	}
	for _, p := range dots {
		hits := 0
		for _, d := range r.Detections {
			if d.Box.X1 <= float32(p.X) && float32(p.X) <= d.Box.X2 && d.Box.Y1 <= float32(p.Y) && float32(p.Y) <= d.Box.Y2 {
				hits++
			}
		}
		if hits != 1 {
			t.Errorf("the dot at %v is found %d times", p, hits)
		}
	}
}
