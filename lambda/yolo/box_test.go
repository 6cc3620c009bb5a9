package yolo

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestIoU(t *testing.T) {
	unit := Box{0, 0, 10, 10}
	for _, tt := range []struct {
		name string
		b    Box
		want float32
	}{
		{"itself", unit, 1},
		{"half", Box{0, 0, 10, 5}, 0.5},
		{"a corner", Box{5, 5, 15, 15}, 25. / 175},
		{"an edge in common", Box{10, 0, 20, 10}, 0},
		{"apart", Box{50, 50, 60, 60}, 0},
		{"a point within", Box{5, 5, 5, 5}, 0},
		{"inside out", Box{10, 10, 0, 0}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := unit.IoU(tt.b); math.Abs(float64(got-tt.want)) > 1e-6 {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if got := (Box{5, 5, 5, 5}).IoU(Box{5, 5, 5, 5}); got != 0 {
		t.Errorf("two equal points overlap by %v", got)
	}
}

// TestIoUProperties: symmetric, within [0, 1], 1 of a box with itself, the same
// when both boxes move or grow together.
func TestIoUProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	box := func() Box {
		return boxAround(random.Float32()*100, random.Float32()*100, 1+random.Float32()*60, 1+random.Float32()*60)
	}
	for range 2000 {
		a, b := box(), box()
		iou := a.IoU(b)
		if iou != b.IoU(a) || iou < 0 || iou > 1 {
			t.Fatalf("IoU of %v and %v is %v and %v", a, b, iou, b.IoU(a))
		}
		if a.IoU(a) != 1 {
			t.Fatalf("IoU of %v with itself is %v", a, a.IoU(a))
		}
		grown := func(b Box) Box { return Box{b.X1*3 + 7, b.Y1*3 + 7, b.X2*3 + 7, b.Y2*3 + 7} }
		if d := grown(a).IoU(grown(b)) - iou; math.Abs(float64(d)) > 1e-4 {
			t.Fatalf("IoU of %v and %v changes by %v", a, b, d)
		}
	}
}

// The wanted numbers are those of Ultralytics' probiou, in float64 with numpy.
func TestProbIoU(t *testing.T) {
	const quarter = math.Pi / 2
	for _, tt := range []struct {
		name string
		a, b OrientedBox
		want float64
	}{
		{"itself", OrientedBox{50, 50, 40, 20, 0}, OrientedBox{50, 50, 40, 20, 0}, 0.99955279},
		{"moved", OrientedBox{50, 50, 40, 20, 0}, OrientedBox{60, 50, 40, 20, 0}, 0.70085157},
		{"turned", OrientedBox{50, 50, 40, 20, 0}, OrientedBox{50, 50, 40, 20, quarter}, 0.55278628},
		{"another shape", OrientedBox{50, 50, 40, 20, 0.5}, OrientedBox{55, 48, 30, 25, -0.25}, 0.66683943},
		{"far", OrientedBox{50, 50, 40, 20, 0}, OrientedBox{500, 50, 40, 20, 0}, -5e-8},
		{"the same box written otherwise", OrientedBox{50, 50, 20, 40, 0}, OrientedBox{50, 50, 40, 20, quarter}, 0.99955279},
		{"needles", OrientedBox{10, 10, 100, 1, 0.75}, OrientedBox{12, 12, 90, 2, 0.7}, 0.28786365},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, got := range []float32{tt.a.ProbIoU(tt.b), tt.b.ProbIoU(tt.a)} {
				if math.Abs(float64(got)-tt.want) > 1e-6 {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			}
		})
	}
}

func TestCorners(t *testing.T) {
	for _, tt := range []struct {
		box  OrientedBox
		want [4]Point
	}{
		{OrientedBox{10, 20, 8, 4, 0}, [4]Point{{14, 22}, {14, 18}, {6, 18}, {6, 22}}},
		// A quarter turn from x to y, which points down.
		{OrientedBox{10, 20, 8, 4, math.Pi / 2}, [4]Point{{8, 24}, {12, 24}, {12, 16}, {8, 16}}},
	} {
		got := tt.box.Corners()
		for i, p := range got {
			if math.Hypot(float64(p.X-tt.want[i].X), float64(p.Y-tt.want[i].Y)) > 1e-5 {
				t.Errorf("%v: got %v, want %v", tt.box, got, tt.want)
				break
			}
		}
		b := tt.box.Bounds()
		for _, p := range got {
			if p.X < b.X1 || p.X > b.X2 || p.Y < b.Y1 || p.Y > b.Y2 {
				t.Errorf("the corner %v is outside the bounds %v", p, b)
			}
		}
	}
}
