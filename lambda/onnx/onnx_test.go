package onnx

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// fixture reads one of the project's own models.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "internal", "ort", "testdata", name+".onnx"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestParse(t *testing.T) {
	value := func(name string, kind ElementType, shape ...int) []Value { return []Value{{name, kind, shape}} }
	for _, tt := range []struct {
		name        string
		in, out     []Value
		size, end2e string
	}{
		{"squares", value("images", Float32, 0, 3, 0, 0), value("output0", Float32, 0, 7, 0), "[320, 320]", "False"},
		{"squares-static", value("images", Float32, 1, 3, 320, 320), value("output0", Float32, 1, 7, 1600), "[320, 320]", "False"},
		{"squares-static-half", value("images", Float16, 1, 3, 320, 320), value("output0", Float16, 1, 7, 1600), "[320, 320]", "False"},
		{"squares-static-batch4", value("images", Float32, 4, 3, 320, 320), value("output0", Float32, 4, 7, 1600), "[320, 320]", "False"},
		{"squares-end2end", value("images", Float32, 0, 3, 0, 0), value("output0", Float32, 0, 300, 6), "[320, 320]", "True"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(fixture(t, tt.name))
			if err != nil {
				t.Fatal(err)
			}
			want := Model{
				Props: map[string]string{
					"description": "YOLambda test fixture: finds red, green and blue squares", "license": "Apache-2.0",
					"task": "detect", "stride": "32", "imgsz": tt.size, "names": "{0: 'red', 1: 'green', 2: 'blue'}", "end2end": tt.end2e,
				},
				Inputs: tt.in, Outputs: tt.out, Opset: 18, Producer: "YOLambda fixtures",
			}
			if got.Weights[Float32] == 0 {
				t.Errorf("weights %v, want some of float32", got.Weights)
			}
			got.Weights, got.IR = nil, 0
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestParseShared compares with what the onnx package of Python reads in every
// shared model.
func TestParseShared(t *testing.T) {
	// value is [name, element type, [axis, …]]; an axis is a number or a name.
	type value [3]any
	var models map[string]struct {
		Opset           [][2]any
		Inputs, Outputs []value
		Metadata        map[string]string
	}
	yolotest.ReadJSON(t, yolotest.Shared(t, "models", "models.json"), &models)
	convert := func(values []value) []Value {
		var out []Value
		for _, v := range values {
			shape := []int{}
			for _, axis := range v[2].([]any) {
				n, _ := axis.(float64)
				shape = append(shape, int(n))
			}
			kind := map[any]ElementType{"FLOAT": Float32, "FLOAT16": Float16}[v[1]]
			out = append(out, Value{v[0].(string), kind, shape})
		}
		return out
	}
	if len(models) == 0 {
		t.Fatal("models.json lists no model")
	}
	for name, want := range models {
		t.Run(name, func(t *testing.T) {
			path := yolotest.Shared(t, "models", name)
			if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
				t.Skip("the model is listed, but kept aside")
			}
			got, err := Parse(yolotest.Read(t, yolotest.Shared(t, "models", name)))
			if err != nil {
				t.Fatal(err)
			}
			if got.Opset != int(want.Opset[0][1].(float64)) {
				t.Errorf("opset %d, want %v", got.Opset, want.Opset)
			}
			if d := cmp.Diff(convert(want.Inputs), got.Inputs); d != "" {
				t.Errorf("inputs (-want +got)\n%s", d)
			}
			if d := cmp.Diff(convert(want.Outputs), got.Outputs); d != "" {
				t.Errorf("outputs (-want +got)\n%s", d)
			}
			if want.Metadata == nil {
				want.Metadata = map[string]string{}
			}
			if d := cmp.Diff(want.Metadata, got.Props); d != "" {
				t.Errorf("metadata (-want +got)\n%s", d)
			}
		})
	}
}

// TestParseTruncated cuts a file at every length: what is left is refused, or is
// the same graph with part of what follows it.
func TestParseTruncated(t *testing.T) {
	data := fixture(t, "squares-end2end")
	whole, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	for n := range data {
		got, err := Parse(data[:n])
		if err != nil {
			if !errors.Is(err, ErrNotONNX) {
				t.Errorf("%d bytes: %v does not wrap ErrNotONNX", n, err)
			}
			continue
		}
		if d := cmp.Diff(whole.Inputs, got.Inputs) + cmp.Diff(whole.Outputs, got.Outputs); d != "" {
			t.Errorf("%d bytes of %d make another graph\n%s", n, len(data), d)
		}
		for key, value := range got.Props {
			if whole.Props[key] != value {
				t.Errorf("%d bytes: metadata %s = %q, want %q", n, key, value, whole.Props[key])
			}
		}
	}
}

// input is a ValueInfoProto with the lengths of its axes.
func input(name string, lengths ...uint64) []byte {
	var shape []byte
	for _, n := range lengths {
		shape = append(shape, yolotest.Message(1, yolotest.Message(1, n))...)
	}
	return yolotest.Message(1, name, 2, yolotest.Message(1, yolotest.Message(1, uint64(Float32), 2, shape)))
}

func TestParseHandMade(t *testing.T) {
	negative := int64(-5)
	for _, tt := range []struct {
		name string
		data []byte
		want Model
	}{
		{"an empty graph", yolotest.Message(7, []byte{}), Model{}},
		{"weights of two types", yolotest.Message(7, yolotest.Message(
			5, yolotest.Message(2, uint64(Float16), 8, "a", 9, "1234"), 5, yolotest.Message(2, uint64(Float16), 8, "b"), 5, yolotest.Message(2, uint64(7), 8, "c"))),
			Model{Weights: map[ElementType]int{Float16: 11 + 5, 7: 5}}},
		{"an initializer is no input", yolotest.Message(7, yolotest.Message(
			5, yolotest.Message(8, "weight"), 11, input("weight", 3), 11, input("images", 1, 3), 12, input("out", 4))),
			Model{Inputs: []Value{{"images", Float32, []int{1, 3}}}, Outputs: []Value{{"out", Float32, []int{4}}}}},
		{"an initializer after the input", yolotest.Message(7, yolotest.Message(11, input("weight", 3), 5, yolotest.Message(8, "weight"))), Model{Inputs: []Value{}}},
		{"a length below zero is dynamic", yolotest.Message(7, yolotest.Message(11, input("images", uint64(negative), math.MaxUint64, 7))),
			Model{Inputs: []Value{{"images", Float32, []int{0, 0, 7}}}}},
		{"a huge length stays", yolotest.Message(7, yolotest.Message(11, input("images", math.MaxInt64))),
			Model{Inputs: []Value{{"images", Float32, []int{math.MaxInt64}}}}},
		{"an axis with a name", yolotest.Message(7, yolotest.Message(11, yolotest.Message(1, "x", 2, yolotest.Message(1, yolotest.Message(2, yolotest.Message(1, yolotest.Message(2, "height"))))))),
			Model{Inputs: []Value{{"x", 0, []int{0}}}}},
		{"an input that is no tensor", yolotest.Message(7, yolotest.Message(11, yolotest.Message(1, "x", 2, yolotest.Message(4, yolotest.Message())))),
			Model{Inputs: []Value{{Name: "x"}}}},
		{"the default operator set", yolotest.Message(8, yolotest.Message(1, "com.microsoft", 2, uint64(1)), 8, yolotest.Message(2, uint64(12)), 7, yolotest.Message()), Model{Opset: 12}},
		{"the default operator set by name", yolotest.Message(8, yolotest.Message(1, "ai.onnx", 2, uint64(17)), 7, yolotest.Message()), Model{Opset: 17}},
		{"the last of equal keys", yolotest.Message(7, yolotest.Message(), 14, yolotest.Message(1, "a", 2, "1"), 14, yolotest.Message(1, "a", 2, "2")),
			Model{Props: map[string]string{"a": "2"}}},
		{"unknown fields are skipped", yolotest.Message(99, "new", 100, uint64(5), 7, yolotest.Message(98, uint64(4))), Model{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.want.Props == nil {
				tt.want.Props = map[string]string{}
			}
			got, err := Parse(tt.data)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestWantsBytes: a graph that begins by scaling pixels from 0 to 255 is told by that, one that scales others or none is not.
func TestWantsBytes(t *testing.T) {
	number := func(values ...float32) []byte {
		var raw []byte
		for _, v := range values {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
		return yolotest.Message(2, uint64(Float32), 8, "c", 9, raw)
	}
	node := func(op, in, other, out string) []byte { return yolotest.Message(1, in, 1, other, 2, out, 4, op) }
	user := node("Conv", "x", "w", "y")
	for _, tt := range []struct {
		name  string
		nodes [][]byte
		value []byte
		want  bool
	}{
		{"a convolution", [][]byte{node("Conv", "images", "c", "y")}, number(255), false},
		{"divides by 255", [][]byte{node("Div", "images", "c", "x"), user}, number(255), true},
		{"takes part in it", [][]byte{node("Mul", "c", "images", "x"), user}, number(1. / 255), true},
		{"a mean of 0 to 255", [][]byte{node("Sub", "images", "c", "x"), user}, number(123, 116, 103), true},
		{"a mean of 0 to 1", [][]byte{node("Sub", "images", "c", "x"), user}, number(0.48, 0.45, 0.4), false},
		{"a deviation of 0 to 1", [][]byte{node("Div", "images", "c", "x"), user}, number(0.22, 0.22, 0.22), false},
		{"what make model puts before", [][]byte{node("Mul", "images", "c", "x"), user}, number(255), false},
		{"beside its shape and behind a transposition", [][]byte{node("Shape", "images", "", "s"), node("Transpose", "images", "", "t"), node("Div", "t", "c", "x")}, number(255), true},
		{"by what is no constant", [][]byte{node("Div", "images", "y", "x")}, number(255), false},
		{"by 255 in float16", [][]byte{node("Div", "images", "c", "x")}, yolotest.Message(2, uint64(Float16), 8, "c", 9, "\xf8\x5b"), true},
		{"by a quarter in float16", [][]byte{node("Div", "images", "c", "x")}, yolotest.Message(2, uint64(Float16), 8, "c", 9, "\x00\x34"), false},
		{"by 255 in float64", [][]byte{node("Div", "images", "c", "x")}, yolotest.Message(2, uint64(Float64), 8, "c", 10, "\x00\x00\x00\x00\x00\xe0\x6f\x40"), true},
		{"of whole numbers", [][]byte{node("Div", "images", "c", "x")}, yolotest.Message(2, uint64(7), 8, "c", 9, "\xff\x00\x00\x00\x00\x00\x00\x00"), false},
		{"of other fields", [][]byte{node("Div", "images", "c", "x")}, yolotest.Message(2, uint64(Float32), 8, "c", 4, uint64(1)), false},
		{"of a Constant", [][]byte{yolotest.Message(2, "d", 4, "Constant", 5, yolotest.Message(1, "value", 5, number(127.5))), node("Div", "images", "d", "x")}, number(1), true},
		{"of a Constant's float", [][]byte{yolotest.Message(2, "d", 4, "Constant", 5, append(yolotest.Message(1, "value_float"), 0x15, 0, 0, 0x7f, 0x43)), node("Div", "images", "d", "x")}, number(1), true},
		{"in a circle", [][]byte{node("Identity", "images", "", "images")}, number(255), false},
	} {
		var graph []any
		for _, n := range tt.nodes {
			graph = append(graph, 1, n)
		}
		m, err := Parse(yolotest.Message(7, yolotest.Message(append(graph, 5, tt.value, 11, input("images", 1, 3, 64, 64))...)))
		if err != nil || m.WantsBytes != tt.want {
			t.Errorf("%s: got %v, %v, want %v", tt.name, m.WantsBytes, err, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	const cutOff = "not an ONNX file: it is cut off, or of another kind; download the file itself, or export the model again, with format=onnx"
	tooLong := append(protowire.AppendTag(nil, 7, protowire.BytesType), 0xff, 0xff, 0xff, 0xff, 0x0f)
	overflow := append(protowire.AppendTag(nil, 1, protowire.VarintType), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "not an ONNX file but an empty file: download the file itself, or export the model again, with format=onnx"},
		{"text", []byte("hello, I am no model"), "not an ONNX file but text: download the file itself, or export the model again, with format=onnx"},
		{"a JPEG", []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), "not an ONNX file but a picture: name an .onnx file as the model"},
		{"metadata alone", yolotest.Message(14, yolotest.Message(1, "task", 2, "detect")), "not an ONNX file: it has no graph"},
		{"a length beyond the end", tooLong, cutOff},
		{"a varint of more than 64 bits", overflow, "not an ONNX file: it is of another kind, or damaged (proto: variable length integer overflow); download the file itself, or export the model again, with format=onnx"},
		{"a group that does not end", protowire.AppendTag(nil, 3, protowire.StartGroupType), cutOff},
		{"a broken graph", yolotest.Message(7, []byte{0x0b}), cutOff},
		{"a broken shape", yolotest.Message(7, yolotest.Message(11, yolotest.Message(2, yolotest.Message(1, yolotest.Message(2, yolotest.Message(1, []byte{0x08})))))), cutOff},
		{"broken metadata", yolotest.Message(7, yolotest.Message(), 14, []byte{0x0a, 0x05}), cutOff},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := Parse(tt.data)
			if !errors.Is(err, ErrNotONNX) {
				t.Fatalf("got %+v and %v, want an ErrNotONNX", m, err)
			}
			if got := err.Error(); got != tt.want && got != tt.want+"; export the model again, with format=onnx" {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(fixture(f, "squares-static"))
	f.Add(yolotest.Message(7, yolotest.Message(5, yolotest.Message(8, "w"), 11, input("images", 1, 3, 640, 640), 12, input("out", 1, 84, 8400)), 8, yolotest.Message(2, uint64(18)),
		14, yolotest.Message(1, "names", 2, "{0: 'a'}")))
	f.Add(yolotest.Message(7, yolotest.Message(11, input("x", math.MaxUint64))))
	f.Add([]byte{0x3b, 0x3b, 0x3c, 0x3c})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			if !errors.Is(err, ErrNotONNX) {
				t.Errorf("%v does not wrap ErrNotONNX", err)
			}
			return
		}
		for _, v := range append(m.Inputs, m.Outputs...) {
			for _, length := range v.Shape {
				if length < 0 {
					t.Errorf("%s has an axis of length %d", v.Name, length)
				}
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	data := yolotest.Read(b, yolotest.Shared(b, "models", "yolov8n.onnx"))
	for b.Loop() {
		if _, err := Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}
