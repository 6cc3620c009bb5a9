package main

import (
	"os"
	"path/filepath"
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
	write(t, filepath.Join(root, defaultModel), "model")
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
	got, err := findAssets(root, scratch, Config{Architecture: X86, Model: "models/cats.onnx"})
	if err != nil {
		t.Fatal(err)
	}
	want := Assets{
		Handler: filepath.Join(root, "lambda"),
		Runtime: filepath.Join(root, "build/layers/runtime/x86_64"),
		Model:   scratch,
		// printf cats | sha256sum
		ModelName: "cats.onnx sha256:d936608baaac",
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	entries, err := os.ReadDir(got.Model)
	if err != nil || len(entries) != 1 || entries[0].Name() != "model.onnx" {
		t.Fatalf("model layer has %v (%v), want model.onnx alone", entries, err)
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
	assets, err := placeholders(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{assets.Handler, assets.Runtime, assets.Model} {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestFindAssetsRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(root string) error
		config Config
		want   string
	}{
		{"no runtime", func(root string) error { return os.RemoveAll(filepath.Join(root, "build/layers/runtime")) },
			Config{Architecture: Arm64, Model: defaultModel}, "run `make layers` first"},
		{"runtime of another machine", func(root string) error {
			return os.WriteFile(filepath.Join(root, "build/layers/runtime/arm64/lib/libonnxruntime.so"), elfHeader(X86), 0o600)
		}, Config{Architecture: Arm64, Model: defaultModel}, "EM_X86_64, not for arm64"},
		{"no model", func(root string) error { return os.Remove(filepath.Join(root, defaultModel)) },
			Config{Architecture: Arm64, Model: defaultModel}, "-c model=FILE.onnx"},
		{"named model is missing", func(string) error { return nil },
			Config{Architecture: Arm64, Model: "cats.onnx"}, "cats.onnx: no such file"},
		{"model is a directory", func(root string) error { return os.Mkdir(filepath.Join(root, "dir.onnx"), 0o700) },
			Config{Architecture: Arm64, Model: "dir.onnx"}, "is not a file"},
		{"model is empty", func(root string) error { return os.WriteFile(filepath.Join(root, "no.onnx"), nil, 0o600) },
			Config{Architecture: Arm64, Model: "no.onnx"}, "is empty"},
		{"model is too large", func(root string) error { return os.Truncate(filepath.Join(root, defaultModel), 240<<20) },
			Config{Architecture: Arm64, Model: defaultModel}, "has 240 MB, Lambda takes at most 229 MB"},
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
