package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/yolambda/yolambda/infra/yolambda"
)

// ownModels are the project's own, by name, the default first.
var ownModels = []struct{ name, path string }{
	{"coco", "layers/coco/coco.onnx"},
	{"codes", "layers/codes/codes.onnx"},
}

// parseModels reads names of our own models and paths, the default first. It looks at the
// names only: whether a file is there and fits is not checked before it is bundled, as not every
// CDK command needs it.
func parseModels(field *[]yolambda.Model, value string) error {
	var models []yolambda.Model
	for item := range strings.SplitSeq(value, ",") {
		path := strings.TrimSpace(item)
		for _, own := range ownModels {
			if path == own.name {
				path = own.path
			}
		}
		if filepath.Ext(path) != ".onnx" {
			return fmt.Errorf("%q is neither a model of the project's nor ends in .onnx", path)
		}
		models = append(models, yolambda.Model{Path: path})
	}
	if err := yolambda.CheckModels(models); err != nil {
		return err
	}
	*field = models
	return nil
}

// modelLabel is the file's name and the start of its SHA-256 sum, for the reader of the
// outputs; commands that need no model may find none, and get the name alone.
func modelLabel(m yolambda.Model) string {
	name := filepath.Base(m.Path)
	file, err := os.Open(m.Path)
	if err != nil {
		return name
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return name
	}
	return name + " sha256:" + hex.EncodeToString(sum.Sum(nil))[:12]
}
