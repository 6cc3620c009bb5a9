package predict

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// pngFile is a picture's file.
func pngFile(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// twoThings answers with a box of 30 x 20 pixels, one thinner than a pixel and one partly
// outside.
func twoThings(w http.ResponseWriter, _ *http.Request) {
	io.WriteString(w, `{"detections":[{"box":[5,5,35,25],"conf":0.9,"cls":"../person","cls_id":0},
		{"box":[7,7,7,9],"conf":0.8,"cls":"line","cls_id":1},{"box":[30,30,60,60],"conf":0.7,"cls":"..","cls_id":2}],"image":{"width":40,"height":40}}`)
}

// tree lists the files below a folder.
func tree(t *testing.T, folder string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(folder, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestCrops(t *testing.T) {
	job := newJob(t, 1, twoThings)
	folder, crops := t.TempDir(), t.TempDir()
	job.Sources = []Source{{Name: writeFile(t, folder, "a.png", string(pngFile(t, 40, 40)))}}
	job.Output.Crops = crops
	job.Format = JSONLines
	if err := job.Check(); err != nil {
		t.Fatal(err)
	}
	for r := range job.Results(t.Context()) {
		if r.Err != nil {
			t.Error(r.Err)
		}
	}
	want := []string{".._person/a.png-1.jpg", "_/a.png-3.jpg"}
	if got := tree(t, crops); !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	for i, size := range []image.Point{{30, 20}, {10, 10}} {
		data, err := os.ReadFile(filepath.Join(crops, want[i]))
		if err != nil {
			t.Fatal(err)
		}
		crop, _, err := image.DecodeConfig(bytes.NewReader(data))
		if err != nil || image.Pt(crop.Width, crop.Height) != size {
			t.Errorf("%s has %d x %d pixels, %v, want %v", want[i], crop.Width, crop.Height, err, size)
		}
	}
}

func TestFolderOf(t *testing.T) {
	for class, want := range map[string]string{
		"person": "person", "naïve ключ": "naïve ключ", "a/b\\c:d": "a_b_c_d", "..": "_", ".": "_", "": "_", "../x": ".._x",
		"a\x00\x1b[2J": "a__[2J", "trailing. ": "trailing", "/": "_",
	} {
		if got := folderOf(class); got != want {
			t.Errorf("%q: %q, want %q", class, got, want)
		}
	}
}

// A result is there as a whole or not at all: who reads the earlier one keeps it, and a link
// stays one.
func TestFilesReplace(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a file that is open can't be replaced")
	}
	folder := t.TempDir()
	path := writeFile(t, folder, "a.jpg", "earlier")
	link := filepath.Join(folder, "link.jpg")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	earlier, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer earlier.Close()
	if err := newFiles(nil).write(link, "a", []byte("later")); err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(earlier); err != nil || string(data) != "earlier" {
		t.Errorf("the earlier result became %q, %v", data, err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "later" {
		t.Errorf("the result is %q, %v", data, err)
	}
	if _, err := os.Readlink(link); err != nil {
		t.Error(err)
	}
	if names := tree(t, folder); !slices.Equal(names, []string{"a.jpg", "link.jpg"}) {
		t.Errorf("left behind: %q", names)
	}
}

// What is replaced keeps its permissions, and a link to what is not there yet leads to the result.
func TestFilesReplaceKeeps(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has no such permissions")
	}
	folder := t.TempDir()
	path := writeFile(t, folder, "a.jpg", "earlier")
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	link, target := filepath.Join(folder, "link.jpg"), filepath.Join(folder, "target.jpg")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{path, link} {
		if err := newFiles(nil).write(path, "a", []byte("later")); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o640 {
		t.Errorf("%v, %v, want the permissions that it had", info.Mode(), err)
	}
	if data, err := os.ReadFile(target); err != nil || string(data) != "later" {
		t.Errorf("behind the link is %q, %v", data, err)
	}
	// A folder that takes no other file, of a user who is not root: the file is written to as it is.
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(folder, 0o700)
	if err := newFiles(nil).write(path, "a", []byte("last")); err != nil {
		t.Error(err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "last" {
		t.Errorf("the result is %q, %v", data, err)
	}
}

// No file is written over that is a source, by whichever name it is reached, or that was made
// of another picture.
func TestFilesKeepApart(t *testing.T) {
	folder := t.TempDir()
	source := writeFile(t, folder, "source.jpg", "source")
	f := newFiles([]Source{{Name: source}, {Name: Stdin}, {Name: "missing"}})
	linked := filepath.Join(folder, "linked.jpg")
	if err := os.Link(source, linked); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(folder, "again.jpg")
	if err := f.write(again, "a", []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := f.write(again, "a", []byte("second")); err != nil {
		t.Errorf("a picture's own file can't be replaced: %v", err)
	}
	other := filepath.Join(folder, "AGAIN.jpg")
	if err := os.Link(again, other); err != nil {
		t.Fatal(err)
	}
	for path, reason := range map[string]string{
		source: "source.jpg would be written over",
		linked: "source.jpg would be written over",
		again:  "a and b would both be written to",
		other:  "are the same file",
	} {
		if err := f.write(path, "b", []byte("b")); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v, want %q", path, err, reason)
		}
	}
	if data, err := os.ReadFile(source); err != nil || string(data) != "source" {
		t.Errorf("the source is %q, %v", data, err)
	}
	if runtime.GOOS != "windows" {
		if err := os.Symlink(source, filepath.Join(folder, "symbolic.jpg")); err != nil {
			t.Fatal(err)
		}
		if err := f.write(filepath.Join(folder, "symbolic.jpg"), "b", nil); err == nil {
			t.Error("written through a symbolic link")
		}
	}
	// An earlier run's file is replaced.
	earlier := writeFile(t, folder, "earlier.jpg", "earlier")
	if err := f.write(earlier, "c", []byte("now")); err != nil {
		t.Error(err)
	}
}
