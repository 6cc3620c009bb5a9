package onnx

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/yolambda/yolambda/lambda/internal/protobuf"
)

// wantsBytes reports whether a graph begins by scaling its input, of that name, as only pixels from
// 0 to 255 are: it divides by some 255, or takes a mean off that is above 2.
func wantsBytes(graph []byte, input string) bool {
	for range 8 { // steps of which none looks at the numbers
		node := firstUser(graph, input)
		switch op := string(protobuf.First(node, 4).Bytes); op {
		case "Cast", "Transpose", "Identity", "Gather":
			input = string(protobuf.First(node, 2).Bytes)
		case "Sub", "Div", "Mul":
			values := constantBeside(graph, node, input)
			return len(values) > 0 && (op == "Sub" && slices.Max(values) > 2 ||
				op == "Div" && slices.Min(values) > leastScale || op == "Mul" && slices.Min(values) > 0 && slices.Max(values) < 1/leastScale)
		default:
			return false
		}
	}
	return false
}

// leastScale is what pixels from 0 to 255 are divided by at least: a deviation, or 127.5 or 255.
const leastScale = 33.0

// firstUser is the first node of a graph that takes the value and does more than ask its shape, empty where there is none.
func firstUser(graph []byte, value string) []byte {
	for f := range protobuf.Fields(graph) {
		if f.Number != 1 || string(protobuf.First(f.Bytes, 4).Bytes) == "Shape" {
			continue
		}
		for in := range protobuf.Fields(f.Bytes) {
			if in.Number == 1 && string(in.Bytes) == value {
				return f.Bytes
			}
		}
	}
	return nil
}

// constantBeside are the numbers of a node's input that is not the value: an initializer or a Constant, nil where
// it is neither or not of float32.
func constantBeside(graph, node []byte, value string) []float32 {
	for in := range protobuf.Fields(node) {
		if in.Number != 1 || string(in.Bytes) == value {
			continue
		}
		for f := range protobuf.Fields(graph) {
			switch {
			case f.Number == 5 && string(protobuf.First(f.Bytes, 8).Bytes) == string(in.Bytes):
				return floats(f.Bytes)
			case f.Number == 1 && string(protobuf.First(f.Bytes, 2).Bytes) == string(in.Bytes) && string(protobuf.First(f.Bytes, 4).Bytes) == "Constant":
				return floats(protobuf.First(protobuf.First(f.Bytes, 5).Bytes, 5).Bytes)
			}
		}
	}
	return nil
}

// floats are the numbers of a TensorProto of float32: float_data = 4, packed or not, or raw_data = 9.
func floats(tensor []byte) (values []float32) {
	if ElementType(protobuf.First(tensor, 2).Varint) != Float32 {
		return nil
	}
	for f := range protobuf.Fields(tensor) {
		data := f.Bytes
		if f.Number == 4 && data == nil && len(f.Whole) > 4 { // one number, not packed
			data = f.Whole[len(f.Whole)-4:]
		}
		if f.Number != 4 && f.Number != 9 {
			continue
		}
		for ; len(data) >= 4; data = data[4:] {
			values = append(values, math.Float32frombits(binary.LittleEndian.Uint32(data)))
		}
	}
	return values
}
