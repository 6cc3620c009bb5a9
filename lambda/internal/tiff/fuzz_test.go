package tiff

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzDecode holds that any bytes are decoded or refused, without a panic, and that the
// picture has the size that the file claims.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("../picture/testdata/kinds/*.tif")
	if err != nil || len(files) < 100 {
		f.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(data, Limits{Side: 2000, Pixels: 1 << 18, JPEGScans: 20})
		if err != nil || file.ScanPixels > 1<<22 {
			return
		}
		img, err := file.Decode(t.Context())
		if err == nil && (img.Bounds().Dx() != file.Width || img.Bounds().Dy() != file.Height) {
			t.Fatalf("%v for %dx%d", img.Bounds(), file.Width, file.Height)
		}
	})
}
