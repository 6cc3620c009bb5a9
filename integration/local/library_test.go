package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

func TestLibraryVersion(t *testing.T) {
	binaries := filepath.Join(yolotest.Root(t), "node_modules", "onnxruntime-node", "bin", "napi-v6")
	manifest, err := os.ReadFile(filepath.Join(yolotest.Root(t), "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	libraries, _ := filepath.Glob(filepath.Join(binaries, "*", "*", "libonnxruntime.*"))
	if len(libraries) == 0 {
		t.Skip("skipped: no ONNX Runtime in node_modules (npm ci)")
	}
	for _, path := range libraries {
		version, err := LibraryVersion(path)
		if err != nil || !strings.Contains(string(manifest), `"onnxruntime-node": "`+version+`"`) {
			t.Errorf("%s: %q, %v; package.json pins another", path, version, err)
		}
	}
}

func TestLibraryVersionOfNoLibrary(t *testing.T) {
	path := filepath.Join(t.TempDir(), "libonnxruntime.so")
	if err := os.WriteFile(path, []byte("no library"), 0o666); err != nil {
		t.Fatal(err)
	}
	if version, err := LibraryVersion(path); err == nil {
		t.Errorf("got %q", version)
	}
}
