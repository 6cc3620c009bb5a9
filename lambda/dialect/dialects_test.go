package dialect

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// TestDialects holds the bytes of the two foreign dialects, less the times.
func TestDialects(t *testing.T) {
	for _, tt := range []struct {
		name                  string
		props                 map[string]string
		output                yolo.Tensor
		ultralytics, roboflow string
	}{
		{"boxes by confidence", map[string]string{"task": "detect", "names": "['cat', 'dog']", "end2end": "True"},
			endToEnd(6, 4, 4, 8, 8, 0.5, 0, 10, 10, 20, 20.25, 0.75, 1),
			`[{"name":"dog","class":1,"confidence":0.75,"box":{"x1":20,"x2":40,"y1":20,"y2":40.5}},` +
				`{"name":"cat","class":0,"confidence":0.5,"box":{"x1":8,"x2":16,"y1":8,"y2":16}}]`,
			`[{"x":30,"y":30.25,"width":20,"height":20.5,"confidence":0.75,"class":"dog","class_id":1,"detection_id":"id-0"},` +
				`{"x":12,"y":12,"width":8,"height":8,"confidence":0.5,"class":"cat","class_id":0,"detection_id":"id-1"}]`},
		{"nothing", map[string]string{"task": "detect", "end2end": "True"}, endToEnd(6, 0, 0, 0, 0, 0, 0), `[]`, `[]`},
		{"oriented box", map[string]string{"task": "obb", "names": "['a']", "end2end": "True"}, endToEnd(7, 16, 8, 8, 4, 0.5, 0, 0),
			`[{"name":"a","class":0,"confidence":0.5,"box":{"x1":40,"x2":40,"x3":24,"x4":24,"y1":20,"y2":12,"y3":12,"y4":20}}]`,
			`[{"x":32,"y":16,"width":16,"height":8,"confidence":0.5,"class":"a","class_id":0,"detection_id":"id-0",` +
				`"points":[{"x":40,"y":20},{"x":40,"y":12},{"x":24,"y":12},{"x":24,"y":20}]}]`},
		{"keypoints", map[string]string{"task": "pose", "names": "['a']", "end2end": "True", "kpt_shape": "[1, 3]"}, endToEnd(9, 0, 0, 8, 8, 0.5, 0, 1, 2, 0.75),
			`[{"name":"a","class":0,"confidence":0.5,"box":{"x1":0,"x2":16,"y1":0,"y2":16},"keypoints":{"x":[2],"y":[4],"visible":[0.75]}}]`,
			`[{"x":8,"y":8,"width":16,"height":16,"confidence":0.5,"class":"a","class_id":0,"detection_id":"id-0",` +
				`"keypoints":[{"x":2,"y":4,"confidence":0.75,"class_id":0,"class":"keypoint0","class_name":"keypoint0"}]}]`},
		{"classification", map[string]string{"task": "classify", "names": "['a', 'b']"}, yolo.Tensor{Shape: []int{1, 2}, Data: []float32{0.25, 0.75}},
			`[{"name":"b","class":1,"confidence":0.75},{"name":"a","class":0,"confidence":0.25}]`,
			`[{"confidence":0.75,"class":"b","class_id":1},{"confidence":0.25,"class":"a","class_id":0}]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newModel(t, tt.props, tt.output)
			r := predict(t, m)
			text, err := json.Marshal(must(Ultralytics(m, "model", r, 0)).Images[0].Results)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.ultralytics, string(text)); d != "" {
				t.Errorf("ultralytics: -want +got\n%s", d)
			}
			if text, err = json.Marshal(must(Roboflow(m, "id", r, api.Polygon, 0)).Predictions); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.roboflow, string(text)); d != "" {
				t.Errorf("roboflow: -want +got\n%s", d)
			}
		})
	}
}

// TestRoboflowSmallMask: an outline has three points at least, or supervision
// drops the masks of the whole reply.
func TestRoboflowSmallMask(t *testing.T) {
	m := newModel(t, map[string]string{"task": "detect", "names": "['a']", "end2end": "True"}, endToEnd(6, 0, 0, 0, 0, 0, 0))
	for _, tt := range []struct {
		w    int
		want []api.RoboflowPoint
	}{
		{1, []api.RoboflowPoint{{X: 5, Y: 6}, {X: 5, Y: 6}, {X: 5, Y: 6}}},
		{3, []api.RoboflowPoint{{X: 5, Y: 6}, {X: 7, Y: 6}, {X: 7, Y: 6}}},
	} {
		mask := &yolo.Mask{Size: yolo.Size{H: 10, W: 10}, Left: 5, Top: 6, W: tt.w, H: 1, Bits: slices.Repeat([]bool{true}, tt.w)}
		got := roboflowPrediction(m, yolo.Detection{Mask: mask}, api.Polygon)
		if d := cmp.Diff(tt.want, got.Points); d != "" || got.RLE != nil {
			t.Errorf("%d pixels: -want +got\n%s and %v", tt.w, d, got.RLE)
		}
		got = roboflowPrediction(m, yolo.Detection{Mask: mask}, api.RunLengths)
		if got.Points != nil || got.RLE == nil || got.RLE.Size != [2]int{10, 10} || got.MaskFormat != "rle" {
			t.Errorf("%d pixels in run lengths: %+v", tt.w, got)
		}
	}
}

// TestDecimals: what lies in the middle goes to the even side, as Python's round has it.
func TestDecimals(t *testing.T) {
	for v, want := range map[float32]float64{
		1. / 64: 0.01562, 3. / 64: 0.04688, 100 + 1./64: 100.01562, -5. / 64: -0.07812, // in the middle
		0.123456: 0.12346, 0.999999: 1, 1e-6: 0, 4095.9998: 4095.99976,
	} {
		if got := decimals(v); got != want {
			t.Errorf("%v: %v, want %v", v, got, want)
		}
	}
}
