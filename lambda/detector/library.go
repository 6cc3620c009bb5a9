package detector

import (
	"fmt"
	"path/filepath"
	"sync"

	"github.com/yolambda/yolambda/lambda/internal/ort"
)

// loaded is ONNX Runtime, of which a process has one.
var loaded struct {
	sync.Mutex
	path string // empty until it is loaded
}

// Load loads the shared library of ONNX Runtime at path, ahead of the first Open, which does
// it otherwise. Another one than is loaded already is an error.
func Load(path string) error {
	path, err := filepath.Abs(path) // the dynamic loader looks for a bare name elsewhere
	if err == nil {
		path, err = filepath.EvalSymlinks(path) // libonnxruntime.so is a link to that of its version, as a rule
	}
	if err != nil {
		return fmt.Errorf("find ONNX Runtime: %w", err)
	}
	loaded.Lock()
	defer loaded.Unlock()
	switch loaded.path {
	case path:
		return nil
	case "":
	default:
		return fmt.Errorf("load ONNX Runtime: %s is loaded already, and a process can have one only", loaded.path)
	}
	if err := ort.Load(path); err != nil {
		return err
	}
	loaded.path = path
	return nil
}
