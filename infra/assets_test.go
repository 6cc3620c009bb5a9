package main

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// project makes a directory as `make layers` leaves it.
func project(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, arch := range []Architecture{Arm64, X86} {
		write(t, filepath.Join(root, "build/layers/runtime", string(arch), "lib/libonnxruntime.so"), string(elfHeader(arch)))
	}
	for _, own := range ownModels {
		write(t, filepath.Join(root, own.path), "model")
	}
	return root
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFindAssets(t *testing.T) {
	root, scratch := project(t), t.TempDir()
	write(t, filepath.Join(root, "models/cats.onnx"), "cats")
	write(t, filepath.Join(root, "models/notes.txt"), "not for the layer")
	got, err := findAssets(root, scratch, Config{Architecture: X86, Models: []ModelFile{{"cats", "models/cats.onnx"}, {"codes", "layers/codes/codes.onnx"}}})
	if err != nil {
		t.Fatal(err)
	}
	want := Assets{
		Handler: filepath.Join(root, "lambda"),
		Runtime: filepath.Join(root, "build/layers/runtime/x86_64"),
		Models: []ModelAsset{
			// printf cats | sha256sum
			{Name: "cats", Dir: filepath.Join(scratch, "cats"), Label: "cats.onnx sha256:d936608baaac"},
			{Name: "codes", Dir: filepath.Join(scratch, "codes"), Label: "codes.onnx sha256:9372c470eead"},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	entries, err := os.ReadDir(filepath.Join(got.Models[0].Dir, "models"))
	if err != nil || len(entries) != 1 || entries[0].Name() != "cats.onnx" {
		t.Fatalf("model layer has %v (%v), want cats.onnx alone", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("model has mode %v (%v), Lambda could not read it", info.Mode(), err)
	}
}

// cdk ls and cdk destroy need nothing that a clone does not have; cdk synth does.
func TestBundles(t *testing.T) {
	for _, test := range []struct {
		context map[string]any
		want    bool
	}{
		{nil, true},
		{map[string]any{"aws:cdk:bundling-stacks": []any{"**"}}, true},
		{map[string]any{"aws:cdk:bundling-stacks": []any{}}, false},
	} {
		if got := bundles(test.context); got != test.want {
			t.Errorf("%v: %t", test.context, got)
		}
	}
	assets, err := placeholders(t.TempDir(), Config{Models: []ModelFile{{"coco", "none"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{assets.Handler, assets.Runtime, assets.Models[0].Dir} {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestFindAssetsRefuses(t *testing.T) {
	codes := []ModelFile{{"codes", "layers/codes/codes.onnx"}}
	tests := []struct {
		name   string
		change func(root string) error
		config Config
		want   string
	}{
		{"no runtime", func(root string) error { return os.RemoveAll(filepath.Join(root, "build/layers/runtime")) },
			Config{Architecture: Arm64, Models: codes}, "run `make layers` first"},
		{"runtime of another machine", func(root string) error {
			return os.WriteFile(filepath.Join(root, "build/layers/runtime/arm64/lib/libonnxruntime.so"), elfHeader(X86), 0o600)
		}, Config{Architecture: Arm64, Models: codes}, "EM_X86_64, not for arm64"},
		{"no model", func(root string) error { return os.Remove(filepath.Join(root, codes[0].Path)) },
			Config{Architecture: Arm64, Models: codes}, "-c model=FILE.onnx"},
		{"named model is missing", func(string) error { return nil },
			Config{Architecture: Arm64, Models: []ModelFile{{"cats", "cats.onnx"}}}, "cats.onnx: no such file"},
		{"model is a directory", func(root string) error { return os.Mkdir(filepath.Join(root, "dir.onnx"), 0o700) },
			Config{Architecture: Arm64, Models: []ModelFile{{"dir", "dir.onnx"}}}, "is not a file"},
		{"model is empty", func(root string) error { return os.WriteFile(filepath.Join(root, "no.onnx"), nil, 0o600) },
			Config{Architecture: Arm64, Models: []ModelFile{{"no", "no.onnx"}}}, "is empty"},
		{"models are too large together", func(root string) error {
			return errors.Join(os.Truncate(filepath.Join(root, ownModels[0].path), 120<<20), os.Truncate(filepath.Join(root, ownModels[1].path), 120<<20))
		}, Config{Architecture: Arm64, Models: []ModelFile{{"coco", ownModels[0].path}, {"codes", ownModels[1].path}}}, "codes.onnx makes 240 MB of models"},
		{"model is too large", func(root string) error { return os.Truncate(filepath.Join(root, codes[0].Path), 240<<20) },
			Config{Architecture: Arm64, Models: codes}, "makes 240 MB of models, Lambda takes at most 229 MB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := project(t)
			if err := test.change(root); err != nil {
				t.Fatal(err)
			}
			_, err := findAssets(root, t.TempDir(), test.config)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}
