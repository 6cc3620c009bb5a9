package picture

import (
	"bytes"
	"image"
	"image/png"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// refusedKinds are the kinds that are refused, and with which words.
var refusedKinds = map[string]string{
	"tif_zstd.tif":      "compressed with Zstandard",
	"tif_lzma.tif":      "compressed with LZMA",
	"tif_webp.tif":      "compressed with WebP",                // Pillow refuses it too
	"tif_rgb_float.tif": "32 bits a sample, of floating point", // Pillow too
	"tif_lab.tif":       "CIE L*a*b* colours",
}

// highByte are the kinds of which Pillow makes black and white and OpenCV, which
// Ultralytics uses, keeps the high byte of 16 bits. Their truth is another picture's.
var highByte = map[string]string{"tif_gray16.tif": "tif_gray8.tif"}

// TestKinds reads one picture in every kind of file, and holds that its pixels are
// Pillow's, to the last bit, or that it is refused by name.
func TestKinds(t *testing.T) {
	dir := yolotest.Shared(t, "images", "kinds")
	files, err := filepath.Glob(filepath.Join(dir, "*.*"))
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		if name == "kinds.json" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			p, err := Decode(t.Context(), yolotest.Read(t, file))
			if words, refused := refusedKinds[name]; refused {
				if err == nil || kindOf(t, err) != Unsupported || !strings.Contains(err.Error(), words) {
					t.Errorf("error %v, want %q", err, words)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkPromises(t, p)
			truth := name
			if other := highByte[name]; other != "" {
				truth = other
			}
			want, err := png.Decode(bytes.NewReader(yolotest.Read(t, filepath.Join(dir, "truth", truth+".png"))))
			if err != nil {
				t.Fatal(err)
			}
			checkEqual(t, p.Image, want)
		})
	}
}

// checkEqual holds that two pictures have the same pixels.
func checkEqual(t *testing.T, got, want image.Image) {
	t.Helper()
	if got.Bounds() != want.Bounds() {
		t.Fatalf("bounds %v, want %v", got.Bounds(), want.Bounds())
	}
	a, b := toRGBA(got), toRGBA(want)
	worst, differing := 0, 0
	for i := range a.Pix {
		if d := int(a.Pix[i]) - int(b.Pix[i]); d != 0 {
			worst = max(worst, d, -d)
			differing++
		}
	}
	if differing > 0 {
		t.Errorf("%d of %d samples differ, by %d at most", differing, len(a.Pix)/4*3, worst)
	}
}

// TestFixtureKinds is TestKinds for the project's own files, which testdata/kinds/make.py
// wrote.
func TestFixtureKinds(t *testing.T) {
	checkGolden(t, filepath.Join("kinds", "golden.json"), filepath.Join("testdata", "kinds"))
}
