package picture

import (
	"image"
	"os"
	"path/filepath"
	"testing"
)

// A JPEG is decoded in the memory of the one before, also of one that was turned.
func TestRelease(t *testing.T) {
	var memory *uint8 // of the first, than which none is larger
	for _, name := range []string{"sampling420.jpg", "orientation6_420.jpg", "gray.jpg", "sampling420.jpg"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Decode(t.Context(), data)
		if err != nil {
			t.Fatal(err)
		}
		var first *uint8
		switch img := p.Image.(type) {
		case *image.YCbCr:
			first = &img.Y[0]
		case *image.Gray:
			first = &img.Pix[0]
		}
		if memory == nil {
			memory = first
		}
		turned := name == "orientation6_420.jpg"
		if reused := first == memory; reused == turned {
			t.Errorf("%s: in the memory of the picture before: %v", name, reused)
		}
		p.Release()
		if p.Image != nil {
			t.Errorf("%s can still be used", name)
		}
	}
}
