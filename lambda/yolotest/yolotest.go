// Package yolotest is what the tests of all modules share, in the style of
// net/http/httptest: where the project's files lie, what a test does where
// something is missing, and a picture whose answer is known.
//
// A test that needs something which a clone does not have is skipped where that is
// missing. In CI nothing may be: with YOLAMBDA_REQUIRE_BUILD=1,
// YOLAMBDA_REQUIRE_SHARED=1 or YOLAMBDA_REQUIRE_TOOLS=1 the test fails instead.
package yolotest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// Need is a kind of thing that a test needs beyond a clone of the project and Go.
// Its value is the environment variable which, set to 1, makes it a must.
type Need string

const (
	Build  Need = "YOLAMBDA_REQUIRE_BUILD"  // what make builds or fetches: the function, ONNX Runtime
	Folder Need = "YOLAMBDA_REQUIRE_SHARED" // the folder of models, pictures and reference answers next to the project
	Tools  Need = "YOLAMBDA_REQUIRE_TOOLS"  // programs such as curl, strace or chromium, and the rights to use them
)

// Required reports whether the tests must fail where the thing is missing.
func (n Need) Required() bool { return os.Getenv(string(n)) == "1" }

// Missing skips the test, or fails it where what is missing is required. The
// arguments are those of [fmt.Sprint]; they say what is missing and what helps.
func Missing(t testing.TB, need Need, what ...any) {
	t.Helper()
	if need.Required() {
		t.Fatal(what...)
	}
	t.Skip(what...)
}

// root walks up from the test's package to the folder with go.work, once: tests may
// change their folder.
var root = sync.OnceValues(func() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("find the project's root: no go.work above %s", start)
		}
	}
})

func init() { root() } // before any test leaves its folder

// Root returns the absolute path of a file of the project, given relative to its
// root.
func Root(t testing.TB, elem ...string) string {
	t.Helper()
	dir, err := root()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(append([]string{dir}, elem...)...)
}

// Built returns the absolute path of a file that make puts into the project's tree,
// given as such or relative to the root. It is missing where it was not built.
func Built(t testing.TB, path string) string {
	t.Helper()
	if !filepath.IsAbs(path) {
		path = Root(t, path)
	}
	if _, err := os.Stat(path); err != nil {
		Missing(t, Build, path, " is missing: run make build, or make test, which builds all that the tests need")
	}
	return path
}

// Library returns the path of ONNX Runtime for this machine, which make build puts
// under build/opt, or of YOLAMBDA_LIBRARY: tests for another CPU run under emulation.
func Library(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("YOLAMBDA_LIBRARY"); path != "" {
		return path
	}
	if runtime.GOOS == "darwin" {
		return Built(t, "build/opt/lib/libonnxruntime.dylib")
	}
	return Built(t, "build/opt/lib/libonnxruntime.so")
}

// Tool returns the path of a program of this machine.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, Tools, name, " is not installed")
	}
	return path
}

// Namespace reports as missing what it takes to run a program in namespaces of its
// own: unshare, with these flags, and root's rights.
func Namespace(t testing.TB, flags ...string) {
	t.Helper()
	unshare := Tool(t, "unshare")
	if out, err := exec.Command(unshare, append(flags, "true")...).CombinedOutput(); err != nil {
		Missing(t, Tools, "namespaces need root (unshare ", flags, "): ", string(out))
	}
}

// Python returns the path of a program of the tests' Python environment.
func Python(t testing.TB, name string) string {
	t.Helper()
	path := Root(t, "build", "venv", "bin", name)
	if _, err := os.Stat(path); err != nil {
		Missing(t, Tools, "build/venv has no ", name, ": make test installs integration/requirements.txt there")
	}
	return path
}

// Clients returns the Python of an environment with other people's clients, as their
// registry has them.
func Clients(t testing.TB) string {
	t.Helper()
	path := Root(t, "build", "clients-venv", "bin", "python")
	if _, err := os.Stat(path); err != nil {
		Missing(t, Tools, "build/clients-venv is missing: make test installs integration/apis/requirements.txt there")
	}
	return path
}

// Shared returns the absolute path of a file of the shared folder: models, pictures
// and reference answers whose licence keeps them out of the project. Only the
// folder may be missing; whether it has the file is for the caller to find out.
func Shared(t testing.TB, elem ...string) string {
	t.Helper()
	if !HasShared(t) {
		Missing(t, Folder, "the folder shared, with models and pictures, is not next to the project")
	}
	return Root(t, append([]string{"..", "shared"}, elem...)...)
}

// HasShared reports whether the shared folder is there, for tests that read its
// files in addition to the project's own.
func HasShared(t testing.TB) bool {
	t.Helper()
	_, err := os.Stat(Root(t, "..", "shared", "models"))
	if err != nil && Folder.Required() {
		t.Fatal(err)
	}
	return err == nil
}

// Fixture returns the path of one of the project's own models, by its name without
// an ending: tiny graphs that find squares of pure colours.
func Fixture(t testing.TB, name string) string {
	t.Helper()
	return filepath.Join(Fixtures(t), name+".onnx")
}

// Fixtures returns the folder of the project's own models.
func Fixtures(t testing.TB) string {
	t.Helper()
	return Root(t, "lambda", "internal", "ort", "testdata")
}

// Read returns the contents of a file that must be there.
func Read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Seeds adds the files of a pattern (as [filepath.Glob] reads it) to a fuzz target, of which
// there must be so many at least.
func Seeds(f *testing.F, pattern string, least int) {
	f.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) < least {
		f.Fatalf("%s: %d files, want %d or more: %v", pattern, len(files), least, err)
	}
	for _, file := range files {
		f.Add(Read(f, file))
	}
}

// ReadJSON decodes a file that must be there.
func ReadJSON(t testing.TB, path string, v any) {
	t.Helper()
	if err := json.Unmarshal(Read(t, path), v); err != nil {
		t.Fatalf("decode %s: %v", path, err)
	}
}
