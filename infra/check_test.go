package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/infra/yolambda"
)

// What the function would refuse is not deployed, and the words are the function's.
func TestCheckModels(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	notes := filepath.Join(t.TempDir(), "notes.onnx")
	write(t, notes, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
	const fixtures = "lambda/internal/ort/testdata/"
	for _, test := range []struct {
		path string
		want string // empty: it passes
	}{
		{"layers/codes/codes.onnx", ""},
		{notes, "not an ONNX file but a Git LFS pointer"},
		{fixtures + "graphs/pad-maxpool.onnx", "not a YOLO model: it looks like a map of numbers"},
		{fixtures + "graphs/fractions.onnx", "its boxes lie between 0 and 1"}, // only a run shows it
	} {
		var warnings bytes.Buffer
		err := checkModels(root, []yolambda.Model{{Path: ownModels[0].path}, {Path: test.path}}, &warnings)
		if strings.Contains(warnings.String(), "make build") {
			if os.Getenv("YOLAMBDA_REQUIRE_BUILD") == "1" {
				t.Fatal(warnings.String())
			}
			t.Skip("skipped: models are run with what make build makes")
		}
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %q", test.path, err, test.want)
		}
	}
}
