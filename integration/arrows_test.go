// Package integration holds the packages of all modules to the arrows between them.
package integration

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// module is the start of every import path of ours.
const module = "github.com/yolambda/yolambda/"

// arrows are all that there are: what each package imports of ours, from the bottom up.
// A new one is a decision, and is written down here (docs/architecture.md says what each
// package is for).
var arrows = map[string][]string{
	// What everybody may know.
	"lambda/api":               {},
	"lambda/names":             {},
	"lambda/onnx":              {"lambda/internal/protobuf"},
	"lambda/yolotest":          {},
	"lambda/internal/protobuf": {},
	"lambda/internal/slot":     {},
	"lambda/internal/parallel": {},
	"lambda/internal/inorder":  {"lambda/internal/parallel"},

	// A picture's way to the model, and what the model sees.
	"lambda/internal/chroma":   {},
	"lambda/internal/jpeg":     {"lambda/internal/chroma", "lambda/internal/hugepage", "lambda/internal/parallel", "lambda/internal/slot"},
	"lambda/internal/inflate":  {},
	"lambda/internal/lzw":      {},
	"lambda/internal/hugepage": {},
	"lambda/internal/rgba":     {"lambda/internal/hugepage"},
	"lambda/internal/tiff":     {"lambda/internal/chroma", "lambda/internal/inflate", "lambda/internal/jpeg", "lambda/internal/lzw", "lambda/internal/rgba"},
	"lambda/internal/png":      {"lambda/internal/inflate", "lambda/internal/rgba"},
	"lambda/internal/bmp":      {"lambda/internal/rgba"},
	"lambda/internal/vp8":      {"lambda/internal/hugepage", "lambda/internal/parallel", "lambda/internal/rgba", "lambda/internal/slot"},
	"lambda/internal/vp8l":     {"lambda/internal/rgba"},
	"lambda/internal/picture": {"lambda/internal/bmp", "lambda/internal/chroma", "lambda/internal/hugepage", "lambda/internal/jpeg", "lambda/internal/lzw",
		"lambda/internal/parallel", "lambda/internal/png", "lambda/internal/rgba", "lambda/internal/tiff", "lambda/internal/vp8", "lambda/internal/vp8l"},
	"lambda/yolo":         {"lambda/internal/chroma", "lambda/internal/inorder", "lambda/internal/parallel", "lambda/internal/slot", "lambda/onnx"},
	"lambda/internal/ort": {"lambda/internal/protobuf", "lambda/onnx", "lambda/yolo"},
	"lambda/detector":     {"lambda/internal/ort", "lambda/internal/picture", "lambda/onnx", "lambda/yolo"},

	// The wire.
	"lambda/dialect":          {"lambda/api", "lambda/yolo"},
	"lambda/internal/refusal": {"lambda/api", "lambda/internal/picture"},
	"lambda/annotate":         {"lambda/api", "lambda/internal/picture", "lambda/internal/refusal"},
	"lambda/internal/payload": {"lambda/api", "lambda/internal/parallel", "lambda/internal/slot"},

	// The function.
	"lambda/internal/s3store": {},
	"lambda/internal/handler": {"lambda/annotate", "lambda/api", "lambda/dialect", "lambda/internal/inorder", "lambda/internal/payload",
		"lambda/internal/picture", "lambda/internal/refusal", "lambda/names", "lambda/onnx", "lambda/yolo"},
	"lambda/internal/bootstrap": {"lambda/detector", "lambda/internal/handler", "lambda/internal/ort", "lambda/internal/s3store", "lambda/yolo"},
	"lambda":                    {"lambda/internal/bootstrap"},

	// Tools of the function's own module.
	"lambda/internal/fence":            {},
	"lambda/internal/picture/difftest": {"lambda/internal/chroma", "lambda/internal/picture"},
	"lambda/cmd/decodetime":            {"lambda/internal/picture"},
	"lambda/cmd/barerun":               {"lambda/internal/ort", "lambda/internal/picture", "lambda/onnx", "lambda/yolo"},
	"lambda/cmd/pretraffic":            {"lambda/api", "lambda/yolo"},
	"lambda/cmd/optimize":              {"lambda/internal/ort", "lambda/onnx", "lambda/yolo"},

	// Around the function.
	"integration/terminal": {},
	"integration/client":   {"lambda/api", "lambda/names"},
	"integration/sigv4":    {},
	"integration/price":    {},
	"integration/plan":     {"integration/price"},
	"integration/emulator": {"integration/sigv4"},
	"integration/local":    {"integration/emulator", "integration/sigv4"},
	"integration/ui":       {},
	"integration/apis":     {"integration/client", "lambda/api"},
	"integration/proxy":    {"integration/apis", "integration/client", "integration/ui", "lambda/api"},
	"integration/e2e":      {},

	// What the command does.
	"integration/batch":           {"integration/price", "lambda/api", "lambda/names"},
	"integration/batch/batchtest": {"lambda/yolotest"},
	"integration/bench":           {"integration/client", "integration/local", "integration/price", "lambda/api"},
	"integration/count":           {"integration/emulator"},
	"integration/doctor":          {"integration/client", "integration/local", "lambda/api", "lambda/names", "lambda/onnx", "lambda/yolo"},
	"integration/predict":         {"integration/client", "integration/terminal", "lambda/annotate", "lambda/api", "lambda/dialect"},

	"integration/release": {},

	// Commands.
	"integration/cmd/count":   {"integration/count", "lambda/api"},
	"integration/cmd/drops":   {"integration/client"},
	"integration/cmd/release": {"integration/release"},
	"integration/cmd/sbom":    {"lambda/onnx"},
	"integration/cmd/yolambda": {"integration/apis", "integration/batch", "integration/bench", "integration/client", "integration/doctor",
		"integration/local", "integration/plan", "integration/predict", "integration/price", "integration/proxy", "integration/terminal", "lambda/api", "lambda/names"},

	// Deploying.
	"infra":          {"infra/yolambda", "lambda/names"},
	"infra/yolambda": {"lambda/names"},
}

// pure packages have neither C nor a cloud below them: a Go program that reads pictures
// or replies builds for any machine.
var pure = []string{
	"lambda/annotate", "lambda/api", "lambda/dialect", "lambda/names", "lambda/onnx", "lambda/yolo",
	"lambda/internal/bmp", "lambda/internal/chroma", "lambda/internal/hugepage", "lambda/internal/inflate", "lambda/internal/jpeg", "lambda/internal/lzw",
	"lambda/internal/payload", "lambda/internal/picture", "lambda/internal/png", "lambda/internal/rgba", "lambda/internal/tiff", "lambda/internal/vp8", "lambda/internal/vp8l",
}

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath        string
	Standard          bool // of Go's own library
	Imports           []string
	GoFiles, CgoFiles []string
}

// list lists packages.
func list(t *testing.T, args ...string) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Standard,Imports,GoFiles,CgoFiles"}, args...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestArrows(t *testing.T) {
	got := map[string][]string{}
	for _, p := range list(t, module+"...") {
		if len(p.GoFiles) == 0 {
			continue // tests alone
		}
		ours := []string{}
		for _, path := range p.Imports {
			if name, ok := strings.CutPrefix(path, module); ok {
				ours = append(ours, name)
			}
		}
		slices.Sort(ours)
		got[strings.TrimPrefix(p.ImportPath, module)] = ours
	}
	for _, to := range arrows {
		slices.Sort(to)
	}
	if d := cmp.Diff(arrows, got); d != "" {
		t.Errorf("arrows (-allowed +there are):\n%s", d)
	}
}

func TestPurePackages(t *testing.T) {
	for _, name := range pure {
		for _, dep := range list(t, "-deps", module+name) {
			if !dep.Standard && len(dep.CgoFiles) > 0 || strings.HasPrefix(dep.ImportPath, "github.com/aws/") {
				t.Errorf("%s depends on %s", name, dep.ImportPath)
			}
		}
	}
}
