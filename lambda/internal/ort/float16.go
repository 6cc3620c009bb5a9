package ort

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/x448/float16"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/lambda/internal/protobuf"
	"github.com/yolambda/yolambda/lambda/onnx"
)

// Field numbers of onnx.proto.
const (
	modelGraph       = 7
	modelFunctions   = 25
	graphNode        = 1
	graphInitializer = 5
	graphInput       = 11
	graphOutput      = 12
	graphValueInfo   = 13
	nodeInput        = 1
	nodeOutput       = 2
	nodeOp           = 4
	nodeAttribute    = 5
	attributeName    = 1
	attributeInt     = 3
	attributeTensor  = 5
	attributeGraph   = 6
	attributeGraphs  = 11
	attributeType    = 20 // AttributeProto.INT is 2
	tensorType       = 2
	tensorName       = 8
	tensorRaw        = 9
	valueName        = 1
	valueType        = 2
	typeTensor       = 1
	tensorShape      = 2
)

// worthHalving is how many bytes a tensor must have: with less, the node that widens it
// takes more than it saves.
const worthHalving = 1 << 10

// hasSubgraphs reports whether a node of the model has a graph of its own.
func hasSubgraphs(model []byte) bool {
	for node := range protobuf.Fields(protobuf.First(model, modelGraph).Bytes) {
		if node.Number != graphNode {
			continue
		}
		for f := range protobuf.Fields(node.Bytes) {
			if f.Number == nodeAttribute && (protobuf.First(f.Bytes, attributeGraph).Number != 0 || protobuf.First(f.Bytes, attributeGraphs).Number != 0) {
				return true
			}
		}
	}
	return false
}

// computesInFloat16 reports whether a node of the model calculates with float16 numbers,
// or makes them. Weights that a Cast widens before anything is done with them do not count.
func computesInFloat16(model []byte, m onnx.Model) bool {
	graph := protobuf.First(model, modelGraph).Bytes
	halves := map[string]bool{}
	for _, in := range m.Inputs {
		halves[in.Name] = in.Type == onnx.Float16
	}
	for f := range protobuf.Fields(graph) {
		if f.Number == graphInitializer && protobuf.First(f.Bytes, tensorType).Varint == uint64(onnx.Float16) {
			halves[string(protobuf.First(f.Bytes, tensorName).Bytes)] = true
		}
	}
	for f := range protobuf.Fields(graph) {
		if f.Number != graphNode {
			continue
		}
		casts := string(protobuf.First(f.Bytes, nodeOp).Bytes) == "Cast"
		for of := range protobuf.Fields(f.Bytes) {
			switch {
			case of.Number == nodeInput && !casts && halves[string(of.Bytes)],
				of.Number == nodeAttribute && casts && protobuf.First(of.Bytes, attributeInt).Varint == uint64(onnx.Float16):
				return true
			}
		}
	}
	return false
}

// withFloat16 writes those float32 weights of a model whose numbers float16 holds exactly
// as such, and a node before all others that widens each again. So the file becomes smaller
// and computes the same. A weight stays where another has the name that it would get.
func withFloat16(model []byte) ([]byte, error) {
	graph := protobuf.First(model, modelGraph).Bytes
	inputs := map[string]bool{} // another value may be given for such an initializer
	names := map[string]bool{}
	for f := range protobuf.Fields(graph) {
		switch f.Number {
		case graphInput:
			inputs[string(protobuf.First(f.Bytes, valueName).Bytes)] = true
			names[string(protobuf.First(f.Bytes, valueName).Bytes)] = true
		case graphInitializer:
			names[string(protobuf.First(f.Bytes, tensorName).Bytes)] = true
		case graphNode:
			for of := range protobuf.Fields(f.Bytes) {
				if of.Number == nodeOutput {
					names[string(of.Bytes)] = true
				}
			}
		}
	}
	var casts, rest []byte
	read := 0
	for f := range protobuf.Fields(graph) {
		read += len(f.Whole)
		name := string(protobuf.First(f.Bytes, tensorName).Bytes)
		halved := name + "_float16"
		if f.Number == graphInitializer && !inputs[name] && !names[halved] {
			if narrow, ok := narrowed(f.Bytes, halved); ok {
				casts = protowire.AppendBytes(protowire.AppendTag(casts, graphNode, protowire.BytesType), widening(halved, name))
				rest = protowire.AppendBytes(protowire.AppendTag(rest, graphInitializer, protowire.BytesType), narrow)
				continue
			}
		}
		rest = append(rest, f.Whole...)
	}
	if read != len(graph) {
		return nil, fmt.Errorf("read graph: broken after %d bytes", read)
	}
	var out []byte
	for f := range protobuf.Fields(model) {
		if f.Number == modelGraph {
			out = protowire.AppendBytes(protowire.AppendTag(out, modelGraph, protowire.BytesType), slices.Concat(casts, rest))
			continue
		}
		out = append(out, f.Whole...)
	}
	return out, nil
}

// narrowed gives a float32 tensor as one of float16 with another name, where that
// loses nothing.
func narrowed(tensor []byte, name string) (narrow []byte, ok bool) {
	raw := protobuf.First(tensor, tensorRaw).Bytes
	if protobuf.First(tensor, tensorType).Varint != uint64(onnx.Float32) || len(raw) < worthHalving || len(raw)%4 != 0 {
		return nil, false
	}
	halves := make([]byte, 0, len(raw)/2)
	for i := 0; i < len(raw); i += 4 {
		bits := binary.LittleEndian.Uint32(raw[i:])
		half := float16.Fromfloat32(math.Float32frombits(bits))
		if math.Float32bits(half.Float32()) != bits {
			return nil, false
		}
		halves = binary.LittleEndian.AppendUint16(halves, half.Bits())
	}
	for f := range protobuf.Fields(tensor) {
		switch f.Number {
		case tensorType:
			narrow = protowire.AppendVarint(protowire.AppendTag(narrow, tensorType, protowire.VarintType), uint64(onnx.Float16))
		case tensorName:
			narrow = protowire.AppendString(protowire.AppendTag(narrow, tensorName, protowire.BytesType), name)
		case tensorRaw:
			narrow = protowire.AppendBytes(protowire.AppendTag(narrow, tensorRaw, protowire.BytesType), halves)
		default:
			narrow = append(narrow, f.Whole...)
		}
	}
	return narrow, true
}

// widening is a Cast to float32.
func widening(from, to string) []byte {
	attribute := protowire.AppendString(protowire.AppendTag(nil, attributeName, protowire.BytesType), "to")
	attribute = protowire.AppendVarint(protowire.AppendTag(attribute, attributeInt, protowire.VarintType), uint64(onnx.Float32))
	attribute = protowire.AppendVarint(protowire.AppendTag(attribute, attributeType, protowire.VarintType), 2)
	node := protowire.AppendString(protowire.AppendTag(nil, nodeInput, protowire.BytesType), from)
	node = protowire.AppendString(protowire.AppendTag(node, nodeOutput, protowire.BytesType), to)
	node = protowire.AppendString(protowire.AppendTag(node, nodeOp, protowire.BytesType), "Cast")
	return protowire.AppendBytes(protowire.AppendTag(node, nodeAttribute, protowire.BytesType), attribute)
}
