package predict

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestList(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"a/B.PNG", "a/a.jpg", "a/._a.jpg", "a/notes.txt", "a/sub/c.jpg", "a/sub/deep/a.jpg",
		"a/sub/list.csv", "a/.hidden/d.jpg", "none/sub/a.jpg", "empty/notes.txt"} {
		writeFile(t, ".", name, "x")
	}
	if err := os.Symlink("a", "link"); err != nil {
		t.Skip(err) // on Windows it takes a right
	}
	all := []string{"a/B.PNG", "a/a.jpg", "a/sub/c.jpg", "a/sub/deep/a.jpg"}
	tests := []struct {
		name      string
		args      []string
		recursive bool
		names     []string
		rels      []string
		notes     []string
		err       string
	}{
		{"a folder", []string{"a"}, false, all[:2], []string{"B.PNG", "a.jpg"},
			[]string{"a: skipped 1 file without a picture's name and 1 folder (--recursive looks into them)"}, ""},
		{"its folders", []string{"a"}, true, all, []string{"B.PNG", "a.jpg", "sub/c.jpg", "sub/deep/a.jpg"},
			[]string{"a: skipped 2 files without a picture's name"}, ""},
		{"a link to a folder", []string{"link"}, true, []string{"link/B.PNG", "link/a.jpg", "link/sub/c.jpg", "link/sub/deep/a.jpg"},
			[]string{"B.PNG", "a.jpg", "sub/c.jpg", "sub/deep/a.jpg"}, []string{"link: skipped 2 files without a picture's name"}, ""},
		{"all else", []string{"missing.jpg", "-", "https://example.com/x/y.jpg?a=b", "a/a.jpg"}, true,
			[]string{"missing.jpg", "-", "https://example.com/x/y.jpg?a=b", "a/a.jpg"}, []string{"missing.jpg", "stdin", "y.jpg", "a.jpg"}, nil, ""},
		{"nothing but folders", []string{"none"}, false, nil, nil, nil, "--recursive looks into its folders"},
		{"an address in capitals", []string{"HTTPS://example.com/y.jpg"}, true, []string{"HTTPS://example.com/y.jpg"}, []string{"y.jpg"}, nil, ""},
		{"stdin twice", []string{"-", "a/a.jpg", "-"}, true, nil, nil, nil, "- is given twice"},
		{"no pictures", []string{"empty"}, true, nil, nil, nil, "no pictures in empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sources, notes, err := List(tt.args, tt.recursive)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("%v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var names, rels []string
			for _, s := range sources {
				names, rels = append(names, filepath.ToSlash(s.Name)), append(rels, filepath.ToSlash(s.rel()))
			}
			if !slices.Equal(names, tt.names) || !slices.Equal(rels, tt.rels) || !slices.Equal(notes, tt.notes) {
				t.Errorf("%q at %q, %q", names, rels, notes)
			}
		})
	}
	if os.Geteuid() == 0 {
		return // who may read everything
	}
	if err := os.Chmod("a/sub", 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod("a/sub", 0o777)
	if _, _, err := List([]string{"a"}, true); err == nil {
		t.Error("a folder that can't be read is passed over")
	}
}

// What a folder holds under a picture's name, and is no file, keeps nobody waiting.
func TestListPipe(t *testing.T) {
	t.Chdir(t.TempDir())
	listener, err := net.Listen("unix", "a.jpg")
	if err != nil {
		t.Skip(err)
	}
	defer listener.Close()
	for _, link := range []string{"link.jpg", "clip.mp4"} {
		if err := os.Symlink("a.jpg", link); err != nil {
			t.Fatal(err)
		}
	}
	sources, _, err := List([]string{"."}, false)
	if err != nil || len(sources) != 3 {
		t.Fatalf("%v, %v", sources, err)
	}
	for _, s := range sources {
		if _, err := s.read(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "a pipe or a device") || s.isVideo() {
			t.Errorf("%s: %v, want what it is, for ffmpeg is not to wait either", s.Name, err)
		}
	}
}

// A pipe that nobody writes to must not keep the program from ending.
func TestReadFileEndsWithContext(t *testing.T) {
	silent, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ReadFile(ctx, Stdin, silent); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that it was cancelled", err)
	}
}

func TestReadFileOfAddress(t *testing.T) {
	_, err := ReadFile(t.Context(), "s3://bucket/a.jpg", nil)
	if err == nil || !strings.Contains(err.Error(), "http and https") {
		t.Errorf("%v, want which addresses are read", err)
	}
}

// What has no end, as a device, is refused before the memory is full.
func TestReadAtMost(t *testing.T) {
	for length, want := range map[int]string{0: "", 7: "", 8: "", 9: "too_large: x is over 0 MB"} {
		data, err := readAtMost(strings.NewReader(strings.Repeat("a", length)), "read x", "x", 8)
		if got := errorText(err); got != want || (err == nil && len(data) != length) {
			t.Errorf("%d bytes: %d read, %q, want %q", length, len(data), got, want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Whatever an address is, what is made of its picture stays in the folder.
func TestRelOfAddress(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.example/b/c.jpg":       "c.jpg",
		"https://a.example/b/c%2F..%2Fd":  "d",
		"https://a.example/..":            "_",
		"https://a.example/":              "_",
		"https://a.example":               "_",
		"https://a.example/%1b[2J?x=1#y":  "_[2J",
		"http://[::1]/a:b.png":            "a_b.png",
		"https://a.example/%zz?/..":       "_",
		"https://a.example/%zz/photo.jpg": "photo.jpg",
	} {
		if got := (Source{Name: address}).rel(); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
