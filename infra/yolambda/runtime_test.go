package yolambda

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The hashes are those of the version that package.json installs, for both CPUs.
func TestRuntimeIsPinned(t *testing.T) {
	text, err := os.ReadFile("../../package.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ DevDependencies map[string]string }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if got := file.DevDependencies["onnxruntime-node"]; got != runtimeVersion {
		t.Errorf("package.json has %s, this package %s", got, runtimeVersion)
	}
	sums, err := runtimeSums()
	if err != nil {
		t.Fatal(err)
	}
	for arch, name := range runtimeNames {
		if len(sums[name]) != 64 {
			t.Errorf("%s: sum %q", arch, sums[name])
		}
	}
}

// library stands for ONNX Runtime's.
func library(text string) pinned {
	sum := sha256.Sum256([]byte(text))
	return pinned{name: runtimeNames[Arm64], sum: hex.EncodeToString(sum[:])}
}

// The library is found in node_modules of a folder above, else in the cache; one with another
// hash is passed over.
func TestFindRuntime(t *testing.T) {
	p := library("right")
	root, cache := t.TempDir(), t.TempDir()
	here := filepath.Join(root, "a", "b")
	above := filepath.Join(root, "node_modules/onnxruntime-node/bin/napi-v6", p.name)
	wrong := filepath.Join(here, "node_modules/onnxruntime-node/bin/napi-v6", p.name)
	kept := filepath.Join(cache, "onnxruntime-"+runtimeVersion, p.name)
	write(t, wrong, "wrong")
	write(t, kept, "right")
	if got, err := p.find(here, cache); err != nil || got != kept {
		t.Errorf("%s, %v; want that of the cache", got, err)
	}
	write(t, above, "right")
	if got, err := p.find(here, cache); err != nil || got != above {
		t.Errorf("%s, %v; want %s", got, err, above)
	}
}

// npm fetches what is nowhere, from the registry that it is set up with, once; what has
// another hash is not kept.
func TestFetchRuntime(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("needs npm")
	}
	p := library("right")
	downloads := 0
	serveRegistry(t, archive(t, "package/bin/napi-v6/"+p.name, "right"), &downloads)
	cache := t.TempDir()
	for range 2 {
		path, err := p.find(t.TempDir(), cache)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(path); err != nil || string(data) != "right" || !strings.HasPrefix(path, cache) {
			t.Errorf("%s has %q, %v", path, data, err)
		}
	}
	if downloads != 1 {
		t.Errorf("%d downloads, want one", downloads)
	}

	cache = t.TempDir()
	_, err := library("another").find(t.TempDir(), cache)
	if err == nil || !strings.Contains(err.Error(), "another SHA-256") || !strings.Contains(err.Error(), "npm install") {
		t.Errorf("%v", err)
	}
	if err := filepath.WalkDir(cache, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			t.Errorf("%s is left", path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// serveRegistry has npm take the package from a server of this test.
func serveRegistry(t *testing.T, tgz []byte, downloads *int) {
	t.Helper()
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".tgz") {
			*downloads++
			_, _ = w.Write(tgz)
			return
		}
		fmt.Fprintf(w, `{"name": "onnxruntime-node", "dist-tags": {"latest": %q}, "versions": {%[1]q: {"name": "onnxruntime-node",
			"version": %[1]q, "dist": {"tarball": "%[2]s/onnxruntime-node.tgz"}}}}`, runtimeVersion, server.URL)
	}))
	t.Cleanup(server.Close)
	t.Setenv("npm_config_registry", server.URL)
	t.Setenv("npm_config_cache", t.TempDir())
}

func archive(t *testing.T, name, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	files := tar.NewWriter(zipped)
	for name, text := range map[string]string{name: text, "package/package.json": `{"name": "onnxruntime-node", "version": "` + runtimeVersion + `"}`} {
		if err := files.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A library that is given is held to the function's CPU.
func TestGivenRuntime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "libonnxruntime.so")
	write(t, path, string(elfHeader(X86)))
	if got, err := runtimeLibrary(path, X86, t.TempDir()); err != nil || got != path {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := runtimeLibrary(path, Arm64, t.TempDir()); err == nil || !strings.Contains(err.Error(), "EM_X86_64, not for arm64") {
		t.Errorf("%v", err)
	}
}
