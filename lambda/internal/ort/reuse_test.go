package ort_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// Outputs that are handed back are written again, with what a run of its own
// gives.
func TestReuse(t *testing.T) {
	_, session := openFile(t, "testdata/squares.onnx")
	input := func(first float32) yolo.Tensor {
		x := yolo.Tensor{Shape: []int{1, 3, 64, 96}, Data: make([]float32, 3*64*96)}
		for i := range x.Data {
			x.Data[i] = first + float32(i%7)/10
		}
		return x
	}
	outputs, err := session.Run(ctx, input(0), nil)
	if err != nil {
		t.Fatal(err)
	}
	memory := &outputs[0].Data[0]
	want, err := session.Run(ctx, input(0.25), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := session.Run(ctx, input(0.25), outputs)
	if err != nil {
		t.Fatal(err)
	}
	if &got[0].Data[0] != memory {
		t.Error("the outputs have other memory")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%.2000s", d)
	}
	// After an input of another shape they don't fit.
	small := yolo.Tensor{Shape: []int{1, 3, 32, 32}, Data: make([]float32, 3*32*32)}
	want, err = session.Run(ctx, small, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err = session.Run(ctx, small, got); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("an input of another shape: %v\n%.2000s", err, cmp.Diff(want, got))
	}
}

// A run that fails in any case does not end the reuse.
func TestReuseAfterFailure(t *testing.T) {
	_, session := openFile(t, "testdata/squares.onnx")
	input := func(channels int) yolo.Tensor {
		return yolo.Tensor{Shape: []int{1, channels, 32, 32}, Data: make([]float32, channels*32*32)}
	}
	outputs, err := session.Run(ctx, input(3), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := session.Run(ctx, input(4), outputs); err == nil {
		t.Fatal("a picture of four channels was taken")
	}
	got, err := session.Run(ctx, input(3), outputs)
	if err != nil {
		t.Fatal(err)
	}
	if &got[0].Data[0] != &outputs[0].Data[0] {
		t.Error("the outputs have other memory")
	}
}

// The shape of the outputs may depend on the values of the input.
func TestReuseOfVaryingShapes(t *testing.T) {
	_, session := openSession(t, nonZero(), 1)
	var outputs []yolo.Tensor
	for _, values := range [][]float32{{1, 0, 1}, {1, 1, 1}, {0, 0, 1}, {0, 0, 0}, {1, 0, 0}} {
		input := yolo.Tensor{Shape: []int{1, 3, 1, 1}, Data: values}
		var err error
		if outputs, err = session.Run(ctx, input, outputs); err != nil {
			t.Fatalf("%v: %v", values, err)
		}
		var channels []float32 // the second of the four coordinates
		for i, v := range values {
			if v != 0 {
				channels = append(channels, float32(i))
			}
		}
		n := len(channels)
		if !slices.Equal(outputs[0].Shape, []int{4, n}) || !slices.Equal(outputs[0].Data[n:2*n], channels) {
			t.Errorf("%v: shape %v, values %v", values, outputs[0].Shape, outputs[0].Data)
		}
	}
}

// nonZero is an ONNX file that gives the coordinates of what is not zero, as
// float32. The field numbers are those of onnx.proto.
func nonZero() []byte {
	message := func(number protowire.Number, fields ...[]byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), bytes.Join(fields, nil))
	}
	varint := func(number protowire.Number, v uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(nil, number, protowire.VarintType), v)
	}
	text := func(number protowire.Number, s string) []byte { return message(number, []byte(s)) }
	dim, dynamic := func(n uint64) []byte { return message(1, varint(1, n)) }, message(1, text(2, "n"))
	value := func(number protowire.Number, name string, dims ...[]byte) []byte {
		return message(number, text(1, name), message(2, message(1, varint(1, uint64(onnx.Float32)), message(2, dims...))))
	}
	toFloat32 := message(5, text(1, "to"), varint(3, uint64(onnx.Float32)), varint(20, 2))
	graph := message(7,
		message(1, text(1, "x"), text(2, "i"), text(4, "NonZero")),
		message(1, text(1, "i"), text(2, "y"), text(4, "Cast"), toFloat32),
		text(2, "nonzero"), value(11, "x", dim(1), dim(3), dim(1), dim(1)), value(12, "y", dim(4), dynamic))
	return slices.Concat(varint(1, 8), message(8, varint(2, 17)), graph)
}
