package yolambda

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCheckModels(t *testing.T) {
	asset := awslambda.AssetCode_FromAsset(jsii.String("."), nil)
	tests := []struct {
		models []Model
		want   string // in the error; empty: none
	}{
		{[]Model{{Path: "models/cats.onnx"}, {Name: "dogs", Path: "cats.onnx"}, {Name: "birds", Content: asset}}, ""},
		{nil, "no model"},
		{make([]Model, 5), "5 models; a function has room for 4"},
		{[]Model{{Name: "cats"}}, "either a Path or a Content"},
		{[]Model{{Path: "cats.onnx", Content: asset}}, "either a Path or a Content"},
		{[]Model{{Path: "cats.pt"}}, "does not end in .onnx"},
		{[]Model{{Path: "my cats.onnx"}}, "64 letters"},
		{[]Model{{Path: ".onnx"}}, "64 letters"},
		{[]Model{{Content: asset}}, "needs a Name"},
		{[]Model{{Path: "a/cats.onnx"}, {Path: "b/cats.onnx"}}, "two models are called cats"},
	}
	for _, test := range tests {
		err := CheckModels(test.models)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.models, err, test.want)
		}
	}
}

func TestCheckModelFiles(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write(t, path("small.onnx"), "model")
	write(t, path("empty.onnx"), "")
	write(t, path("large.onnx"), "model")
	write(t, path("folder.onnx/file"), "model")
	if err := os.Truncate(path("large.onnx"), 120<<20); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ names, want string }{
		{"small.onnx large.onnx", ""},
		{"none.onnx", "model none is not there"},
		{"small.onnx empty.onnx", "is empty"},
		{"folder.onnx", "is not a file"},
		{"large.onnx small.onnx large.onnx", "large.onnx makes 240 MB of models, Lambda takes at most 200 MB"},
	} {
		var models []Model
		for name := range strings.FieldsSeq(test.names) {
			models = append(models, Model{Path: path(name)}.named())
		}
		err := checkModelFiles(models, 200<<20)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.names, err, test.want)
		}
	}
	t.Chdir(dir)
	if err := checkModelFiles([]Model{{Path: "none.onnx"}}, 1); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path("none.onnx")) {
		t.Errorf("%v, want the whole path", err)
	}
}

// A copy is readable for everybody, as Lambda reads layers as another user.
func TestCopyFile(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "new/folder/to")
	write(t, from, "model")
	if err := copyFile(to, from); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(to)
	if err != nil || string(data) != "model" {
		t.Errorf("%q, %v", data, err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info, err)
	}
}
