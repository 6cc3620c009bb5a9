package yolotest

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "draw squares.png anew")

// recorder notes how a test would have ended, and lets it go on to its end.
type recorder struct {
	testing.TB
	ended string
}

func (r *recorder) Helper()      {}
func (r *recorder) Fatal(...any) { r.end("failed") }
func (r *recorder) Skip(...any)  { r.end("skipped") }
func (r *recorder) end(how string) {
	if r.ended == "" {
		r.ended = how
	}
}

// A variable makes a must of what it names when it is 1, and only then.
func TestMissing(t *testing.T) {
	for _, need := range []Need{Build, Folder, Tools} {
		for value, want := range map[string]string{"1": "failed", "0": "skipped", "": "skipped"} {
			t.Setenv(string(need), value)
			r := &recorder{TB: t}
			Missing(r, need, "nothing is there")
			if r.ended != want {
				t.Errorf("%s=%q: the test is %s, want %s", need, value, r.ended, want)
			}
		}
	}
	t.Setenv(string(Build), "1")
	r := &recorder{TB: t}
	Built(r, "build/no such file")
	if r.ended != "failed" {
		t.Errorf("without a built file the test is %q", r.ended)
	}
}

func TestRoot(t *testing.T) {
	here := Root(t, "lambda", "yolotest")
	t.Chdir(t.TempDir()) // the root stays what it was
	if got := Root(t, "lambda", "yolotest"); got != here || filepath.Base(filepath.Dir(got)) != "lambda" {
		t.Errorf("%s, at first %s", got, here)
	}
	for _, name := range []string{"squares", "squares-seg"} {
		if _, err := os.Stat(Fixture(t, name)); err != nil {
			t.Error(err)
		}
	}
}

// The file is what Draw draws.
func TestSquaresPNG(t *testing.T) {
	want := Draw(image.Pt(SquaresWidth, SquaresHeight), Red, Blue)
	if *update {
		if err := os.WriteFile("squares.png", PNG(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	file, err := png.Decode(bytes.NewReader(Read(t, "squares.png")))
	if err != nil {
		t.Fatal(err)
	}
	if file.Bounds() != want.Rect {
		t.Fatalf("%v, want %v", file.Bounds(), want.Rect)
	}
	for y := range want.Rect.Dy() {
		for x := range want.Rect.Dx() {
			r, g, b, a := file.At(x, y).RGBA()
			if wr, wg, wb, wa := want.At(x, y).RGBA(); r != wr || g != wg || b != wb || a != wa {
				t.Fatalf("pixel %d,%d differs: run go test ./lambda/yolotest -update", x, y)
			}
		}
	}
}

func TestMatches(t *testing.T) {
	for _, tt := range []struct {
		class string
		box   [4]int
		want  bool
	}{
		{"red", [4]int{30, 40, 126, 136}, true},
		{"red", [4]int{37, 33, 126, 136}, true},
		{"red", [4]int{38, 40, 126, 136}, false},
		{"red", [4]int{30, 40, 126, 128}, false},
		{"blue", [4]int{30, 40, 126, 136}, false},
	} {
		if got := Red.Matches(tt.class, tt.box); got != tt.want {
			t.Errorf("%s at %v: %v", tt.class, tt.box, got)
		}
	}
}
