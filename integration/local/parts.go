// Package local runs the built function on this machine: the very bootstrap
// that ships, behind the emulator of AWS.
package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Parts are the files that the function consists of.
type Parts struct {
	// Bootstrap is the function's executable.
	Bootstrap string
	// Library is ONNX Runtime's shared library.
	Library string
	// Model is the default model's .onnx file. It may be empty where Models is
	// not: then the first there is the default.
	Model string
	// Models is a folder of further .onnx files, empty for none.
	Models string
}

// PartsIn says where `make build` lays the parts under the project's root.
func PartsIn(root string) Parts { return partsOf(filepath.Join(root, "build")) }

// partsOf says where the parts lie in their own folder.
func partsOf(folder string) Parts {
	library := "libonnxruntime.so"
	if runtime.GOOS == "darwin" {
		library = "libonnxruntime.dylib"
	}
	return Parts{
		Bootstrap: filepath.Join(folder, "task", "bootstrap"),
		Library:   filepath.Join(folder, "opt", "lib", library),
		Models:    filepath.Join(folder, "opt", "models"),
	}
}

// Root is the folder whose bin folder holds the running program: the project's, or
// that of an unpacked release.
func Root() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program's folder: %w", err)
	}
	if exe, err = filepath.EvalSymlinks(exe); err != nil {
		return "", fmt.Errorf("find this program's folder: %w", err)
	}
	return filepath.Dir(filepath.Dir(exe)), nil
}

// PartsBesideExecutable are the parts that belong to the running program: a release's,
// in lib/yolambda, or the project's, in build.
func PartsBesideExecutable() (Parts, error) {
	root, err := Root()
	if err != nil {
		return Parts{}, err
	}
	released := filepath.Join(root, "lib", "yolambda")
	if _, err := os.Stat(released); err == nil {
		return partsOf(released), nil
	}
	return PartsIn(root), nil
}

// Check tells which part is missing and how to get it.
func (p Parts) Check() error {
	for _, part := range []struct{ name, path, hint string }{
		{"function", p.Bootstrap, "install a release, run `make build`, or name it with --bootstrap or YOLAMBDA_BOOTSTRAP"},
		{"ONNX Runtime library", p.Library, "install a release, run `make build`, or name it with --library or YOLAMBDA_LIBRARY"},
		{"model", p.Model, "name one with --model FILE.onnx"},
	} {
		if part.path == "" && p.Models != "" {
			continue // the default model is one of the folder's
		}
		info, err := os.Stat(part.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("no %s at %s: %s", part.name, part.path, part.hint)
		case err != nil:
			return fmt.Errorf("look for the %s: %w", part.name, err)
		case !info.Mode().IsRegular():
			return fmt.Errorf("the %s at %s is not a file: %s", part.name, part.path, part.hint)
		}
	}
	if p.Models != "" {
		models, err := p.ModelFiles()
		if err != nil || len(models) == 0 {
			return fmt.Errorf("no .onnx file in the folder %s: run `make build`, or name a model with --model", p.Models)
		}
	}
	return nil
}

// ModelFiles are the names of the models in the folder Models, as the function takes them: hidden
// files, as macOS leaves them, are none.
func (p Parts) ModelFiles() ([]string, error) {
	return fs.Glob(os.DirFS(p.Models), "[^.]*.onnx")
}

// absolute makes the paths hold in the function's own working directory too.
func (p Parts) absolute() (Parts, error) {
	for _, path := range []*string{&p.Bootstrap, &p.Library, &p.Model, &p.Models} {
		if *path == "" {
			continue
		}
		abs, err := filepath.Abs(*path)
		if err != nil {
			return p, fmt.Errorf("resolve %s: %w", *path, err)
		}
		*path = abs
	}
	return p, nil
}
