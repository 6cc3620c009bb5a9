package dialect

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/yolambda/yolambda/lambda/api"
)

func TestScale(t *testing.T) {
	const quarter = float32(math.Pi / 2)
	for _, tt := range []struct {
		name     string
		from, to api.Image
		in, want api.Detection
	}{
		{"box", api.Image{Width: 640, Height: 480}, api.Image{Width: 1600, Height: 1200},
			api.Detection{Box: [4]int{1, 3, 30, 480}}, api.Detection{Box: [4]int{2, 7, 75, 1200}}},
		{"box, each side by its own factor", api.Image{Width: 100, Height: 50}, api.Image{Width: 300, Height: 100},
			api.Detection{Box: [4]int{1, 2, 100, 50}}, api.Detection{Box: [4]int{3, 4, 300, 100}}},
		// 19 times the rounded factor 1000/19 is below 1000.
		{"box up to the edge", api.Image{Width: 19, Height: 38}, api.Image{Width: 1000, Height: 1000},
			api.Detection{Box: [4]int{0, 0, 19, 38}}, api.Detection{Box: [4]int{0, 0, 1000, 1000}}},
		{"box beyond the picture", api.Image{Width: 10, Height: 10}, api.Image{Width: 25, Height: 25},
			api.Detection{Box: [4]int{-3, -1, 11, 12}}, api.Detection{Box: [4]int{0, 0, 25, 25}}},
		{"box to a smaller picture", api.Image{Width: 100, Height: 100}, api.Image{Width: 10, Height: 10},
			api.Detection{Box: [4]int{19, 20, 99, 100}}, api.Detection{Box: [4]int{1, 2, 9, 10}}},
		// The centre of pixel 0 goes to 1.5, in pixel 1; that of 9 to 28.5.
		{"polygons", api.Image{Width: 10, Height: 10}, api.Image{Width: 30, Height: 20},
			api.Detection{Mask: &api.Mask{Polygons: [][][2]int{{{0, 0}, {9, 0}, {9, 9}}, {{4, 4}, {10, -1}}}}},
			api.Detection{Mask: &api.Mask{Polygons: [][][2]int{{{1, 1}, {28, 1}, {28, 19}}, {{13, 9}, {29, 0}}}}}},
		{"run lengths stay", api.Image{Width: 10, Height: 10}, api.Image{Width: 30, Height: 20},
			api.Detection{Mask: &api.Mask{RLE: &api.RLE{Size: [2]int{10, 10}, Counts: "d3"}}},
			api.Detection{Mask: &api.Mask{RLE: &api.RLE{Size: [2]int{10, 10}, Counts: "d3"}}}},
		{"keypoints", api.Image{Width: 10, Height: 10}, api.Image{Width: 25, Height: 20},
			api.Detection{Keypoints: []api.Keypoint{{Name: "nose", X: 1.5, Y: 2.25, Conf: new(float32(0.5))}, {X: -2, Y: 11}}},
			api.Detection{Keypoints: []api.Keypoint{{Name: "nose", X: 3.75, Y: 4.5, Conf: new(float32(0.5))}, {X: -5, Y: 22}}}},
		{"oriented box", api.Image{Width: 100, Height: 100}, api.Image{Width: 250, Height: 250},
			api.Detection{OBB: &api.OBB{XYWHR: [5]float32{10, 20, 8, 4, 0.5}}},
			api.Detection{OBB: &api.OBB{XYWHR: [5]float32{25, 50, 20, 10, 0.5}, Corners: [4][2]float32{
				{25 + 10*0.8775826 - 5*0.4794255, 50 + 10*0.4794255 + 5*0.8775826},
				{25 + 10*0.8775826 + 5*0.4794255, 50 + 10*0.4794255 - 5*0.8775826},
				{25 - 10*0.8775826 + 5*0.4794255, 50 - 10*0.4794255 - 5*0.8775826},
				{25 - 10*0.8775826 - 5*0.4794255, 50 - 10*0.4794255 + 5*0.8775826},
			}}}},
		{"oriented box upright, each side by its own factor", api.Image{Width: 100, Height: 100}, api.Image{Width: 200, Height: 300},
			api.Detection{OBB: &api.OBB{XYWHR: [5]float32{10, 20, 8, 4, quarter}}},
			api.Detection{OBB: &api.OBB{XYWHR: [5]float32{20, 60, 24, 8, quarter},
				Corners: [4][2]float32{{16, 72}, {24, 72}, {24, 48}, {16, 48}}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := api.Response{Image: &tt.from, Detections: []api.Detection{tt.in}}
			Scale(&r, tt.to)
			want := api.Response{Image: &tt.to, Detections: []api.Detection{tt.want}}
			if d := cmp.Diff(want, r, cmpopts.EquateApprox(0, 1e-4)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestScaleUnknown: without a size there is nothing to scale from.
func TestScaleUnknown(t *testing.T) {
	for _, size := range []*api.Image{nil, {}, {Width: 10}} {
		r := api.Response{Image: size, Detections: []api.Detection{{Box: [4]int{1, 2, 3, 4}}}}
		Scale(&r, api.Image{Width: 100, Height: 100})
		if r.Image != size || r.Detections[0].Box != [4]int{1, 2, 3, 4} {
			t.Errorf("size %v: %+v", size, r)
		}
	}
}
