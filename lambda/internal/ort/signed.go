package ort

import (
	"slices"

	"github.com/yolambda/yolambda/lambda/internal/protobuf"
	"github.com/yolambda/yolambda/lambda/onnx"
)

// quantizesSigned reports whether a node of the model rounds what it calculates with to signed 8-bit
// numbers, or widens such: x86-64's ONNX Runtime knows no kernels for them and joins fewer nodes than arm64's.
// Signed weights do not count, they are on both. A zero point of which nothing is known counts as signed.
func quantizesSigned(model []byte) bool {
	graph := protobuf.First(model, modelGraph).Bytes
	constants := map[string]bool{} // and whether they are signed 8-bit numbers
	for f := range protobuf.Fields(graph) {
		if f.Number == graphInitializer {
			constants[string(protobuf.First(f.Bytes, tensorName).Bytes)] = isInt8(f.Bytes)
		}
	}
	for f := range protobuf.Fields(graph) { // a node comes behind those whose outputs it takes
		if f.Number != graphNode {
			continue
		}
		op, output := string(protobuf.First(f.Bytes, nodeOp).Bytes), string(protobuf.First(f.Bytes, nodeOutput).Bytes)
		inputs, toInt8 := inputsOf(f.Bytes)
		switch op {
		case "Constant":
			constants[output] = isInt8(protobuf.First(protobuf.First(f.Bytes, nodeAttribute).Bytes, attributeTensor).Bytes)
		case "Identity", "Cast": // of a constant are constants too, which exporters leave to ONNX Runtime
			if signed, constant := constants[inputs[0]]; constant {
				constants[output] = toInt8 || op == "Identity" && signed
			}
		case "QuantizeLinear", "DequantizeLinear":
			if toInt8 {
				return true
			}
			if inputs[2] == "" { // an unsigned zero
				continue
			}
			_, weight := constants[inputs[0]]
			if signed, known := constants[inputs[2]]; !weight && (signed || !known) {
				return true
			}
		}
	}
	return false
}

// inputsOf are the names of a node's inputs, three at least, of which those that are missing are empty,
// and whether an attribute makes its output signed 8-bit numbers.
func inputsOf(node []byte) (inputs []string, toInt8 bool) {
	for f := range protobuf.Fields(node) {
		switch f.Number {
		case nodeInput:
			inputs = append(inputs, string(f.Bytes))
		case nodeAttribute:
			name := string(protobuf.First(f.Bytes, attributeName).Bytes)
			named := name == "output_dtype" || name == "to"
			toInt8 = toInt8 || named && protobuf.First(f.Bytes, attributeInt).Varint == uint64(onnx.Int8)
		}
	}
	return slices.Concat(inputs, make([]string, max(3-len(inputs), 0))), toInt8
}

func isInt8(tensor []byte) bool {
	return protobuf.First(tensor, tensorType).Varint == uint64(onnx.Int8)
}
