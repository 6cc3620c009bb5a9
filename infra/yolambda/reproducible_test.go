package yolambda

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"
)

// TestFunctionIsReproducible builds the function itself twice as it is
// deployed, from two copies of its sources in folders of different names; the
// second time every package is compiled anew. The programs are the same, byte
// for byte.
func TestFunctionIsReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles everything that the function consists of")
	}
	for _, arch := range []Architecture{Arm64, X86} {
		t.Run(string(arch), func(t *testing.T) {
			cc, ok := thisHost().compiler(arch)
			if !ok {
				t.Skipf("no C compiler for %s", arch)
			}
			first := buildCopy(t, "a", arch, cc)
			t.Setenv("GOCACHE", t.TempDir())
			second := buildCopy(t, "another folder", arch, cc)
			if first != second {
				t.Errorf("SHA-256 %x and %x", first, second)
			}
			t.Logf("SHA-256 %x", first)
		})
	}
}

// buildCopy builds a copy of the function's module and gives the program's hash.
func buildCopy(t *testing.T, folder string, arch Architecture, cc string) [sha256.Size]byte {
	t.Helper()
	dir := filepath.Join(t.TempDir(), folder)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "lambda"))); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "bootstrap")
	if err := compile(dir, out, arch, cc); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(program)
}
