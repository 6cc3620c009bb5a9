package picture

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"path/filepath"
	"slices"
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
	decoding, all := yolotest.NewLooks(t.Context(), -1), yolotest.NewLooks(t.Context(), -1)
	samples, err := f.Decode(decoding)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := jpegImage(all, f); err != nil {
		t.Fatal(err)
	}
	if n := all.N() - decoding.N(); n != len(samples.Planes) {
		t.Errorf("%d looks after decoding %d planes", n, len(samples.Planes))
	}
}

// TestCancelEmptyBlocks: a stream may give nothing for as long as there are blocks, which
// takes a look at the context as well.
func TestCancelEmptyBlocks(t *testing.T) {
	var pixels bytes.Buffer
	w := zlib.NewWriter(&pixels)
	w.Write([]byte{0, 1, 2, 3})
	w.Close()
	const blocks = 10_000
	stream := yolotest.EmptyBlocks(pixels.Bytes(), blocks)
	inTIFF := map[uint16]uint32{256: 4, 257: 1, 258: 8, 259: 8, 262: 1, 273: 0, 278: 1, 279: uint32(len(stream))}
	inTIFF[273] = uint32(len(tiffFile(inTIFF)))
	for name, file := range map[string][]byte{
		"PNG": slices.Concat(pngHeader(3, 1, 8, 0), pngChunk("IDAT", stream), pngChunk("IEND", nil)),
		"PNG in chunks that are empty": slices.Concat(pngHeader(3, 1, 8, 0), bytes.Repeat(pngChunk("IDAT", nil), blocks),
			pngChunk("IDAT", pixels.Bytes()), pngChunk("IEND", nil)),
		"TIFF": append(tiffFile(inTIFF), stream...),
	} {
		if _, err := Decode(t.Context(), file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		half := yolotest.NewLooks(t.Context(), blocks/2-1)
		if _, err := Decode(half, file); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled half way: %v", name, err)
		}
	}
}
