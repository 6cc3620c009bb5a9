package picture

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestCancel: decoding ends with its context, whatever the format.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, file := range []string{
		"sampling420.jpg", "progressive.jpg", "rgb.jpg", "cmyk.jpg", "jpeg.tif",
		"motif.png", "lossy.webp", "lossless.webp", "animated.gif", "lzw.tif",
	} {
		if _, err := Decode(ctx, yolotest.Read(t, filepath.Join("testdata", file))); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestCancelUpsample: each plane that is enlarged takes a look at the context.
func TestCancelUpsample(t *testing.T) {
	f, err := parseJPEG(yolotest.Read(t, filepath.Join("testdata", "planar441_baseline.jpg")), served)
	if err != nil {
		t.Fatal(err)
	}
	decoding, all := &looks{Context: t.Context()}, &looks{Context: t.Context()}
	samples, err := f.Decode(decoding)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := jpegImage(all, f); err != nil {
		t.Fatal(err)
	}
	if n := all.n.Load() - decoding.n.Load(); n != int64(len(samples.Planes)) {
		t.Errorf("%d looks after decoding %d planes", n, len(samples.Planes))
	}
}

// looks counts the looks at a context.
type looks struct {
	context.Context
	n atomic.Int64
}

func (l *looks) Err() error {
	l.n.Add(1)
	return l.Context.Err()
}
