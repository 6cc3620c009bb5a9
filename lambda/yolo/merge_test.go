package yolo

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// at is a detection in one tile.
func at(tile int, conf float32, x1, y1, x2, y2 float32) tiled {
	return tiled{Detection{Box: Box{x1, y1, x2, y2}, Conf: conf}, tile}
}

func TestMerge(t *testing.T) {
	turned := func(tile int, conf, cx, cy float32) tiled {
		o := OrientedBox{cx, cy, 100, 10, math.Pi / 4}
		return tiled{Detection{Box: o.Bounds(), Conf: conf, Oriented: &o}, tile}
	}
	car := at(2, 0.5, 1, 1, 99, 99)
	car.Class = 1
	options := Options{IoU: 0.7}
	for _, tt := range []struct {
		name           string
		options        Options
		entire, pieces []tiled
		want           []float32 // confidences
	}{
		{"nothing", options, nil, nil, []float32{}},
		{"two looks at one thing", options, []tiled{at(0, 0.5, 0, 0, 100, 100), at(1, 0.8, 10, 10, 105, 105)}, nil, []float32{0.8}},
		{"one thing in front of another", options, []tiled{at(0, 0.9, 0, 0, 100, 200), at(1, 0.8, 30, 100, 70, 200)}, nil, []float32{0.9, 0.8}},
		{"a piece is the stronger", options, []tiled{at(0, 0.5, 0, 0, 100, 200)}, []tiled{at(1, 0.9, 0, 100, 100, 200)}, []float32{0.5}},
		{"a piece alone", options, nil, []tiled{at(1, 0.9, 0, 100, 100, 200)}, []float32{0.9}},
		{"a piece of another thing", options, []tiled{at(0, 0.5, 0, 0, 100, 100)}, []tiled{at(1, 0.9, 90, 0, 200, 100)}, []float32{0.9, 0.5}},
		{"two pieces that overlap", options, nil, []tiled{at(1, 0.8, 0, 0, 100, 100), at(2, 0.9, 40, 0, 100, 100)}, []float32{0.9}},
		{"within one look", options, []tiled{at(1, 0.8, 0, 0, 100, 100), at(1, 0.9, 1, 0, 100, 100)}, nil, []float32{0.9, 0.8}},
		{"another class", options, []tiled{at(1, 0.8, 0, 0, 100, 100), car}, nil, []float32{0.8, 0.5}},
		{"another class, agnostic", Options{IoU: 0.7, AgnosticNMS: true}, []tiled{at(1, 0.8, 0, 0, 100, 100), car}, nil, []float32{0.8}},
		{"side by side, turned", options, []tiled{turned(1, 0.9, 100, 100), turned(2, 0.8, 110, 90)}, nil, []float32{0.9, 0.8}},
		{"one thing, turned", options, []tiled{turned(1, 0.9, 100, 100), turned(2, 0.8, 101, 100)}, nil, []float32{0.9}},
		{"the most", Options{IoU: 0.7, MaxDet: 1}, []tiled{at(1, 0.5, 0, 0, 9, 9), at(1, 0.6, 50, 0, 59, 9)}, []tiled{at(2, 0.9, 0, 50, 9, 99)}, []float32{0.6}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := []float32{}
			for _, d := range merge(tt.entire, tt.pieces, tt.options) {
				got = append(got, d.Conf)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMergeProperties: whatever was found and in whatever order, what is kept is
// sorted, of different looks at a place there is one, and what was dropped
// overlaps with something that is kept.
func TestMergeProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var entire, pieces []tiled
		for i := range 1 + rng.IntN(40) {
			x, y := rng.Float32()*200, rng.Float32()*200
			d := at(rng.IntN(4), 0.1+float32(i)/50, x, y, x+10+rng.Float32()*60, y+10+rng.Float32()*60)
			d.Class = rng.IntN(2)
			if d.tile > 0 && rng.IntN(3) == 0 {
				pieces = append(pieces, d)
			} else {
				entire = append(entire, d)
			}
		}
		o := Options{IoU: rng.Float32(), AgnosticNMS: rng.IntN(2) == 0}
		isPiece, tile := map[float32]bool{}, map[float32]int{} // by confidence, which is unique
		for _, d := range entire {
			tile[d.Conf] = d.tile
		}
		for _, d := range pieces {
			isPiece[d.Conf], tile[d.Conf] = true, d.tile
		}
		same := func(kept, d Detection) bool {
			if tile[kept.Conf] == tile[d.Conf] || !o.AgnosticNMS && kept.Class != d.Class {
				return false
			}
			if isPiece[d.Conf] {
				return kept.Box.overSmaller(d.Box) > min(o.IoU, 0.5)
			}
			return !isPiece[kept.Conf] && kept.Box.IoU(d.Box) > min(o.IoU, 0.5)
		}
		kept := merge(entire, pieces, o)
		for i, d := range kept {
			for _, e := range kept[:i] {
				if e.Conf < d.Conf || same(e, d) || same(d, e) {
					t.Errorf("%+v: kept %+v and %+v", o, e, d)
				}
			}
		}
		for _, d := range append(append([]tiled{}, entire...), pieces...) {
			explained := false
			for _, k := range kept {
				explained = explained || k.Conf == d.Conf || same(k, d.Detection)
			}
			if !explained {
				t.Errorf("%+v: dropped %+v for nothing", o, d)
			}
		}
		rng.Shuffle(len(entire), func(i, j int) { entire[i], entire[j] = entire[j], entire[i] })
		rng.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
		if diff := cmp.Diff(kept, merge(entire, pieces, o)); diff != "" {
			t.Errorf("%+v: in another order: %s", o, diff)
		}
	}
}

func TestCutOff(t *testing.T) {
	picture := Size{H: 500, W: 1000}
	for _, tt := range []struct {
		box  Box
		tile image.Rectangle
		want bool
	}{
		{Box{10, 10, 90, 90}, image.Rect(0, 0, 300, 300), false},
		{Box{0, 0, 90, 90}, image.Rect(0, 0, 300, 300), false}, // the picture's own edge
		{Box{10, 10, 299, 90}, image.Rect(0, 0, 300, 300), true},
		{Box{10, 10, 90, 298}, image.Rect(0, 0, 300, 300), true},
		{Box{701, 210, 800, 290}, image.Rect(700, 200, 1000, 500), true},
		{Box{800, 201, 900, 290}, image.Rect(700, 200, 1000, 500), true},
		{Box{800, 300, 1000, 500}, image.Rect(700, 200, 1000, 500), false},
	} {
		if got := cutOff(tt.box, tt.tile, picture); got != tt.want {
			t.Errorf("%v in the tile %v: %t", tt.box, tt.tile, got)
		}
	}
}

// TestShift moves everything that a detection has, and nothing of the original's
// mask or oriented box.
func TestShift(t *testing.T) {
	mask := &Mask{Size: Size{64, 64}, Left: 1, Top: 2, W: 1, H: 1, Bits: []bool{true}}
	d := Detection{
		Box: Box{1, 2, 3, 4}, Conf: 0.5, Class: 7, Mask: mask,
		Keypoints: []Keypoint{{Point{1, 2}, 0.25}},
		Oriented:  &OrientedBox{2, 3, 2, 2, 1},
	}
	want := Detection{
		Box: Box{101, 52, 103, 54}, Conf: 0.5, Class: 7,
		Mask:      &Mask{Size: Size{200, 300}, Left: 101, Top: 52, W: 1, H: 1, Bits: []bool{true}},
		Keypoints: []Keypoint{{Point{101, 52}, 0.25}},
		Oriented:  &OrientedBox{102, 53, 2, 2, 1},
	}
	if diff := cmp.Diff(want, d.shift(image.Pt(100, 50), Size{200, 300})); diff != "" {
		t.Error(diff)
	}
	if !mask.At(1, 2) || d.Oriented.CX != 2 {
		t.Error("the original has moved")
	}
}
