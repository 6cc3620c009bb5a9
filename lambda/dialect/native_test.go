package dialect

import (
	"context"
	"encoding/json"
	"image"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// network is a Runner that always gives the same outputs.
type network []yolo.Tensor

func (n network) Run(context.Context, yolo.Tensor, []yolo.Tensor) ([]yolo.Tensor, error) {
	return n, nil
}

// newModel makes a model of 64 x 64 whose outputs are given.
func newModel(t testing.TB, props map[string]string, outputs ...yolo.Tensor) *yolo.Model {
	t.Helper()
	file := onnx.Model{Props: props, Inputs: []onnx.Value{{Type: onnx.Float32, Shape: []int{1, 3, 64, 64}}}}
	for _, out := range outputs {
		file.Outputs = append(file.Outputs, onnx.Value{Type: onnx.Float32, Shape: out.Shape})
	}
	m, err := yolo.New(file, network(outputs))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// predict runs the model on a picture of 128 x 64: half its size in the tensor.
func predict(t testing.TB, m *yolo.Model) *yolo.Result {
	t.Helper()
	o := yolo.Options{Conf: 0.25, IoU: 0.5}
	if m.Task == yolo.Classify {
		o.Conf = 0 // all classes
	}
	r, err := m.Predict(t.Context(), image.NewGray(image.Rect(0, 0, 128, 64)), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// endToEnd is a head of rows x1, y1, x2, y2, score, class, extra.
func endToEnd(columns int, data ...float32) yolo.Tensor {
	return yolo.Tensor{Shape: []int{1, len(data) / columns, columns}, Data: data}
}

func TestNewResponseOfBoxes(t *testing.T) {
	m := newModel(t, map[string]string{"task": "detect", "names": "['cat', 'dog']", "end2end": "True"}, endToEnd(6,
		10, 10, 20, 20, 0.5, 1,
		30.3, 1.9, 35.7, 5.4, 0.4, 0, // truncated
		40, 10, 50, 20, 0.9, 1,
		60, -5, 99, 40, 0.3, 0, // clipped: the picture ends at 64 x 32
		1, 1, 3, 3, 0.25, 0, // not above the threshold
	))
	got := must(Native(m, predict(t, m), api.Polygon, 0))
	want := &api.Response{
		Task: "detect", Image: &api.Image{Width: 128, Height: 64},
		Detections: []api.Detection{
			{Box: [4]int{60, 3, 71, 10}, Conf: 0.4, Cls: "cat", ClsID: 0},
			{Box: [4]int{120, 0, 128, 64}, Conf: 0.3, Cls: "cat", ClsID: 0},
			{Box: [4]int{80, 20, 100, 40}, Conf: 0.9, Cls: "dog", ClsID: 1},
			{Box: [4]int{20, 20, 40, 40}, Conf: 0.5, Cls: "dog", ClsID: 1},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// TestNewResponseJSON holds the reply's bytes, task by task.
// The run lengths are pycocotools' encode().
func TestNewResponseJSON(t *testing.T) {
	prototypes := yolo.Tensor{Shape: []int{1, 1, 16, 16}, Data: make([]float32, 256)}
	for i := range prototypes.Data {
		prototypes.Data[i] = 1
	}
	for _, tt := range []struct {
		name    string
		props   map[string]string
		outputs []yolo.Tensor
		form    api.MaskForm
		want    string
	}{
		{"nothing found", map[string]string{"task": "detect", "end2end": "True"}, []yolo.Tensor{endToEnd(6, 0, 0, 0, 0, 0, 0)}, api.Polygon,
			`{"detections":[],"task":"detect","image":{"width":128,"height":64},"cold_start":false}`},
		{"class without a name", map[string]string{"task": "detect", "end2end": "True"}, []yolo.Tensor{endToEnd(6, 0, 0, 8, 8, 0.5, 3)}, api.Polygon,
			`{"detections":[{"box":[0,0,16,16],"conf":0.5,"cls":"class3","cls_id":3}],"task":"detect","image":{"width":128,"height":64},"cold_start":false}`},
		{"mask as polygon", map[string]string{"task": "segment", "names": "['a']", "end2end": "True"},
			[]yolo.Tensor{endToEnd(7, 8, 8, 10, 10, 0.5, 0, 1), prototypes}, api.Polygon,
			`{"detections":[{"box":[16,16,20,20],"conf":0.5,"cls":"a","cls_id":0,"mask":{"polygons":[[[17,17],[19,17],[19,19],[17,19]]]}}],` +
				`"task":"segment","image":{"width":128,"height":64},"cold_start":false}`},
		{"mask as run lengths", map[string]string{"task": "segment", "names": "['a']", "end2end": "True"},
			[]yolo.Tensor{endToEnd(7, 8, 8, 10, 10, 0.5, 0, 1), prototypes}, api.RunLengths,
			`{"detections":[{"box":[16,16,20,20],"conf":0.5,"cls":"a","cls_id":0,"mask":{"rle":{"size":[64,128],"counts":"aR13m1000_g6"}}}],` +
				`"task":"segment","image":{"width":128,"height":64},"cold_start":false}`},
		{"keypoints", map[string]string{"task": "pose", "names": "['a']", "end2end": "True", "kpt_shape": "[2, 3]", "kpt_names": "{0: ['nose', 'eye']}"},
			[]yolo.Tensor{endToEnd(12, 0, 0, 8, 8, 0.5, 0, 1, 2, 0.75, 3, 4, 0)}, api.Polygon,
			`{"detections":[{"box":[0,0,16,16],"conf":0.5,"cls":"a","cls_id":0,"keypoints":[{"name":"nose","x":2,"y":4,"conf":0.75},{"name":"eye","x":6,"y":8,"conf":0}]}],` +
				`"task":"pose","image":{"width":128,"height":64},"cold_start":false}`},
		{"keypoints without visibility", map[string]string{"task": "pose", "names": "['a']", "end2end": "True", "kpt_shape": "[1, 2]"},
			[]yolo.Tensor{endToEnd(8, 0, 0, 8, 8, 0.5, 0, 1, 2)}, api.Polygon,
			`{"detections":[{"box":[0,0,16,16],"conf":0.5,"cls":"a","cls_id":0,"keypoints":[{"name":"keypoint0","x":2,"y":4}]}],` +
				`"task":"pose","image":{"width":128,"height":64},"cold_start":false}`},
		{"oriented box", map[string]string{"task": "obb", "names": "['a']", "end2end": "True"},
			[]yolo.Tensor{endToEnd(7, 16, 8, 8, 4, 0.5, 0, 0)}, api.Polygon,
			`{"detections":[{"box":[24,12,40,20],"conf":0.5,"cls":"a","cls_id":0,"obb":{"corners":[[40,20],[40,12],[24,12],[24,20]],"xywhr":[32,16,16,8,0]}}],` +
				`"task":"obb","image":{"width":128,"height":64},"cold_start":false}`},
		{"classification", map[string]string{"task": "classify", "names": "['a', 'b', 'c', 'd', 'e', 'f']"},
			[]yolo.Tensor{{Shape: []int{1, 6}, Data: []float32{0.125, 0.6875, 0, 0.125, 0.0625, 0}}}, api.Polygon,
			`{"detections":[],"classification":[{"cls":"b","cls_id":1,"conf":0.6875},{"cls":"a","cls_id":0,"conf":0.125},{"cls":"d","cls_id":3,"conf":0.125},` +
				`{"cls":"e","cls_id":4,"conf":0.0625},{"cls":"c","cls_id":2,"conf":0}],"task":"classify","image":{"width":128,"height":64},"cold_start":false}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newModel(t, tt.props, tt.outputs...)
			got, err := json.Marshal(must(Native(m, predict(t, m), tt.form, 0)))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, string(got)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}
