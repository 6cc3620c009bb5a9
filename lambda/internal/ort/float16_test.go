package ort

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/lambda/internal/protobuf"
	"github.com/yolambda/yolambda/lambda/onnx"
)

// A weight becomes float16 under a name that nothing else has.
func TestWithFloat16Names(t *testing.T) {
	message := func(number protowire.Number, parts ...[]byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), slices.Concat(parts...))
	}
	weight := func(name string) []byte {
		kind := protowire.AppendVarint(protowire.AppendTag(nil, tensorType, protowire.VarintType), uint64(onnx.Float32))
		return message(graphInitializer, kind, message(tensorName, []byte(name)), message(tensorRaw, make([]byte, worthHalving)))
	}
	node := message(graphNode, message(nodeOutput, []byte("b_float16")), message(nodeOp, []byte("Relu")))
	written, err := withFloat16(message(modelGraph, node, weight("a"), weight("b"), weight("c"), message(graphInput, message(valueName, []byte("c")))))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for f := range protobuf.Fields(protobuf.First(written, modelGraph).Bytes) {
		if f.Number == graphInitializer {
			names = append(names, string(protobuf.First(f.Bytes, tensorName).Bytes))
		}
	}
	if want := []string{"a_float16", "b", "c"}; !slices.Equal(names, want) {
		t.Errorf("weights %q, want %q", names, want)
	}
}
