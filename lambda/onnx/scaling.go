package onnx

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/x448/float16"

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
// it is neither or not of floats.
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
				attribute := protobuf.First(f.Bytes, 5).Bytes
				if alone := protobuf.First(attribute, 2).Whole; string(protobuf.First(attribute, 1).Bytes) == "value_float" && len(alone) > 4 {
					return []float32{float32At(alone[len(alone)-4:])}
				}
				return floats(protobuf.First(attribute, 5).Bytes)
			}
		}
	}
	return nil
}

// floats are the numbers of a TensorProto of floats of 16, 32 or 64 bits, nil of another: raw_data = 9, float_data = 4
// or double_data = 10, packed or one alone. Those of 16 bits stand in raw_data as a rule, and are read there alone.
func floats(tensor []byte) (values []float32) {
	length, number, at := 0, uint64(0), func([]byte) float32 { return 0 }
	switch ElementType(protobuf.First(tensor, 2).Varint) {
	case Float16:
		length, number, at = 2, 9, func(b []byte) float32 { return float16.Frombits(binary.LittleEndian.Uint16(b)).Float32() }
	case Float32:
		length, number, at = 4, 4, float32At
	case Float64:
		length, number, at = 8, 10, func(b []byte) float32 { return float32(math.Float64frombits(binary.LittleEndian.Uint64(b))) }
	default:
		return nil
	}
	for f := range protobuf.Fields(tensor) {
		data := f.Bytes
		if uint64(f.Number) == number && data == nil && len(f.Whole) > length { // one number, not packed
			data = f.Whole[len(f.Whole)-length:]
		}
		if uint64(f.Number) != number && f.Number != 9 {
			continue
		}
		for ; len(data) >= length; data = data[length:] {
			values = append(values, at(data))
		}
	}
	return values
}

func float32At(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }
