package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxUnzipped is Lambda's limit for the code and all layers together, in bytes.
const maxUnzipped = 250 << 20

// handlerRoom is kept free of maxUnzipped for the handler, in bytes. It is
// compiled after the check and has some 10 MB.
const handlerRoom = 20 << 20

// Assets are the directories that the stack uploads.
type Assets struct {
	Handler string // Go module of the handler, compiled on the way
	Runtime string // content of the runtime layer: lib/libonnxruntime.so and its licences
	Models  []ModelAsset
}

// findAssets checks that the library of `make layers` and the models are there
// under root and fit the configuration, and copies the models below scratch.
func findAssets(root, scratch string, c Config) (Assets, error) {
	assets := Assets{
		Handler: filepath.Join(root, "lambda"),
		Runtime: filepath.Join(root, "build", "layers", "runtime", string(c.Architecture)),
	}
	library := filepath.Join(assets.Runtime, "lib", "libonnxruntime.so")
	librarySize, err := fileSize(library)
	if err != nil {
		return Assets{}, fmt.Errorf("no ONNX Runtime library for %s: run `make layers` first (%w)", c.Architecture, err)
	}
	if err := checkELF(library, c.Architecture); err != nil {
		return Assets{}, fmt.Errorf("check runtime layer: %w", err)
	}
	assets.Models, err = findModels(root, scratch, c.Models, maxUnzipped-handlerRoom-librarySize)
	return assets, err
}

// placeholders are empty directories in place of the assets, for commands of the CDK
// that upload none.
func placeholders(scratch string, c Config) (Assets, error) {
	assets := Assets{Handler: filepath.Join(scratch, "handler"), Runtime: filepath.Join(scratch, "runtime")}
	dirs := []string{assets.Handler, assets.Runtime}
	for _, m := range c.Models {
		asset := ModelAsset{Name: m.Name, Dir: filepath.Join(scratch, "models", m.Name)}
		assets.Models = append(assets.Models, asset)
		dirs = append(dirs, asset.Dir)
	}
	for _, dir := range dirs {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return Assets{}, fmt.Errorf("make directory for an asset: %w", err)
		}
	}
	return assets, nil
}

// fileSize gives the size of a regular file in bytes.
func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("%s is not a file", path)
	}
	return info.Size(), nil
}

// copyFile gives the SHA-256 sum of what it copied, in hexadecimal.
func copyFile(to, from string) (string, error) {
	source, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(target, sum), source)
	// Lambda reads layers as another user, whatever the umask is here.
	return hex.EncodeToString(sum.Sum(nil)), errors.Join(err, target.Chmod(0o644), target.Close())
}
