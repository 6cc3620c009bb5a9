package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// maxModels is what a function's five layers leave beside the one for ONNX Runtime.
const maxModels = 4

// ownModels are the project's own, by name, the default first.
var ownModels = []struct{ name, path string }{
	{"coco", "layers/coco/coco.onnx"},
	{"codes", "layers/codes/codes.onnx"},
}

// modelName is what a request may call a model, and a layer a file.
var modelName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// ModelFile is a model to deploy, by the name that requests, replies and metrics call it.
type ModelFile struct {
	Name string
	Path string // of an .onnx file, seen from the directory of cdk.json
}

// parseModels reads names of our own models and paths, the default first. It looks at the
// names only: whether a file is there and fits is checked by findAssets, as not every CDK
// command needs it.
func parseModels(field *[]ModelFile, value string) error {
	var models []ModelFile
	for item := range strings.SplitSeq(value, ",") {
		path := strings.TrimSpace(item)
		for _, own := range ownModels {
			if path == own.name {
				path = own.path
			}
		}
		name, ok := strings.CutSuffix(filepath.Base(path), ".onnx")
		if !ok {
			return fmt.Errorf("%q is neither a model of the project's nor ends in .onnx", path)
		}
		if !modelName.MatchString(name) {
			return fmt.Errorf("%q: requests call the model by its file's name, which may have 64 letters, digits, dots, - and _", path)
		}
		if slices.ContainsFunc(models, func(m ModelFile) bool { return m.Name == name }) {
			return fmt.Errorf("two models are called %s; rename a file", name)
		}
		models = append(models, ModelFile{name, path})
	}
	if len(models) > maxModels {
		return fmt.Errorf("%d models; a function has room for %d", len(models), maxModels)
	}
	*field = models
	return nil
}

// ModelAsset is the content of a model's layer. Each model has a layer of its own, so
// that a new one leaves the others' alone.
type ModelAsset struct {
	Name  string
	Dir   string // holds models/NAME.onnx and nothing else
	Label string // file name and start of the SHA-256 sum, for the reader of the outputs
}

// file is where the function finds the model.
func (m ModelAsset) file() string { return "/opt/models/" + m.Name + ".onnx" }

// findModels copies the models of c below scratch, each as a layer holds it. All of them
// together must fit into room, in bytes.
func findModels(root, scratch string, models []ModelFile, room int64) ([]ModelAsset, error) {
	var assets []ModelAsset
	var total int64
	for _, m := range models {
		path := m.Path
		if !filepath.IsAbs(path) {
			path = filepath.Join(root, path)
		}
		size, err := fileSize(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("model %s: name one with -c model=FILE.onnx (%w)", m.Name, err)
		}
		if err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
		if size == 0 {
			return nil, fmt.Errorf("model: %s is empty", path)
		}
		if total += size; total > room {
			return nil, fmt.Errorf("model: %s makes %d MB of models, Lambda takes at most %d MB next to the runtime library: export a smaller model or half precision",
				path, total>>20, room>>20)
		}
		asset := ModelAsset{Name: m.Name, Dir: filepath.Join(scratch, m.Name)}
		target := filepath.Join(asset.Dir, "models", m.Name+".onnx")
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return nil, fmt.Errorf("copy model: %w", err)
		}
		sum, err := copyFile(target, path)
		if err != nil {
			return nil, fmt.Errorf("copy model: %w", err)
		}
		asset.Label = filepath.Base(path) + " sha256:" + sum[:12]
		assets = append(assets, asset)
	}
	return assets, nil
}

// modelLabels names the models for the reader of the outputs.
func modelLabels(models []ModelAsset) string {
	labels := make([]string, len(models))
	for i, m := range models {
		labels[i] = m.Label
	}
	return strings.Join(labels, ", ")
}
