package yolambda

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

// MaxModels is what a function's five layers leave beside the one for ONNX Runtime.
const MaxModels = 4

// modelName is what a request may call a model, and a layer a file.
var modelName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Model is one that an endpoint serves. It has a Path or a Content.
type Model struct {
	// Name is what requests, replies and metrics call it: up to 64 letters, digits, dots,
	// - and _. Empty: the name of the file at Path, without .onnx.
	Name string

	// Path is that of an .onnx file, seen from the folder in which the CDK runs the app.
	Path string

	// Content of the model's layer: an asset, or an object in S3, that has models/NAME.onnx.
	// Nothing of it is checked here.
	Content awslambda.Code
}

// named has the name of the file where it has none of its own.
func (m Model) named() Model {
	m.Name = cmp.Or(m.Name, strings.TrimSuffix(filepath.Base(m.Path), ".onnx"))
	return m
}

// file is where the function finds the model.
func (m Model) file() string { return "/opt/models/" + m.Name + ".onnx" }

// CheckModels refuses models that a function can't have together. It reads no file.
func CheckModels(models []Model) error {
	if len(models) == 0 {
		return errors.New("no model: name one, such as Model{Path: \"cats.onnx\"}")
	}
	if len(models) > MaxModels {
		return fmt.Errorf("%d models; a function has room for %d", len(models), MaxModels)
	}
	var names []string
	for _, m := range models {
		m = m.named()
		switch {
		case (m.Path == "") == (m.Content == nil):
			return fmt.Errorf("model %q has either a Path or a Content", m.Name)
		case m.Content != nil && m.Name == ".":
			return errors.New("a model with Content needs a Name: that of its file models/NAME.onnx there")
		case m.Path != "" && filepath.Ext(m.Path) != ".onnx":
			return fmt.Errorf("%q does not end in .onnx", m.Path)
		case !modelName.MatchString(m.Name):
			return fmt.Errorf("%q: requests call the model by its name, which may have 64 letters, digits, dots, - and _", m.Name)
		case slices.Contains(names, m.Name):
			return fmt.Errorf("two models are called %s; give one another name, or rename its file", m.Name)
		}
		names = append(names, m.Name)
	}
	return nil
}

// checkModelFiles refuses files that are not there, or that do not fit into room, in bytes,
// all of them together.
func checkModelFiles(models []Model, room int64) error {
	var total int64
	for _, m := range models {
		if m.Path == "" {
			continue
		}
		size, err := fileSize(m.Path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			whole, _ := filepath.Abs(m.Path) // seen from the folder in which the CDK runs the app
			return fmt.Errorf("model %s is not there, looked for as %s: %w", m.Name, whole, err)
		case err != nil:
			return fmt.Errorf("model %s: %w", m.Name, err)
		case size == 0:
			return fmt.Errorf("model %s: %s is empty", m.Name, m.Path)
		}
		if total += size; total > room {
			return fmt.Errorf("%s makes %d MB of models, Lambda takes at most %d MB next to the runtime library: export a smaller model or half precision",
				m.Path, total>>20, room>>20)
		}
	}
	return nil
}

// content is that of the model's layer.
func (m Model) content(o optimizer) awslambda.Code {
	if m.Content != nil {
		return m.Content
	}
	return writtenCode(fmt.Sprintf("model %s of %s, %s", m.Name, m.Path, o), func(dir string) error {
		return o.write(filepath.Join(dir, "models", m.Name+".onnx"), m.Path)
	})
}

// fileSize gives the size of a regular file in bytes.
func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("%s is not a file", path)
	}
	return info.Size(), nil
}

// copyFile makes the folder of the file to as well.
func copyFile(to, from string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	// Lambda reads layers as another user, whatever the umask is here.
	return errors.Join(err, target.Chmod(0o644), target.Close())
}
