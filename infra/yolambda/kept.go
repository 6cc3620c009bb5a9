package yolambda

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// kept is a folder in which a synthesis leaves for the next one what takes time to make. All of it
// may be thrown away: it is made again.
type kept struct{ dir string }

// cacheFolder is the given folder, or else that of the user's own for YOLambda.
func cacheFolder(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder to keep what a synthesis makes: name one in EndpointProps.Cache, or set HOME: %w", err)
	}
	return filepath.Join(cache, "yolambda"), nil
}

// get gives what was kept last under the name, if it was for the same key and is whole.
func (k kept) get(name, key string) ([]byte, bool) {
	data, err := os.ReadFile(filepath.Join(k.dir, name))
	if err != nil || len(data) < sha256.Size {
		return nil, false
	}
	seal, data := data[:sha256.Size], data[sha256.Size:]
	return data, bytes.Equal(seal, sealOf(key, data))
}

// put keeps the data in place of what was under the name. Where that fails, nothing is kept, and a
// line says so.
func (k kept) put(name, key string, data []byte) {
	if err := k.replace(name, key, data); err != nil {
		fmt.Fprintf(os.Stderr, "%s is not kept for the next synthesis: %v\n", name, err)
	}
}

func (k kept) replace(name, key string, data []byte) error {
	if err := os.MkdirAll(k.dir, 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(k.dir, name+"-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, sealed := file.Write(sealOf(key, data))
	_, written := file.Write(data)
	if err := errors.Join(sealed, written, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), filepath.Join(k.dir, name)) // whole, for another synthesis that reads it meanwhile
}

// sealOf is the hash of the data and of what they were made of.
func sealOf(key string, data []byte) []byte {
	of, seal := sha256.Sum256([]byte(key)), sha256.New()
	seal.Write(of[:])
	seal.Write(data)
	return seal.Sum(nil)
}

// program has build make a program at the path out, as `go build -o` does, where the one that was
// kept under the name lies already: Go leaves it as it is where its build ID says that it is of the same sources,
// flags and tools, and saves itself the linking. The key is what that ID does not tell: the compiler's name, which
// stands for its linker and C library. Where these alone are changed, below the same name, the old program stays.
func (k kept) program(name, key, out string, build func() error) error {
	before, ok := k.get(name, key)
	if ok {
		if err := os.WriteFile(out, before, 0o755); err != nil {
			return err
		}
	}
	if err := build(); err != nil {
		return err
	}
	after, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	if !ok || !bytes.Equal(before, after) {
		k.put(name, key, after)
	}
	return nil
}
