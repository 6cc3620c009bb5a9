package picture

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzDecode holds what [Decode] promises for any bytes.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil || len(files) < 40 {
		f.Fatalf("%d fixtures, %v", len(files), err)
	}
	kinds, err := filepath.Glob("testdata/kinds/*.*")
	if err != nil || len(kinds) < 150 {
		f.Fatalf("%d kinds, %v", len(kinds), err)
	}
	for _, file := range append(files, kinds...) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(pngHeader(6000, 6000, 16, 6))
	f.Add(overlappingStrips())
	f.Add(webp(riff("VP8L", vp8lHeader(3000, 3000))))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Decode(t.Context(), data)
		if err != nil {
			kindOf(t, err)
			return
		}
		checkPromises(t, p)
		p.Release() // for the next input
	})
}
