package ort

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/lambda/internal/protobuf"
	"github.com/yolambda/yolambda/lambda/onnx"
)

// hiddenTag is the tag of a field of bytes that neither GraphProto nor TypeProto.Tensor has:
// number 3. ONNX Runtime passes over it.
const hiddenTag = 3<<3 | 2

// planned reports whether ONNX Runtime can plan the memory of a session while it opens it: the
// file fixes all of the input's axes but the first, which is how many pictures there are.
func planned(m onnx.Model) bool {
	return len(m.Inputs) == 1 && len(m.Inputs[0].Shape) > 1 && !slices.Contains(m.Inputs[0].Shape[1:], 0)
}

// hideShapes hides the shapes of a graph's values from ONNX Runtime, in place.
//
// While ONNX Runtime opens a session, it looks, for each value, through all values of which nobody
// has need any more for one of the same shape, whose memory it could take. Where height and width
// of the input are not fixed no shapes are known to be the same: it looks in vain, for longer than
// all else takes together. A value of which it knows no shape it does not look for, and a run
// is as it was.
func hideShapes(model []byte) {
	for f := range protobuf.Fields(protobuf.First(model, modelGraph).Bytes) {
		switch f.Number {
		case graphInput, graphOutput:
			tensor := protobuf.First(protobuf.First(f.Bytes, valueType).Bytes, typeTensor).Bytes
			for f := range protobuf.Fields(tensor) {
				if f.Number == tensorShape {
					hide(f)
				}
			}
		case graphValueInfo: // what is known of those between
			hide(f)
		}
	}
}

// hide makes a field of bytes one that ONNX Runtime passes over. Its tag is one byte, unless a writer
// wastes some: such a field stays.
func hide(f protobuf.Field) {
	if uint64(f.Whole[0]) == protowire.EncodeTag(f.Number, protowire.BytesType) {
		f.Whole[0] = hiddenTag
	}
}
