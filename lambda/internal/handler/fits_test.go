package handler

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// TestFits: what a caller asks is honoured, or refused by name; no task drops an option
// without a word.
func TestFits(t *testing.T) {
	all := []yolo.Task{yolo.Detect, yolo.Segment, yolo.Pose, yolo.OBB, yolo.Classify, yolo.Semantic, yolo.Depth}
	honoured := map[string][]yolo.Task{
		"conf=0.5":                          all[:5],
		"iou=0.5":                           all[:4],
		"max_det=1":                         all[:4],
		"classes=person":                    all[:6],
		"agnostic_nms=true":                 all[:4],
		"tile=64":                           all[:4],
		"tile=64&tile_overlap=0.5":          all[:4],
		"letterbox=center":                  all,
		"letterbox=corner":                  {yolo.Detect, yolo.Segment, yolo.Pose, yolo.OBB, yolo.Semantic, yolo.Depth},
		"rect=false":                        {yolo.Detect, yolo.Segment, yolo.Pose, yolo.OBB, yolo.Semantic},
		"imgsz=64":                          all,
		"mask=polygon":                      {yolo.Segment, yolo.Semantic},
		"mask=rle":                          {yolo.Segment, yolo.Semantic},
		"mask=png":                          {yolo.Semantic, yolo.Depth},
		"model=test":                        all,
		"format=yolambda":                   all,
		"format=ultralytics":                all,
		"format=roboflow":                   all[:5],
		"format=ultralytics&mask=rle":       nil,
		"format=image&mask=rle":             nil,
		"tile_overlap=0.5":                  nil,
		"format=ultralytics&conf=0&iou=0.5": all[:4],
	}
	for _, task := range all {
		declared, out := taskModel(task)
		h := newLoggedHandler(t, declared, always(out...), io.Discard, io.Discard)
		for query, tasks := range honoured {
			reply := request{body: photo, binary: true, query: query}.send(t, h)
			switch {
			case slices.Contains(tasks, task) && reply.StatusCode != 200:
				t.Errorf("%s %s: %d %.300s", task, query, reply.StatusCode, reply.Body)
			case !slices.Contains(tasks, task) && (reply.StatusCode != 400 || !strings.Contains(reply.Body, `"invalid_request"`)):
				t.Errorf("%s %s: %d %.300s, want it refused", task, query, reply.StatusCode, reply.Body)
			}
		}
	}
	for _, name := range api.OptionNames() {
		name, _, _ = strings.Cut(name, "|")
		named := func(query string) bool {
			return slices.ContainsFunc(strings.Split(query, "&"), func(word string) bool {
				option, _, _ := strings.Cut(word, "=")
				return api.OptionName(option) == name
			})
		}
		found := false
		for query := range honoured {
			found = found || named(query)
		}
		if !found {
			t.Errorf("the option %s is not tried", name)
		}
	}
}

// taskModel is a model of the task, and an output that it may have.
func taskModel(task yolo.Task) (onnx.Model, []yolo.Tensor) {
	zeros := func(shape ...int) yolo.Tensor {
		n := 1
		for _, length := range shape {
			n *= length
		}
		return yolo.Tensor{Shape: shape, Data: make([]float32, n)}
	}
	switch task {
	case yolo.Segment:
		outs := []yolo.Tensor{zeros(1, 7+2, 84), zeros(1, 2, 16, 16)}
		return file(string(task), nil, outs...), outs
	case yolo.Pose:
		outs := []yolo.Tensor{zeros(1, 7+6, 84)}
		return file(string(task), map[string]string{"kpt_shape": "[2, 3]"}, outs...), outs
	case yolo.OBB:
		outs := []yolo.Tensor{zeros(1, 7+1, 84)}
		return file(string(task), nil, outs...), outs
	case yolo.Classify:
		outs := []yolo.Tensor{{Shape: []int{1, 3}, Data: []float32{0.25, 0.75, 0}}}
		return file(string(task), nil, outs...), outs
	case yolo.Semantic:
		outs := []yolo.Tensor{zeros(1, 64, 64)}
		return file(string(task), nil, outs...), outs
	case yolo.Depth:
		outs := []yolo.Tensor{zeros(1, 1, 64, 64)}
		return file(string(task), nil, outs...), outs
	}
	return file(string(task), nil, detections), []yolo.Tensor{detections}
}

// TestClassifyOptions: a classifier's list holds what is asked for.
func TestClassifyOptions(t *testing.T) {
	declared, out := taskModel(yolo.Classify)
	for query, want := range map[string]string{
		"":                         `"classification":[{"cls":"car","cls_id":1,"conf":0.75},{"cls":"person","cls_id":0,"conf":0.25},{"cls":"dog","cls_id":2,"conf":0}]`,
		"conf=0.5":                 `"classification":[{"cls":"car","cls_id":1,"conf":0.75}]`,
		"classes=person":           `"classification":[{"cls":"person","cls_id":0,"conf":0.25}]`,
		"classes=person&conf=0.5":  `"detections":[],"model"`,
		"format=ultralytics":       `"confidence":0.25`,
		"conf=0.5&format=roboflow": `"top":"car"`,
	} {
		reply := request{body: photo, binary: true, query: query}.send(t, newLoggedHandler(t, declared, always(out...), io.Discard, io.Discard))
		if !strings.Contains(reply.Body, want) {
			t.Errorf("%s: %d %s, want %s", query, reply.StatusCode, reply.Body, want)
		}
	}
}
