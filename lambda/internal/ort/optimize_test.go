package ort_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// A model that was optimised ahead of time keeps what it says of itself, and sees what it
// saw before.
func TestOptimize(t *testing.T) {
	load(t)
	models := map[string]string{
		"codes": yolotest.Root(t, "layers", "codes", "codes.onnx"),
		"coco":  yolotest.Root(t, "layers", "coco", "coco.onnx"),
	}
	for _, name := range []string{"squares", "squares-static", "squares-static-int8", "squares-end2end", "squares-seg", "squares-pose", "squares-obb"} {
		models[name] = yolotest.Fixture(t, name)
	}
	for name, path := range models {
		t.Run(name, func(t *testing.T) {
			before, after := open(t, path), open(t, optimized(t, path))
			if diff := cmp.Diff(before.Metadata, after.Metadata); diff != "" {
				t.Error(diff)
			}
			img := yolotest.Draw(image.Pt(yolotest.SquaresWidth, yolotest.SquaresHeight), yolotest.Red, yolotest.Blue)
			options := yolo.Options{Conf: 0.05, IoU: 0.3}
			want, err := before.Predict(ctx, img, options)
			if err != nil {
				t.Fatal(err)
			}
			got, err := after.Predict(ctx, img, options)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Detections) != len(want.Detections) {
				t.Fatalf("%d detections, before %d", len(got.Detections), len(want.Detections))
			}
			for i, d := range got.Detections {
				if w := want.Detections[i]; d.Class != w.Class || away(d.Conf, w.Conf) > 1e-4 ||
					max(away(d.Box.X1, w.Box.X1), away(d.Box.Y1, w.Box.Y1), away(d.Box.X2, w.Box.X2), away(d.Box.Y2, w.Box.Y2)) > 0.01 {
					t.Errorf("%+v, before %+v", d, w)
				}
			}
		})
	}
}

func away(a, b float32) float64 { return math.Abs(float64(a) - float64(b)) }

// optimized returns the path of the model's optimised file.
func optimized(t *testing.T, path string) string {
	t.Helper()
	data := yolotest.Read(t, path)
	file, err := onnx.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "optimized.onnx")
	if err := ort.Optimize(data, file, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// The files are the same to the last byte wherever they are made, and no larger than before:
// coco's weights stay float16. (make arm64test makes them on arm64.) With another ONNX
// Runtime or another model the sums are others.
func TestOptimizeReproducible(t *testing.T) {
	load(t)
	for name, want := range map[string]string{
		"coco":                "122075323b00d3bc9b52f21a6a5b995d176df9e9462d3be55ae9e67e162da7c6",
		"codes":               "f2e122d69fa76fb5db5d98c1479abf3deb8958c9705880ef0dcafad5f712d68f",
		"squares-static-int8": "99df060401333af73bcaa1b2514b37bd05dd76ed1ee104d1be4a5d2c632be93d",
	} {
		t.Run(name, func(t *testing.T) {
			path := yolotest.Root(t, "layers", name, name+".onnx")
			if strings.HasPrefix(name, "squares") {
				path = yolotest.Fixture(t, name)
			}
			before, after := yolotest.Read(t, path), yolotest.Read(t, optimized(t, path))
			if got := fmt.Sprintf("%x", sha256.Sum256(after)); got != want {
				t.Errorf("SHA-256 %s, want %s", got, want)
			}
			if len(after) > len(before)+max(len(before)/100, 100) {
				t.Errorf("%d bytes, before %d", len(after), len(before))
			}
		})
	}
}

// What can't be optimised, or would answer differently by the CPU that did it, leaves an
// error, and no file that looks like a model.
func TestOptimizeRefuses(t *testing.T) {
	load(t)
	squares := yolotest.Read(t, yolotest.Fixture(t, "squares"))
	for name, test := range map[string]struct {
		data  []byte
		plain bool // an ErrBetterPlain
		want  string
	}{
		"half a file": {squares[:len(squares)/2], false, ""},
		"float16":     {yolotest.Read(t, yolotest.Fixture(t, "squares-static-half")), true, "float16"},
		"signed":      {yolotest.Read(t, yolotest.Root(t, "lambda", "internal", "ort", "testdata", "graphs", "signed.onnx")), true, "signed"},
		"it grows":    {counting(100_000), true, "in place of"},
		"a subgraph":  {withSubgraph(counting(3)), true, "If, Loop or Scan"},
		"a function":  {append(counting(3), yolotest.Message(25, yolotest.Message(1, "Twice", 10, "own"))...), true, "FunctionProto"},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := onnx.Parse(test.data)
			if err != nil { // half a file: as if it had been read whole
				file, err = onnx.Parse(squares)
			}
			if err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(t.TempDir(), "optimized.onnx")
			if err := ort.Optimize(test.data, file, out); err == nil || !strings.Contains(err.Error(), test.want) || errors.Is(err, ort.ErrBetterPlain) != test.plain {
				t.Errorf("%v, want %q", err, test.want)
			}
			if files, err := os.ReadDir(filepath.Dir(out)); err != nil || len(files) > 0 {
				t.Errorf("left %v, %v", files, err)
			}
		})
	}
}

// What is at the place of the optimised file stays when there is none: a folder, or the
// model itself.
func TestOptimizeKeeps(t *testing.T) {
	load(t)
	grows := counting(100_000)
	file, err := onnx.Parse(grows)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	model := filepath.Join(dir, "model.onnx")
	if err := os.WriteFile(model, grows, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{model, dir} {
		if err := ort.Optimize(grows, file, out); err == nil {
			t.Errorf("%s: no error", out)
		}
	}
	squares := yolotest.Read(t, yolotest.Fixture(t, "squares"))
	if file, err = onnx.Parse(squares); err != nil {
		t.Fatal(err)
	}
	if err := ort.Optimize(squares, file, dir); err == nil {
		t.Error("in place of a folder: no error")
	}
	if !bytes.Equal(yolotest.Read(t, model), grows) {
		t.Error("the model is another one")
	}
	if err := ort.Optimize(squares, file, model); err != nil {
		t.Errorf("in place of a model: %v", err)
	}
	if bytes.Equal(yolotest.Read(t, model), grows) {
		t.Error("the model is still there")
	}
}

// withSubgraph is the model with one more node, which has an empty graph.
func withSubgraph(model []byte) []byte {
	message := func(of protowire.Number, content []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, of, protowire.BytesType), content)
	}
	node := message(1, message(5, message(6, nil)))
	for at := 0; ; { // the graph is the last field
		number, kind, tag := protowire.ConsumeTag(model[at:])
		if number == 7 {
			graph, _ := protowire.ConsumeBytes(model[at+tag:])
			return append(bytes.Clone(model[:at]), message(7, append(bytes.Clone(graph), node...))...)
		}
		at += tag + protowire.ConsumeFieldValue(number, kind, model[at+tag:])
	}
}

// counting is a model that adds 0, 1, ..., n-1 to its input, which ONNX Runtime counts ahead
// of time.
func counting(n float32) []byte {
	text := func(to []byte, number protowire.Number, parts ...string) []byte {
		for _, part := range parts {
			to = protowire.AppendString(protowire.AppendTag(to, number, protowire.BytesType), part)
		}
		return to
	}
	number := func(to []byte, of protowire.Number, n uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(to, of, protowire.VarintType), n)
	}
	scalar := func(name string, v float32) string {
		return string(text(number(nil, 2, 1), 8, name)) + string(text(nil, 9, string(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))))
	}
	value := func(name string) string {
		axis := text(nil, 1, string(number(nil, 1, 1)))
		if name == "y" {
			axis = text(nil, 1, string(number(nil, 1, uint64(n))))
		}
		kind := text(number(nil, 1, 1), 2, string(axis))
		return string(text(text(nil, 1, name), 2, string(text(nil, 1, string(kind)))))
	}
	graph := text(nil, 1,
		string(text(text(text(nil, 1, "zero", "n", "one"), 2, "range"), 4, "Range")),
		string(text(text(text(nil, 1, "x", "range"), 2, "y"), 4, "Add")))
	graph = text(graph, 2, "counting")
	graph = text(graph, 5, scalar("zero", 0), scalar("n", n), scalar("one", 1))
	graph = text(graph, 11, value("x"))
	graph = text(graph, 12, value("y"))
	return text(text(number(nil, 1, 8), 8, string(number(nil, 2, 17))), 7, string(graph))
}
