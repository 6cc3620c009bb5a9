package ort

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/lambda/onnx"
)

// Zero points say what is signed, wherever they are: initializers, constants, or what is made of them.
func TestQuantizesSigned(t *testing.T) {
	message := func(number protowire.Number, parts ...[]byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), slices.Concat(parts...))
	}
	varint := func(number protowire.Number, v onnx.ElementType) []byte {
		return protowire.AppendVarint(protowire.AppendTag(nil, number, protowire.VarintType), uint64(v))
	}
	node := func(op, output string, attribute []byte, inputs ...string) []byte {
		parts := [][]byte{message(nodeOutput, []byte(output)), message(nodeOp, []byte(op)), attribute}
		for _, in := range inputs {
			parts = append(parts, message(nodeInput, []byte(in)))
		}
		return message(graphNode, parts...)
	}
	tensor := func(name string, kind onnx.ElementType) []byte {
		return message(graphInitializer, varint(tensorType, kind), message(tensorName, []byte(name)))
	}
	to := func(name string, kind onnx.ElementType) []byte {
		return message(nodeAttribute, message(attributeName, []byte(name)), varint(attributeInt, kind))
	}
	signed, unsigned := tensor("zero", onnx.Int8), tensor("zero", onnx.Uint8)
	saturate := to("saturate", 1)
	constant := message(nodeAttribute, message(attributeTensor, varint(tensorType, onnx.Int8)))
	for name, c := range map[string]struct {
		graph [][]byte
		want  bool
	}{
		"signed":             {[][]byte{node("QuantizeLinear", "y", nil, "x", "scale", "zero"), signed}, true},
		"unsigned":           {[][]byte{node("QuantizeLinear", "y", nil, "x", "scale", "zero"), unsigned}, false},
		"no zero point":      {[][]byte{node("QuantizeLinear", "y", nil, "x", "scale"), signed}, false},
		"an empty name":      {[][]byte{node("QuantizeLinear", "y", nil, "x", "scale", ""), signed}, false},
		"by an attribute":    {[][]byte{node("QuantizeLinear", "y", to("output_dtype", onnx.Int8), "x", "scale")}, true},
		"a weight":           {[][]byte{node("DequantizeLinear", "y", nil, "w", "scale", "zero"), signed, tensor("w", onnx.Int8)}, false},
		"a weight's copy":    {[][]byte{node("Identity", "v", nil, "w"), node("DequantizeLinear", "y", nil, "v", "scale", "zero"), signed, tensor("w", onnx.Int8)}, false},
		"a constant":         {[][]byte{node("Constant", "z", constant), node("DequantizeLinear", "y", nil, "x", "scale", "z")}, true},
		"a signed copy":      {[][]byte{node("Identity", "z", nil, "zero"), node("DequantizeLinear", "y", nil, "x", "scale", "z"), signed}, true},
		"an unsigned copy":   {[][]byte{node("Identity", "z", nil, "zero"), node("DequantizeLinear", "y", nil, "x", "scale", "z"), unsigned}, false},
		"cast to signed":     {[][]byte{node("Cast", "z", slices.Concat(saturate, to("to", onnx.Int8)), "zero"), node("QuantizeLinear", "y", nil, "x", "scale", "z"), unsigned}, true},
		"cast to unsigned":   {[][]byte{node("Cast", "z", to("to", onnx.Uint8), "zero"), node("QuantizeLinear", "y", nil, "x", "scale", "z"), signed}, false},
		"who knows":          {[][]byte{node("Squeeze", "z", nil, "zero"), node("QuantizeLinear", "y", nil, "x", "scale", "z"), unsigned}, true},
		"a Cast on its own":  {[][]byte{node("Cast", "y", to("to", onnx.Int8), "x")}, false},
		"a node of no input": {[][]byte{node("Identity", "y", nil)}, false},
	} {
		if got := quantizesSigned(message(modelGraph, c.graph...)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
