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
	"io"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/lambda/internal/protobuf"
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

	// WantsBytes says that a graph of one input itself scales what it is given as pixels from 0 to 255.
	WantsBytes bool

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

// The element types that YOLO models use for input, output and weights.
const (
	Float32 ElementType = 1
	Float16 ElementType = 10
	Uint8   ElementType = 2
	Int8    ElementType = 3
	Int32   ElementType = 6
	Int64   ElementType = 7
	Float64 ElementType = 11
)

// String is the type's name in NumPy.
func (t ElementType) String() string {
	names := map[ElementType]string{
		Float32: "float32", Uint8: "uint8", Int8: "int8", 4: "uint16", 5: "int16", Int32: "int32", Int64: "int64",
		9: "bool", Float16: "float16", Float64: "float64", 12: "uint32", 13: "uint64", 16: "bfloat16",
	}
	if name, ok := names[t]; ok {
		return name
	}
	if t == 0 {
		return "no tensor's type, but a sequence or a map"
	}
	return fmt.Sprintf("type %d", int(t))
}

// ErrNotONNX says that bytes are not an ONNX file that can be run as it is.
var ErrNotONNX = errors.New("not an ONNX file")

var errNoGraph = errors.New("it has no graph")

// Parse reads an ONNX file's bytes. Its error wraps ErrNotONNX, and says what the file
// seems to be and what to do about it.
func Parse(data []byte) (Model, error) {
	if what, wayOut := Identify(data); what != "" {
		return Model{}, fmt.Errorf("%w but %s: %s", ErrNotONNX, what, wayOut)
	}
	m, err := parse(data)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return Model{}, fmt.Errorf("%w: it is cut off, or of another kind; "+fetchAgain+", or "+exportAgain, ErrNotONNX)
	}
	if errors.Is(err, errNoGraph) {
		return Model{}, fmt.Errorf("%w: %w; "+exportAgain, ErrNotONNX, err)
	}
	if err != nil {
		// The protobuf module varies its space on purpose.
		return Model{}, fmt.Errorf("%w: it is of another kind, or damaged (%s); "+fetchAgain+", or "+exportAgain, ErrNotONNX, strings.ReplaceAll(err.Error(), "\u00a0", " "))
	}
	if err := m.check(); err != nil {
		return Model{}, fmt.Errorf("%w: %w", ErrNotONNX, err)
	}
	return m, nil
}

func parse(data []byte) (Model, error) {
	m := Model{Props: map[string]string{}}
	graphs := 0
	for f, err := range protobuf.Fields(data) {
		switch f.Number {
		case 1: // ir_version
			m.IR = int(f.Varint)
		case 2: // producer_name
			m.Producer = string(f.Bytes)
		case 7: // graph
			graphs++
			err = m.readGraph(f.Bytes)
		case 8: // opset_import
			err = m.readOpset(f.Bytes)
		case 14: // metadata_props
			err = m.readProp(f.Bytes)
		}
		if err != nil {
			return m, err
		}
	}
	if graphs == 0 {
		return m, errNoGraph
	}
	return m, nil
}

func (m *Model) readGraph(data []byte) error {
	initializers := map[string]bool{}
	for f, err := range protobuf.Fields(data) {
		switch f.Number {
		case 5: // initializer
			var name string
			name, err = m.readInitializer(f.Bytes)
			initializers[name] = true
		case 11: // input
			m.Inputs, err = appendValue(m.Inputs, f.Bytes)
		case 12: // output
			m.Outputs, err = appendValue(m.Outputs, f.Bytes)
		}
		if err != nil {
			return err
		}
	}
	m.Inputs = slices.DeleteFunc(m.Inputs, func(v Value) bool { return initializers[v.Name] })
	m.WantsBytes = len(m.Inputs) == 1 && len(m.Inputs[0].Shape) == 4 && wantsBytes(data, m.Inputs[0].Name)
	return nil
}

// readInitializer reads a TensorProto: data_type = 2, name = 8, external_data = 13
// { key = 1, value = 2 }.
func (m *Model) readInitializer(data []byte) (name string, err error) {
	kind := ElementType(0)
	for f, err := range protobuf.Fields(data) {
		if err != nil {
			return name, err
		}
		switch f.Number {
		case 2:
			kind = ElementType(f.Varint)
		case 8:
			name = string(f.Bytes)
		case 13:
			if key, _ := text(f.Bytes, 1); key == "location" {
				m.External, _ = text(f.Bytes, 2)
			}
		}
	}
	if kind != 0 {
		if m.Weights == nil {
			m.Weights = map[ElementType]int{}
		}
		m.Weights[kind] += len(data)
	}
	return name, nil
}

func (m *Model) readOpset(data []byte) error {
	domain, version := "", 0
	for f, err := range protobuf.Fields(data) {
		if err != nil {
			return err
		}
		switch f.Number {
		case 1:
			domain = string(f.Bytes)
		case 2:
			version = int(f.Varint)
		}
	}
	if domain == "" || domain == "ai.onnx" {
		m.Opset = version
	}
	return nil
}

func (m *Model) readProp(data []byte) error {
	key, err := text(data, 1)
	if err != nil {
		return err
	}
	m.Props[key], err = text(data, 2)
	return err
}

// appendValue reads a ValueInfoProto: name = 1, type = 2 { tensor_type = 1 {
// elem_type = 1, shape = 2 { dim = 1 { dim_value = 1 } } } }.
func appendValue(values []Value, data []byte) ([]Value, error) {
	var v Value
	for f, err := range protobuf.Fields(data) {
		switch f.Number {
		case 1:
			v.Name = string(f.Bytes)
		case 2:
			err = each(f.Bytes, 1, v.readTensorType)
		}
		if err != nil {
			return values, err
		}
	}
	return append(values, v), nil
}

func (v *Value) readTensorType(data []byte) error {
	for f, err := range protobuf.Fields(data) {
		switch f.Number {
		case 1:
			v.Type = ElementType(f.Varint)
		case 2:
			err = each(f.Bytes, 1, v.readAxis)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *Value) readAxis(data []byte) error {
	length := 0
	for f, err := range protobuf.Fields(data) {
		if err != nil {
			return err
		}
		if f.Number == 1 {
			length = max(int(int64(f.Varint)), 0)
		}
	}
	v.Shape = append(v.Shape, length)
	return nil
}

// each reads the messages of one field.
func each(data []byte, number protowire.Number, read func([]byte) error) error {
	for f, err := range protobuf.Fields(data) {
		if f.Number == number {
			err = read(f.Bytes)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// text finds one string field of a message.
func text(data []byte, number protowire.Number) (string, error) {
	s := ""
	for f, err := range protobuf.Fields(data) {
		if err != nil {
			return s, err
		}
		if f.Number == number {
			s = string(f.Bytes)
		}
	}
	return s, nil
}
