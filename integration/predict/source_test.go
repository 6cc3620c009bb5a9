package predict

import (
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
