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

// PartsIn tells where `make build` lays the parts under the project's root.
func PartsIn(root string) Parts {
	library := "libonnxruntime.so"
	if runtime.GOOS == "darwin" {
		library = "libonnxruntime.dylib"
	}
	return Parts{
		Bootstrap: filepath.Join(root, "build", "task", "bootstrap"),
		Library:   filepath.Join(root, "build", "opt", "lib", library),
		Models:    filepath.Join(root, "build", "opt", "models"),
	}
}

// PartsBesideExecutable is PartsIn the project whose bin folder holds the
// running program.
func PartsBesideExecutable() (Parts, error) {
	exe, err := os.Executable()
	if err != nil {
		return Parts{}, fmt.Errorf("find this program's folder: %w", err)
	}
	if exe, err = filepath.EvalSymlinks(exe); err != nil {
		return Parts{}, fmt.Errorf("find this program's folder: %w", err)
	}
	return PartsIn(filepath.Dir(filepath.Dir(exe))), nil
}

// Check tells which part is missing and how to get it.
func (p Parts) Check() error {
	for _, part := range []struct{ name, path, hint string }{
		{"function", p.Bootstrap, "run `make build`, or name it with --bootstrap or YOLAMBDA_BOOTSTRAP"},
		{"ONNX Runtime library", p.Library, "run `make build`, or name it with --library or YOLAMBDA_LIBRARY"},
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
		models, err := fs.Glob(os.DirFS(p.Models), "*.onnx")
		if err != nil || len(models) == 0 {
			return fmt.Errorf("no .onnx file in the folder %s: run `make build`, or name a model with --model", p.Models)
		}
	}
	return nil
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
