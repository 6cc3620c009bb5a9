package ort_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestOpenRefuses: what can't be fed or read is told by its declaration, before
// the graph is looked at.
func TestOpenRefuses(t *testing.T) {
	const bools onnx.ElementType = 9
	images := onnx.Value{Name: "images", Type: onnx.Float32, Shape: []int{0, 3, 0, 0}}
	output := func(of onnx.ElementType, shape ...int) []onnx.Value {
		return []onnx.Value{{Name: "output0", Type: of, Shape: shape}}
	}
	load(t)
	for _, tt := range []struct {
		name string
		file onnx.Model
		want string
	}{
		{"nothing", onnx.Model{}, "it has 0 inputs and 0 outputs, want one input and an output"},
		{"two inputs", onnx.Model{Inputs: []onnx.Value{images, images}, Outputs: output(onnx.Float32, 1, 8, 525)},
			"it has 2 inputs and 1 outputs, want one input and an output"},
		{"truth values", onnx.Model{Inputs: []onnx.Value{images}, Outputs: output(bools, 1, 1)},
			"output0 is of bool, want float32, float16 or, of class maps, uint8, int32 or int64"},
		{"float16 of a dynamic shape", onnx.Model{Inputs: []onnx.Value{images}, Outputs: output(onnx.Float16, 0, 8, 0)},
			"output0 is float16 of a dynamic shape; export it static, or with float32 inputs and outputs"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ort.Open(nil, tt.file, 1)
			if !errors.Is(err, yolo.ErrNotYOLO) || err.Error() != "not a YOLO model: "+tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	broken := onnx.Model{Inputs: []onnx.Value{images}, Outputs: output(onnx.Float32, 1, 8, 525)}
	if _, err := ort.Open([]byte("no graph"), broken, 1); err == nil {
		t.Error("what is no graph is opened")
	}
}

// TestOpenLacksOperator: an operator that ONNX Runtime does not have is an error with the way out.
func TestOpenLacksOperator(t *testing.T) {
	load(t)
	value := func(name string, lengths ...int) []byte {
		var shape []byte
		for _, length := range lengths {
			shape = append(shape, yolotest.Message(1, yolotest.Message(1, length))...)
		}
		return yolotest.Message(1, name, 2, yolotest.Message(1, yolotest.Message(1, 1, 2, shape)))
	}
	for _, domain := range []string{"", "com.example"} {
		node := yolotest.Message(1, "images", 2, "output0", 4, "NoSuchOperator", 7, domain)
		graph := yolotest.Message(1, node, 2, "g", 11, value("images", 1, 3, 64, 64), 12, value("output0", 1, 8, 84))
		data := yolotest.Message(1, 10, 8, yolotest.Message(1, "", 2, 17), 8, yolotest.Message(1, "com.example", 2, 1), 7, graph)
		m, err := onnx.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		_, opened := ort.Open(bytes.Clone(data), m, 1)
		for _, err := range []error{opened, ort.Optimize(data, m, filepath.Join(t.TempDir(), "optimized.onnx"))} {
			if !errors.Is(err, ort.ErrOperator) || !strings.Contains(err.Error(), "NoSuchOperator") {
				t.Errorf("domain %q: %v", domain, err)
			}
		}
	}
}
