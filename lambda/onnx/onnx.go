// Package onnx reads the header of an ONNX file: its metadata, the names, element
// types and shapes of the graph's inputs and outputs, and the element types of
// its weights. It skips nodes and the weights themselves, so that it takes microseconds where making a session takes tens of
// milliseconds, and it needs no native library.
//
// The field numbers are those of onnx.proto.
package onnx

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Model is what an ONNX file declares.
type Model struct {
	// Props are the metadata_props.
	Props map[string]string
	// Inputs leave out the initializers, which old files list as inputs too.
	Inputs, Outputs []Value
	// Opset is the version of the default operator set.
	Opset int
	// Weights is how many bytes of initializers have an element type; nil where
	// there are none. It tells the precision of a model whose input doesn't.
	Weights map[ElementType]int
	// Producer is the tool that wrote the file.
	Producer string
	// IR is the version of the file's format.
	IR int

	// External is the file that holds weights in place of this one, empty as a rule.
	External string
}

// Value is an input or output of the graph.
type Value struct {
	Name string
	Type ElementType
	// Shape is the length of each axis, 0 where it is dynamic.
	Shape []int
}

// ElementType is TensorProto.DataType.
type ElementType int

// The element types that YOLO models use for input and output.
const (
	Float32 ElementType = 1
	Float16 ElementType = 10
	Uint8   ElementType = 2
	Int32   ElementType = 6
	Int64   ElementType = 7
)

// String is the type's name in NumPy.
func (t ElementType) String() string {
	names := map[ElementType]string{
		Float32: "float32", Uint8: "uint8", 3: "int8", 4: "uint16", 5: "int16", Int32: "int32", Int64: "int64",
		9: "bool", Float16: "float16", 11: "float64", 12: "uint32", 13: "uint64", 16: "bfloat16",
	}
	if name, ok := names[t]; ok {
		return name
	}
	return fmt.Sprintf("type %d", int(t))
}

// ErrNotONNX says that bytes are not an ONNX file that can be run as it is.
var ErrNotONNX = errors.New("not an ONNX file")

// Parse reads an ONNX file's bytes. Its error wraps ErrNotONNX, and says what the file
// seems to be and what to do about it.
func Parse(data []byte) (Model, error) {
	if what, wayOut := Identify(data); what != "" {
		return Model{}, fmt.Errorf("%w but %s: %s", ErrNotONNX, what, wayOut)
	}
	m, err := parse(data)
	if err != nil {
		return Model{}, fmt.Errorf("%w: %w; "+exportAgain, ErrNotONNX, err)
	}
	if err := m.check(); err != nil {
		return Model{}, fmt.Errorf("%w: %w", ErrNotONNX, err)
	}
	return m, nil
}

func parse(data []byte) (Model, error) {
	m := Model{Props: map[string]string{}}
	graphs := 0
	err := fields(data, func(f field) error {
		switch f.number {
		case 1: // ir_version
			m.IR = int(f.varint)
		case 2: // producer_name
			m.Producer = string(f.bytes)
		case 7: // graph
			graphs++
			return m.readGraph(f.bytes)
		case 8: // opset_import
			return m.readOpset(f.bytes)
		case 14: // metadata_props
			return m.readProp(f.bytes)
		}
		return nil
	})
	if err == nil && graphs == 0 {
		err = errors.New("it has no graph")
	}
	return m, err
}

func (m *Model) readGraph(data []byte) error {
	initializers := map[string]bool{}
	err := fields(data, func(f field) error {
		switch f.number {
		case 5: // initializer
			name, kind, external, err := readInitializer(f.bytes)
			if external != "" {
				m.External = external
			}
			initializers[name] = true
			if kind != 0 {
				if m.Weights == nil {
					m.Weights = map[ElementType]int{}
				}
				m.Weights[kind] += len(f.bytes)
			}
			return err
		case 11: // input
			v, err := readValue(f.bytes)
			m.Inputs = append(m.Inputs, v)
			return err
		case 12: // output
			v, err := readValue(f.bytes)
			m.Outputs = append(m.Outputs, v)
			return err
		}
		return nil
	})
	inputs := m.Inputs[:0]
	for _, v := range m.Inputs {
		if !initializers[v.Name] {
			inputs = append(inputs, v)
		}
	}
	m.Inputs = inputs
	return err
}

// readInitializer reads a TensorProto: data_type = 2, name = 8, external_data = 13
// { key = 1, value = 2 }.
func readInitializer(data []byte) (name string, kind ElementType, external string, err error) {
	err = fields(data, func(f field) error {
		switch f.number {
		case 2:
			kind = ElementType(f.varint)
		case 8:
			name = string(f.bytes)
		case 13:
			if key, _ := text(f.bytes, 1); key == "location" {
				external, _ = text(f.bytes, 2)
			}
		}
		return nil
	})
	return name, kind, external, err
}

func (m *Model) readOpset(data []byte) error {
	domain, version := "", 0
	err := fields(data, func(f field) error {
		switch f.number {
		case 1:
			domain = string(f.bytes)
		case 2:
			version = int(f.varint)
		}
		return nil
	})
	if domain == "" || domain == "ai.onnx" {
		m.Opset = version
	}
	return err
}

func (m *Model) readProp(data []byte) error {
	key, err := text(data, 1)
	if err != nil {
		return err
	}
	m.Props[key], err = text(data, 2)
	return err
}

// readValue reads a ValueInfoProto: name = 1, type = 2 { tensor_type = 1 {
// elem_type = 1, shape = 2 { dim = 1 { dim_value = 1 } } } }.
func readValue(data []byte) (Value, error) {
	var v Value
	err := fields(data, func(f field) error {
		switch f.number {
		case 1:
			v.Name = string(f.bytes)
		case 2:
			return fields(f.bytes, func(f field) error {
				if f.number != 1 {
					return nil
				}
				return v.readTensorType(f.bytes)
			})
		}
		return nil
	})
	return v, err
}

func (v *Value) readTensorType(data []byte) error {
	return fields(data, func(f field) error {
		switch f.number {
		case 1:
			v.Type = ElementType(f.varint)
		case 2:
			return fields(f.bytes, func(f field) error {
				if f.number != 1 {
					return nil
				}
				length, err := readAxis(f.bytes)
				v.Shape = append(v.Shape, length)
				return err
			})
		}
		return nil
	})
}

func readAxis(data []byte) (int, error) {
	length := 0
	err := fields(data, func(f field) error {
		if f.number == 1 {
			length = max(int(int64(f.varint)), 0)
		}
		return nil
	})
	return length, err
}

// text finds one string field of a message.
func text(data []byte, number protowire.Number) (string, error) {
	s := ""
	err := fields(data, func(f field) error {
		if f.number == number {
			s = string(f.bytes)
		}
		return nil
	})
	return s, err
}

// field is one field of a message: bytes or varint, by its wire type.
type field struct {
	number protowire.Number
	bytes  []byte
	varint uint64
}

// fields calls do for each field of a message.
func fields(data []byte, do func(field) error) error {
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return protowire.ParseError(n)
		}
		data = data[n:]
		f := field{number: number}
		switch kind {
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(data)
		case protowire.VarintType:
			f.varint, n = protowire.ConsumeVarint(data)
		default:
			n = protowire.ConsumeFieldValue(number, kind, data)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		data = data[n:]
		if err := do(f); err != nil {
			return err
		}
	}
	return nil
}
