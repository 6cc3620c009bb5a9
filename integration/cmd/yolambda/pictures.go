package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// stdin is the argument that means the standard input.
const stdin = "-"

// suffixes are the names of picture files that are taken from a folder. What a
// file really is, its bytes tell.
var suffixes = []string{".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"}

// listPictures replaces each folder by its pictures, sorted by name. A path
// that can't be read is kept: it becomes a failed picture of its own.
func listPictures(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if arg == stdin || err != nil || !info.IsDir() {
			files = append(files, arg)
			continue
		}
		entries, err := os.ReadDir(arg) // sorted
		if err != nil {
			return nil, fmt.Errorf("list pictures: %w", err)
		}
		before := len(files)
		for _, entry := range entries {
			name := entry.Name()
			hidden := strings.HasPrefix(name, ".") // macOS leaves ._a.jpg next to a.jpg
			if !entry.IsDir() && !hidden && slices.Contains(suffixes, strings.ToLower(filepath.Ext(name))) {
				files = append(files, filepath.Join(arg, name))
			}
		}
		if len(files) == before {
			return nil, usagef("no pictures in %s (looked for %s)", arg, strings.Join(suffixes, " "))
		}
	}
	return files, nil
}

// readPicture reads a file, or the standard input.
func readPicture(file string, in io.Reader) ([]byte, error) {
	if file != stdin {
		return os.ReadFile(file)
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	return data, nil
}
