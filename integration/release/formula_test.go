package release

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

var update = flag.Bool("update", false, "write testdata/yolambda.rb anew")

// The formula names each archive with its hash.
func TestWriteFormula(t *testing.T) {
	folder := t.TempDir()
	for _, target := range []string{"darwin-arm64", "linux-amd64", "linux-arm64"} {
		if err := os.WriteFile(filepath.Join(folder, "yolambda-v1.2.3-"+target+".tar.gz"), []byte(target), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var got bytes.Buffer
	if err := WriteFormula(&got, "v1.2.3", folder); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "yolambda.rb")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(string(yolotest.Read(t, golden)), got.String()); d != "" {
		t.Error(d)
	}
	if err := WriteFormula(&got, "v1.2.4", folder); err == nil {
		t.Error("a formula without archives")
	}
}
