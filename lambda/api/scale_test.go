package api

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestScale(t *testing.T) {
	const quarter = float32(math.Pi / 2)
	for _, tt := range []struct {
		name     string
		from, to Image
		in, want Detection
	}{
		{"box", Image{640, 480}, Image{1600, 1200},
			Detection{Box: [4]int{1, 3, 30, 480}}, Detection{Box: [4]int{2, 7, 75, 1200}}},
		{"box, each side by its own factor", Image{100, 50}, Image{300, 100},
			Detection{Box: [4]int{1, 2, 100, 50}}, Detection{Box: [4]int{3, 4, 300, 100}}},
		// 19 times the rounded factor 1000/19 is below 1000.
		{"box up to the edge", Image{19, 38}, Image{1000, 1000},
			Detection{Box: [4]int{0, 0, 19, 38}}, Detection{Box: [4]int{0, 0, 1000, 1000}}},
		{"box beyond the picture", Image{10, 10}, Image{25, 25},
			Detection{Box: [4]int{-3, -1, 11, 12}}, Detection{Box: [4]int{0, 0, 25, 25}}},
		{"box to a smaller picture", Image{100, 100}, Image{10, 10},
			Detection{Box: [4]int{19, 20, 99, 100}}, Detection{Box: [4]int{1, 2, 9, 10}}},
		// The centre of pixel 0 goes to 1.5, in pixel 1; that of 9 to 28.5.
		{"polygons", Image{10, 10}, Image{30, 20},
			Detection{Mask: &Mask{Polygons: [][][2]int{{{0, 0}, {9, 0}, {9, 9}}, {{4, 4}, {10, -1}}}}},
			Detection{Mask: &Mask{Polygons: [][][2]int{{{1, 1}, {28, 1}, {28, 19}}, {{13, 9}, {29, 0}}}}}},
		{"run lengths stay", Image{10, 10}, Image{30, 20},
			Detection{Mask: &Mask{RLE: &RLE{Size: [2]int{10, 10}, Counts: "d3"}}},
			Detection{Mask: &Mask{RLE: &RLE{Size: [2]int{10, 10}, Counts: "d3"}}}},
		{"keypoints", Image{10, 10}, Image{25, 20},
			Detection{Keypoints: []Keypoint{{Name: "nose", X: 1.5, Y: 2.25, Conf: ptr(float32(0.5))}, {X: -2, Y: 11}}},
			Detection{Keypoints: []Keypoint{{Name: "nose", X: 3.75, Y: 4.5, Conf: ptr(float32(0.5))}, {X: -5, Y: 22}}}},
		{"oriented box", Image{100, 100}, Image{250, 250},
			Detection{OBB: &OBB{XYWHR: [5]float32{10, 20, 8, 4, 0.5}}},
			Detection{OBB: &OBB{XYWHR: [5]float32{25, 50, 20, 10, 0.5}, Corners: [4][2]float32{
				{25 + 10*0.8775826 - 5*0.4794255, 50 + 10*0.4794255 + 5*0.8775826},
				{25 + 10*0.8775826 + 5*0.4794255, 50 + 10*0.4794255 - 5*0.8775826},
				{25 - 10*0.8775826 + 5*0.4794255, 50 - 10*0.4794255 - 5*0.8775826},
				{25 - 10*0.8775826 - 5*0.4794255, 50 - 10*0.4794255 + 5*0.8775826},
			}}}},
		{"oriented box upright, each side by its own factor", Image{100, 100}, Image{200, 300},
			Detection{OBB: &OBB{XYWHR: [5]float32{10, 20, 8, 4, quarter}}},
			Detection{OBB: &OBB{XYWHR: [5]float32{20, 60, 24, 8, quarter},
				Corners: [4][2]float32{{16, 72}, {24, 72}, {24, 48}, {16, 48}}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := Response{Image: &tt.from, Detections: []Detection{tt.in}}
			r.Scale(tt.to)
			want := Response{Image: &tt.to, Detections: []Detection{tt.want}}
			if d := cmp.Diff(want, r, cmpopts.EquateApprox(0, 1e-4)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestScaleUnknown: without a size there is nothing to scale from.
func TestScaleUnknown(t *testing.T) {
	for _, size := range []*Image{nil, {}, {Width: 10}} {
		r := Response{Image: size, Detections: []Detection{{Box: [4]int{1, 2, 3, 4}}}}
		r.Scale(Image{100, 100})
		if r.Image != size || r.Detections[0].Box != [4]int{1, 2, 3, 4} {
			t.Errorf("size %v: %+v", size, r)
		}
	}
}
