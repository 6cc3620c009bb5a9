package ort_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestHideShapes runs models of which ONNX Runtime knows no shapes, and holds that each number
// they put out is the same.
func TestHideShapes(t *testing.T) {
	load(t)
	paths := []string{yolotest.Root(t, "layers", "codes", "codes.onnx"), yolotest.Root(t, "layers", "coco", "coco.onnx")}
	for _, name := range []string{"squares", "squares-end2end", "squares-seg", "squares-pose", "squares-obb", "squares-cls"} {
		paths = append(paths, yolotest.Fixture(t, name))
	}
	checkHidden(t, paths)
}

// TestHideShapesShared is TestHideShapes for the models of the shared folder.
func TestHideShapesShared(t *testing.T) {
	load(t)
	var paths []string
	for _, folder := range []string{"models", filepath.Join("tasks", "models")} {
		found, err := filepath.Glob(filepath.Join(yolotest.Shared(t, folder), "*shapes*.onnx"))
		if err != nil || len(found) == 0 {
			t.Fatalf("%d models: %v", len(found), err)
		}
		paths = append(paths, found...)
	}
	checkHidden(t, paths)
}

func checkHidden(t *testing.T, paths []string) {
	hidden := 0
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".onnx"), func(t *testing.T) {
			data := yolotest.Read(t, path)
			m, err := onnx.Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			if ort.Planned(m) {
				t.Skip("all axes of its input are fixed")
			}
			hidden++
			want := outputs(t, data, m)
			ort.HideShapes(data)
			if diff := cmp.Diff(want, outputs(t, data, m)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if hidden < 5 {
		t.Errorf("only %d models have an input of any size", hidden)
	}
}

// outputs opens a model as it stands and shows it two pictures of grey levels.
func outputs(t *testing.T, data []byte, m onnx.Model) (all []yolo.Tensor) {
	t.Helper()
	s, err := ort.OpenAsIs(data, m)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, size := range [][]int{{1, 3, 160, 192}, {1, 3, 192, 128}} {
		shape := slices.Clone(m.Inputs[0].Shape)
		n := 1
		for i := range shape {
			if shape[i] == 0 {
				shape[i] = size[i]
			}
			n *= shape[i]
		}
		picture := yolo.Tensor{Shape: shape, Data: make([]float32, n)}
		for i := range picture.Data {
			picture.Data[i] = float32(i*i%251) / 251
		}
		out, err := s.Run(t.Context(), picture, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, out...)
	}
	return all
}

// A file in which shapes are hidden declares what it declared, but for them.
func TestHideShapesDeclares(t *testing.T) {
	data := yolotest.Read(t, yolotest.Fixture(t, "squares"))
	before, err := onnx.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	ort.HideShapes(data)
	after, err := onnx.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(after.Inputs[0].Shape) != 0 || len(after.Outputs[0].Shape) != 0 {
		t.Errorf("%v and %v are left", after.Inputs, after.Outputs)
	}
	before.Inputs[0].Shape, before.Outputs[0].Shape = nil, nil
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
}

// FuzzHideShapes holds that no bytes make it panic, and that it changes none but tags.
func FuzzHideShapes(f *testing.F) {
	yolotest.Seeds(f, yolotest.Fixture(f, "squares"), 1)
	f.Fuzz(func(t *testing.T, data []byte) {
		hidden := bytes.Clone(data)
		ort.HideShapes(hidden)
		for i := range data {
			if hidden[i] != data[i] && hidden[i] != ort.HiddenTag {
				t.Fatalf("byte %d was %#x and is %#x", i, data[i], hidden[i])
			}
		}
	})
}
