package yolo

import (
	"context"
	"image"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/onnx"
)

// outputs is a Runner that gives always the same output, whatever the input.
type outputs []Tensor

func (o outputs) Run(ctx context.Context, _ Tensor, _ []Tensor) ([]Tensor, error) {
	return o, ctx.Err()
}

// runnerFunc is a Runner of one function.
type runnerFunc func(context.Context, Tensor) ([]Tensor, error)

func (f runnerFunc) Run(ctx context.Context, in Tensor, _ []Tensor) ([]Tensor, error) {
	return f(ctx, in)
}

// tensor is a Tensor of one row of numbers.
func tensor(data []float32, shape ...int) Tensor { return Tensor{Shape: shape, Data: data} }

// volume is the number of elements of a shape.
func volume(shape ...int) int {
	n := 1
	for _, length := range shape {
		n *= length
	}
	return n
}

// columns lays rows of an output out as a raw head does: [1, columns, anchors].
func columns(rows ...[]float32) Tensor {
	t := Tensor{Shape: []int{1, len(rows[0]), len(rows)}}
	for c := range rows[0] {
		for _, row := range rows {
			t.Data = append(t.Data, row[c])
		}
	}
	return t
}

// rowsOf lays rows of an output out as an end2end head does: [1, n, columns].
func rowsOf(rows ...[]float32) Tensor {
	t := Tensor{Shape: []int{1, len(rows), len(rows[0])}}
	for _, row := range rows {
		t.Data = append(t.Data, row...)
	}
	return t
}

// props are metadata, from lines of "key: value".
func props(lines ...string) map[string]string {
	m := map[string]string{}
	for _, line := range lines {
		key, value, _ := strings.Cut(line, ": ")
		m[key] = value
	}
	return m
}

// declare makes the declaration of a graph from the shapes of its input and its
// outputs; 0 is a dynamic axis.
func declare(props map[string]string, input []int, outs ...[]int) onnx.Model {
	file := onnx.Model{Props: props, Inputs: []onnx.Value{{Name: "images", Type: onnx.Float32, Shape: input}}}
	for _, shape := range outs {
		file.Outputs = append(file.Outputs, onnx.Value{Name: "output", Type: onnx.Float32, Shape: shape})
	}
	return file
}

// dynamic is the input shape of a graph that takes any size.
var dynamic = []int{0, 3, 0, 0}

// newModel makes a dynamic model whose declared output shapes are those that the
// runner gives.
func newModel(t testing.TB, r outputs, lines ...string) *Model {
	t.Helper()
	shapes := make([][]int, len(r))
	for i, out := range r {
		shapes[i] = out.Shape
	}
	m, err := New(declare(props(lines...), dynamic, shapes...), r)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// blank is a picture whose content does not matter.
func blank(w, h int) image.Image { return image.NewGray(image.Rect(0, 0, w, h)) }

// predict runs a model on a blank picture.
func predict(t testing.TB, m *Model, w, h int, o Options) *Result {
	t.Helper()
	r, err := m.Predict(t.Context(), blank(w, h), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
