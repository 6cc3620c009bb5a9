package yolo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestNew reads the layout from what files declare.
func TestNew(t *testing.T) {
	names := "names: ['a', 'b', 'c', 'd']"
	for _, tt := range []struct {
		name  string
		props []string
		outs  [][]int
		task  Task
		want  layout
	}{
		{"raw detect", []string{"task: detect", names}, [][]int{{1, 8, 8400}}, Detect, layout{raw, 4, 0}},
		{"raw detect, dynamic", []string{"task: detect", names}, [][]int{{0, 8, 0}}, Detect, layout{raw, 4, 0}},
		{"raw detect without names", []string{"task: detect"}, [][]int{{1, 8, 8400}}, Detect, layout{raw, 4, 0}},
		{"all axes dynamic", []string{"task: detect", names}, [][]int{{0, 0, 0}}, Detect, layout{raw, 4, 0}},
		{"no metadata", nil, [][]int{{1, 84, 8400}}, Detect, layout{raw, 80, 0}},
		{"as many anchors as columns", []string{names}, [][]int{{1, 8, 8}}, Detect, layout{raw, 4, 0}},
		{"raw segment", []string{"task: segment", names}, [][]int{{1, 40, 8400}, {1, 32, 160, 160}}, Segment, layout{raw, 4, 32}},
		{"segment told by its outputs", nil, [][]int{{1, 40, 8400}, {1, 32, 160, 160}}, Segment, layout{raw, 4, 32}},
		{"raw pose", []string{"task: pose", "kpt_shape: [17, 3]", "names: {0: 'person'}"}, [][]int{{1, 56, 8400}}, Pose, layout{raw, 1, 51}},
		{"raw pose in two dimensions", []string{"task: pose", "kpt_shape: [3, 2]", names}, [][]int{{1, 14, 8400}}, Pose, layout{raw, 4, 6}},
		{"raw obb", []string{"task: obb", "names: ['a', 'b', 'c']"}, [][]int{{1, 8, 8400}}, OBB, layout{raw, 3, 1}},
		{"end2end", []string{"task: detect", names, "end2end: True"}, [][]int{{1, 300, 6}}, Detect, layout{rows, 4, 0}},
		{"end2end, dynamic", []string{"task: detect", "end2end: True"}, [][]int{{0, 0, 6}}, Detect, layout{rows, 0, 0}},
		{"end2end segment", []string{"task: segment", names, "end2end: True"}, [][]int{{0, 0, 38}, {0, 32, 0, 0}}, Segment, layout{rows, 4, 32}},
		{"end2end pose", []string{"task: pose", names, "end2end: True", "kpt_shape: [3, 3]"}, [][]int{{1, 300, 15}}, Pose, layout{rows, 4, 9}},
		{"end2end obb", []string{"task: obb", names, "end2end: True"}, [][]int{{1, 300, 7}}, OBB, layout{rows, 4, 1}},
		{"embedded NMS", []string{"task: detect", names, "args: {'nms': True}", "end2end: False"}, [][]int{{1, 300, 6}}, Detect, layout{rows, 4, 0}},
		{"rows of an old export", []string{"task: detect", names}, [][]int{{1, 300, 6}}, Detect, layout{rows, 4, 0}},
		{"classic with names", []string{"stride: 32", names}, [][]int{{1, 25200, 9}}, Detect, layout{classic, 4, 0}},
		{"classic without names", nil, [][]int{{1, 25200, 85}}, Detect, layout{classic, 80, 0}},
		{"classic segment", []string{"stride: 32", names}, [][]int{{1, 25200, 41}, {1, 32, 160, 160}}, Segment, layout{classic, 4, 32}},
		{"classic segment without names", nil, [][]int{{1, 25200, 117}, {1, 32, 160, 160}}, Segment, layout{classic, 80, 32}},
		{"classic segment, dynamic", []string{names}, [][]int{{0, 0, 41}, {0, 32, 0, 0}}, Segment, layout{classic, 4, 32}},
		{"classic next to its grids", []string{names}, [][]int{{1, 25200, 9}, {1, 3, 80, 80, 9}, {1, 3, 40, 40, 9}, {1, 3, 20, 20, 9}}, Detect, layout{classic, 4, 0}},
		{"classify", []string{"task: classify", names}, [][]int{{1, 4}}, Classify, layout{}},
		{"classify, dynamic", []string{"task: classify", names}, [][]int{{0, 0}}, Classify, layout{}},
		{"classify told by its output", nil, [][]int{{1, 1000}}, Classify, layout{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := New(declare(props(tt.props...), dynamic, tt.outs...), outputs{})
			if err != nil {
				t.Fatal(err)
			}
			if m.Task != tt.task || m.layout != tt.want {
				t.Errorf("task %s, layout %+v, want %s, %+v", m.Task, m.layout, tt.task, tt.want)
			}
			want := tt.want.classes
			if m.Task == Classify {
				want = max(tt.outs[0][1], len(m.Names))
			}
			if m.Classes != want {
				t.Errorf("%d classes, want %d", m.Classes, want)
			}
		})
	}
}

// TestNewRefuses: every contradiction is one sentence that tells it.
func TestNewRefuses(t *testing.T) {
	names := "names: ['a', 'b', 'c', 'd']"
	for _, tt := range []struct {
		name  string
		props []string
		input []int
		outs  [][]int
		want  string
	}{
		{"no output", nil, dynamic, nil, "it has no output"},
		{"an input of three axes", nil, []int{3, 640, 640}, [][]int{{1, 84, 8400}}, "its input has the shape [3 640 640], want [batch, 3, height, width]"},
		{"an input beyond any memory", nil, []int{64, 3, 640, 640}, [][]int{{1, 84, 8400}}, "its input has the shape [64 3 640 640], which is 26.2 million pixels; 16.8 million are allowed"},
		{"metadata beyond any memory", []string{"imgsz: [16384, 16384]"}, []int{1, 3, 0, 0}, [][]int{{1, 84, 0}}, "its input has the shape [1 3 16384 16384], which is 268.4 million pixels; 16.8 million are allowed"},
		{"one channel", nil, []int{1, 1, 640, 640}, [][]int{{1, 84, 8400}}, "its input has the shape [1 1 640 640], want [batch, 3, height, width]"},
		{"channels last", nil, []int{1, 640, 640, 3}, [][]int{{1, 84, 8400}}, "its input has the shape [1 640 640 3], channels last (NHWC), want [batch, 3, height, width]; make model MODEL=FILE.onnx adapts it (docs/models.md)"},
		{"an enormous input", nil, []int{1, 3, 1 << 40, 640}, [][]int{{1, 84, 8400}},
			"its input has the shape [1 3 1099511627776 640], which is over 256 pictures or 16384 pixels a side"},
		{"five axes", nil, dynamic, [][]int{{1, 3, 80, 80, 85}}, "its output has the shape [1 3 80 80 85], want three axes"},
		{"one axis", nil, dynamic, [][]int{{1000}}, "its output has the shape [1000], want three axes"},
		{"no axes", nil, dynamic, [][]int{{}}, "its output declares no shape, want three axes; onnx.shape_inference.infer_shapes may find and write it"},
		{"fewer names than classes", []string{"task: detect", names}, dynamic, [][]int{{1, 9, 8400}}, "its metadata names 4 classes, its output has 5"},
		{"fewer names than classes, open anchors", []string{"task: detect", names}, dynamic, [][]int{{0, 9, 0}}, "its metadata names 4 classes, its output has 5"},
		{"fewer keypoints, open anchors", []string{"task: pose", names, "kpt_shape: [4, 3]"}, dynamic, [][]int{{0, 17, 0}}, "its output has the shape [0 17 0], want 20 on axis 1"},
		{"more names than classes", []string{"task: detect", names}, dynamic, [][]int{{1, 7, 8400}},
			"its output has the shape [1 7 8400], want 8 on axis 1 for the task detect with 4 classes"},
		{"no class", []string{"task: detect"}, dynamic, [][]int{{1, 4, 8400}}, "its output has the shape [1 4 8400], which leaves no classes"},
		{"boxes and scores apart", nil, dynamic, [][]int{{1, 8400, 4}, {1, 8400, 80}},
			"it looks like a model whose boxes and scores are outputs of their own (SSD, DAMO-YOLO, YOLO-NAS, PP-YOLOE, DETR); " +
				"if it has neither background nor anchors of its own, " + adaptIt + "; otherwise " + rewrite},
		{"open heads", nil, dynamic, [][]int{{1, 3, 80, 80, 85}, {1, 3, 40, 40, 85}, {1, 3, 20, 20, 85}},
			"it looks like the open heads of YOLOv5 or YOLOv7, their grid not decoded; " + adaptIt},
		{"scores of queries", []string{"task: detect", names}, dynamic, [][]int{{1, 300, 8}},
			"it looks like RT-DETR as Ultralytics exported it before 2026, [batch, queries, 4+classes]; export its weights again: make model MODEL=best.pt"},
		{"an unknown task", []string{"task: track"}, dynamic, [][]int{{1, 19, 640, 640}},
			`read metadata task = "track": unknown task; known are detect, segment, pose, obb, classify, semantic, depth`},
		{"neither names nor shape", []string{"task: detect"}, dynamic, [][]int{{0, 0, 0}}, "its output has the shape [0 0 0], which leaves no classes"},
		{"pose without kpt_shape", []string{"task: pose", names}, dynamic, [][]int{{1, 17, 8400}}, "its metadata has no kpt_shape"},
		{"pose with another kpt_shape", []string{"task: pose", names, "kpt_shape: [4, 3]"}, dynamic, [][]int{{1, 17, 8400}},
			"its output has the shape [1 17 8400], want 20 on axis 1 for the task pose with 4 classes"},
		{"end2end of a raw shape", []string{"task: detect", names, "end2end: True"}, dynamic, [][]int{{1, 8, 8400}},
			"its output has the shape [1 8 8400], want 6 on axis 2 for the task detect with 4 classes"},
		{"segment without prototypes", []string{"task: segment", names}, dynamic, [][]int{{1, 40, 8400}},
			"its outputs have the shapes [[1 40 8400]], want the mask prototypes second"},
		{"segment with flat prototypes", []string{"task: segment", names}, dynamic, [][]int{{1, 40, 8400}, {1, 32, 160}},
			"its outputs have the shapes [[1 40 8400] [1 32 160]], want the mask prototypes second"},
		{"classify of three axes", []string{"task: classify", names}, dynamic, [][]int{{1, 4, 1}}, "its output has the shape [1 4 1], want [batch, classes]"},
		{"classify with fewer names", []string{"task: classify", names}, dynamic, [][]int{{1, 5}}, "its metadata names 4 classes, its output has 5"},
		{"classify with more names", []string{"task: classify", names}, dynamic, [][]int{{1, 3}}, "its metadata names 4 classes, its output has 3"},
		{"broken metadata", []string{"names: {0: 'a"}, dynamic, [][]int{{1, 84, 8400}}, `read metadata names = "{0: 'a": unterminated string "'a"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantNotYOLO(t, declare(props(tt.props...), tt.input, tt.outs...), tt.want)
		})
	}
	two := declare(nil, dynamic, []int{1, 84, 8400})
	two.Inputs = append(two.Inputs, two.Inputs[0])
	wantNotYOLO(t, two, "it has 2 inputs, want one")
	wantNotYOLO(t, onnx.Model{}, "it has 0 inputs, want one")
}

func wantNotYOLO(t *testing.T, file onnx.Model, want string) {
	t.Helper()
	m, err := New(file, outputs{})
	if !errors.Is(err, ErrNotYOLO) || !strings.HasPrefix(err.Error(), "not a YOLO model: "+want) {
		t.Errorf("got %+v and %v, want %s", m, err, want)
		return
	}
	if !slices.ContainsFunc([]string{"make model", "export", "write", "give it"}, func(way string) bool { return strings.Contains(err.Error(), way) }) {
		t.Errorf("%v names no way out", err)
	}
}

// TestNewShared takes every shared model, by the shapes in models.json.
func TestNewShared(t *testing.T) {
	var models map[string]struct {
		Inputs, Outputs [][3]any
		Metadata        map[string]string
	}
	yolotest.ReadJSON(t, yolotest.Shared(t, "models", "models.json"), &models)
	shape := func(v [3]any) []int {
		var s []int
		for _, axis := range v[2].([]any) {
			n, _ := axis.(float64)
			s = append(s, int(n))
		}
		return s
	}
	for name, declared := range models {
		t.Run(name, func(t *testing.T) {
			var outs [][]int
			for _, out := range declared.Outputs {
				outs = append(outs, shape(out))
			}
			m, err := New(declare(declared.Metadata, shape(declared.Inputs[0]), outs...), outputs{})
			if err != nil {
				t.Fatal(err)
			}
			if want := Task(declared.Metadata["task"]); want != "" && m.Task != want {
				t.Errorf("task %s, want %s", m.Task, want)
			}
			// The file's name tells the layout.
			form := raw
			switch {
			case strings.Contains(name, "end2end"), strings.Contains(name, "-nms"):
				form = rows
			case strings.Contains(name, "classic"):
				form = classic
			}
			if m.layout.form != form {
				t.Errorf("layout %v, want %v", m.layout.form, form)
			}
			if static := strings.Contains(name, "static"); static != (m.Fixed != Size{}) && !strings.Contains(name, "nms") && name != "yolov8n_int8.onnx" {
				t.Errorf("fixed size %v", m.Fixed)
			}
			if fmt.Sprint(m.ImgSize) == "{0 0}" || m.Classes < 1 {
				t.Errorf("imgsz %v, %d classes", m.ImgSize, m.Classes)
			}
		})
	}
}

// TestOutputTypes: what is no float is named, with the way out where there is one.
func TestOutputTypes(t *testing.T) {
	for of, want := range map[onnx.ElementType]string{
		onnx.Float64: "its output output is of float64, want float32 or float16; " + adaptIt,
		onnx.Int64:   "its output output is of int64, want float32 or float16",
		0:            "its output output is of no tensor's type, but a sequence or a map, want float32 or float16",
	} {
		file := declare(props("task: detect"), dynamic, []int{1, 84, 8400})
		file.Outputs[0].Type = of
		if _, err := New(file, nil); err == nil || err.Error() != "not a YOLO model: "+want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
