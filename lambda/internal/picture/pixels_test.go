package picture

import (
	"os"
	"path/filepath"
	"testing"
)

// What the headers claim is what is decoded, for every file that is.
func TestPixels(t *testing.T) {
	for _, pattern := range []string{"testdata/*.*", "testdata/kinds/*.*"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) < 10 {
			t.Fatal(files, err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			p, err := Decode(t.Context(), data)
			if err != nil {
				continue
			}
			size := p.Image.Bounds().Size()
			p.Release()
			if got := Pixels(data); got != size.X*size.Y {
				t.Errorf("%s: %d pixels claimed, %d x %d decoded", name, got, size.X, size.Y)
			}
		}
	}
	for _, text := range []string{"", "hello", "\xff\xd8", "GIF89a", "RIFF....WEBP", "BM", "II*\x00"} {
		if n := Pixels([]byte(text)); n != 0 {
			t.Errorf("%q claims %d pixels", text, n)
		}
	}
}
