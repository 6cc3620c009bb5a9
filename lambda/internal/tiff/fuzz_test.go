package tiff

import (
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// FuzzDecode holds that any bytes are decoded or refused, without a panic, and that the
// picture has the size that the file claims.
func FuzzDecode(f *testing.F) {
	yolotest.Seeds(f, "../picture/testdata/kinds/*.tif", 100)
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
