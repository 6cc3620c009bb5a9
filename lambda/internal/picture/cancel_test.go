package picture

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
)

// TestCancel: decoding ends with its context, whatever the format.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, file := range []string{
		"sampling420.jpg", "progressive.jpg", "rgb.jpg", "cmyk.jpg", "jpeg.tif",
		"motif.png", "lossy.webp", "lossless.webp", "animated.gif", "lzw.tif",
	} {
		if _, err := Decode(ctx, load(t, filepath.Join("testdata", file))); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", file, err)
		}
	}
}
