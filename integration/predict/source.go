package predict

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Stdin is the argument that means the standard input.
const Stdin = "-"

// suffixes are the names of picture files that are taken from a folder. What a
// file really is, its bytes tell.
var suffixes = []string{".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"}

// Source is a picture to ask about.
type Source struct {
	// Name is what the user called it; it names the picture in every result.
	Name string
}

// isFile reports whether Name is a file's path.
func (s Source) isFile() bool { return s.Name != Stdin }

// rel is the path of what is made of the picture, below the folder where it goes, but for
// its suffix.
func (s Source) rel() string {
	if s.Name == Stdin {
		return "stdin"
	}
	return filepath.Base(s.Name)
}

// List replaces each folder among the arguments by its pictures, sorted by name. A
// path that can't be read is kept: it becomes a failed picture of its own.
func List(args []string) ([]Source, error) {
	var sources []Source
	for _, arg := range args {
		info, err := os.Stat(arg)
		if arg == Stdin || err != nil || !info.IsDir() {
			sources = append(sources, Source{Name: arg})
			continue
		}
		entries, err := os.ReadDir(arg) // sorted
		if err != nil {
			return nil, fmt.Errorf("list pictures: %w", err)
		}
		before := len(sources)
		for _, entry := range entries {
			name := entry.Name()
			hidden := strings.HasPrefix(name, ".") // macOS leaves ._a.jpg next to a.jpg
			if !entry.IsDir() && !hidden && slices.Contains(suffixes, strings.ToLower(filepath.Ext(name))) {
				sources = append(sources, Source{Name: filepath.Join(arg, name)})
			}
		}
		if len(sources) == before {
			return nil, fmt.Errorf("no pictures in %s (looked for %s)", arg, strings.Join(suffixes, " "))
		}
	}
	return sources, nil
}

// read reads the picture's bytes, of the standard input from stdin.
func (s Source) read(_ context.Context, stdin io.Reader) ([]byte, error) {
	return ReadFile(s.Name, stdin)
}

// ReadFile reads a file, or for the name [Stdin] all of stdin.
func ReadFile(name string, stdin io.Reader) ([]byte, error) {
	if name != Stdin {
		return os.ReadFile(name)
	}
	data, err := io.ReadAll(stdin)
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	return data, nil
}
