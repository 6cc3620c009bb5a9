package yolambda

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

// runtimeVersion is that of ONNX Runtime; onnxruntime/SHA256SUMS says why this one.
const runtimeVersion = "1.27.0"

// runtimeFiles are the hashes of the libraries, and the licences of what is linked into
// them: they have to travel with it, and the npm package has none.
//
//go:embed onnxruntime/SHA256SUMS onnxruntime/licences
var runtimeFiles embed.FS

// runtimeNames are the libraries in the npm package, below bin/napi-v6.
var runtimeNames = map[Architecture]string{Arm64: "linux/arm64/libonnxruntime.so.1", X86: "linux/x64/libonnxruntime.so.1"}

// runtimeLibrary gives the path of ONNX Runtime's library: the given one, if it loads in Lambda, or
// else the pinned one.
func runtimeLibrary(given string, arch Architecture, cache string) (string, error) {
	if given != "" {
		if err := checkELF(given, arch); err != nil {
			return "", fmt.Errorf("check ONNX Runtime: %w", err)
		}
		return given, nil
	}
	p, err := pinnedRuntime(runtimeNames[arch])
	if err != nil {
		return "", err
	}
	return p.path(cache)
}

// pinnedRuntime is the library of the npm package that has the name there.
func pinnedRuntime(name string) (pinned, error) {
	sums, err := runtimeSums()
	if err != nil {
		return pinned{}, err
	}
	return pinned{name: name, sum: sums[name]}, nil
}

// path is where the library lies, in node_modules of this folder or one above, or in the cache.
func (p pinned) path(cache string) (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("look for ONNX Runtime: %w", err)
	}
	return p.find(here, cache)
}

// runtimeSums gives the SHA-256 sums, in hexadecimal, of what the npm package has below
// bin/napi-v6.
func runtimeSums() (map[string]string, error) {
	text, err := runtimeFiles.ReadFile("onnxruntime/SHA256SUMS")
	if err != nil {
		return nil, fmt.Errorf("read sums of ONNX Runtime: %w", err)
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] != "#" {
			sums[fields[1]] = fields[0]
		}
	}
	return sums, nil
}

// pinned is a library of the npm package onnxruntime-node, by its name below bin/napi-v6 and its
// SHA-256 in hexadecimal.
type pinned struct{ name, sum string }

// find looks in node_modules of the folder here and those above it, as Node does, then in
// the cache, and has npm fetch it into that. What has another hash is left alone.
func (p pinned) find(here, cache string) (string, error) {
	for dir := here; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "node_modules", "onnxruntime-node", "bin", "napi-v6", filepath.FromSlash(p.name))
		if p.is(path) {
			return path, nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	kept := filepath.Join(cache, "onnxruntime-"+runtimeVersion, filepath.FromSlash(p.name))
	if p.is(kept) {
		return kept, nil
	}
	fmt.Fprintf(os.Stderr, "Fetching ONNX Runtime %s with npm, once, into %s\n", runtimeVersion, cache)
	if err := p.fetch(kept); err != nil {
		return "", fmt.Errorf("fetch ONNX Runtime %s: %w: run `npm install --ignore-scripts onnxruntime-node@%s` in the folder of cdk.json, or name the library",
			runtimeVersion, err, runtimeVersion)
	}
	return kept, nil
}

// is reports whether the library lies at path.
func (p pinned) is(path string) bool {
	data, err := os.ReadFile(path)
	return err == nil && p.hashes(data)
}

func (p pinned) hashes(data []byte) bool {
	sum := sha256.Sum256(data)
	return p.sum != "" && hex.EncodeToString(sum[:]) == p.sum
}

// fetch has npm download the package, from whichever registry it is set up with, and puts the
// library at path.
func (p pinned) fetch(path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(filepath.Dir(path), "fetch-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	npm := exec.Command("npm", "pack", "--silent", "--ignore-scripts", "onnxruntime-node@"+runtimeVersion)
	npm.Dir = scratch
	if output, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm pack: %w\n%s", err, output)
	}
	archive := filepath.Join(scratch, "onnxruntime-node-"+runtimeVersion+".tgz")
	data, err := fromArchive(archive, "package/bin/napi-v6/"+p.name)
	if err != nil {
		return err
	}
	if !p.hashes(data) {
		return fmt.Errorf("%s has another SHA-256 than the pinned %s", p.name, p.sum)
	}
	library := filepath.Join(scratch, "library")
	if err := os.WriteFile(library, data, 0o644); err != nil {
		return err
	}
	return os.Rename(library, path)
}

// fromArchive reads one file of a .tgz.
func fromArchive(archive, name string) ([]byte, error) {
	file, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("unzip %s: %w", archive, err)
	}
	for entries := tar.NewReader(unzipped); ; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s has no %s", archive, name)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", archive, err)
		}
		if path.Clean(header.Name) == name {
			return io.ReadAll(entries)
		}
	}
}

// runtimeContent is that of the layer: lib/libonnxruntime.so and its licences.
func runtimeContent(library string) awslambda.Code {
	return writtenCode("ONNX Runtime of "+library, func(dir string) error {
		if err := copyFile(filepath.Join(dir, "lib", "libonnxruntime.so"), library); err != nil {
			return err
		}
		licences, err := fs.Sub(runtimeFiles, "onnxruntime/licences")
		if err != nil {
			return err
		}
		return writeFiles(filepath.Join(dir, "licences", "onnxruntime"), licences)
	})
}

// writeFiles copies files into a new folder, for everybody to read.
func writeFiles(dir string, files fs.FS) error {
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(dir, filepath.FromSlash(name))
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	})
}
