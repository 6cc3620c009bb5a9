package bmp

import (
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// FuzzDecode holds that any bytes are decoded or refused, without a panic.
func FuzzDecode(f *testing.F) {
	yolotest.Seeds(f, "../picture/testdata/kinds/*.bmp", 30)
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(data)
		if err != nil || file.Width <= 0 || file.Height <= 0 || file.Width > 2000 || file.Height > 2000 {
			return // the caller's limits
		}
		img, err := file.Decode(t.Context())
		if err == nil && (img.Rect.Dx() != file.Width || img.Rect.Dy() != file.Height) {
			t.Fatalf("%v for %dx%d", img.Rect, file.Width, file.Height)
		}
	})
}
