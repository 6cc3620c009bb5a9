package picture

import (
	"image"
	"image/draw"
	"os"
	"path/filepath"
	"strings"
	"testing"

	xdraw "golang.org/x/image/draw"
)

// sharedImages is where the project's shared pictures are, which are not part of
// the repository.
func sharedImages(t testing.TB) string {
	dir := filepath.Join("..", "..", "..", "..", "shared", "images")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("YOLAMBDA_REQUIRE_SHARED") == "1" {
			t.Fatalf("the shared pictures are missing: %v", err)
		}
		t.Skipf("the shared pictures are missing: %v", err)
	}
	return dir
}

// TestVariants compares one photograph, saved in every way, with its PNG.
// Tolerances are mean absolute differences of RGB values; what Pillow decodes
// differs as much, but for chroma, which it interpolates.
func TestVariants(t *testing.T) {
	dir := filepath.Join(sharedImages(t), "variants")
	reference := decode(t, filepath.Join(dir, "reference.png")).Image
	grayReference := gray(reference)
	// Some variants are of half the size, or have the colours of another model.
	half := image.NewRGBA(image.Rect(0, 0, 320, 180))
	xdraw.BiLinear.Scale(half, half.Rect, reference, reference.Bounds(), draw.Src, nil)
	grayHalf := gray(half)

	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := f.Name()
		t.Run(name, func(t *testing.T) {
			switch filepath.Ext(name) {
			case ".avif", ".heic", ".jp2":
				_, err := Decode(t.Context(), load(t, filepath.Join(dir, name)))
				if kindOf(t, err) != Unsupported || !strings.Contains(err.Error(), "convert it to JPEG or PNG") {
					t.Errorf("%v", err)
				}
				return
			}
			want, tolerance := reference, map[string]float64{
				".jpg": 4.5, ".webp": 7, ".gif": 6, ".png": 0, ".bmp": 0, ".tif": 0,
			}[filepath.Ext(name)]
			got := decode(t, filepath.Join(dir, name)).Image
			isGray := strings.Contains(name, "gray")
			switch {
			case got.Bounds().Dx() == 320 && isGray:
				want, tolerance = grayHalf, 5 // another filter made it smaller
			case got.Bounds().Dx() == 320:
				want, tolerance = half, tolerance+5
			case isGray:
				want = grayReference
			}
			switch name {
			case "png_gray1.png": // dithered
				tolerance = 110
			case "png_gray8.png", "png_gray_alpha8.png":
				tolerance = 1 // rounding of the luma
			case "png_palette.png", "png_palette_trns.png", "bmp8.bmp":
				tolerance = 6
			case "tiff_jpeg.tif":
				tolerance = 5
			case "webp_lossless.webp":
				tolerance = 0
			}
			d := meanDiff(t, got, want)
			t.Logf("%T differs by %.2f", got, d)
			if d > tolerance {
				t.Errorf("differs by %.2f on average, tolerance %.2f", d, tolerance)
			}
		})
	}
}

// TestHostile decodes what can be decoded and says why the rest cannot.
func TestHostile(t *testing.T) {
	dir := filepath.Join(sharedImages(t), "hostile")
	for file, c := range map[string]struct {
		kind    Kind // 0: decodes
		message string
	}{
		"12mp_4032x3024.jpg":           {},
		"1x1.jpg":                      {},
		"1x1.png":                      {},
		"bad_crc.png":                  {Broken, "the PNG picture is broken"},
		"bomb_20000x20000_gray1.png":   {TooLarge, "20000x20000"},
		"bomb_20000x20000_rgb8.png":    {TooLarge, "20000x20000"},
		"lying_header_60000x60000.png": {TooLarge, "60000x60000"},
		"png_named.jpg":                {},
		"tall_10x4000.jpg":             {},
		"text.jpg":                     {Unsupported, "send JPEG"},
		"trailing_garbage.jpg":         {},
		"truncated.png":                {Broken, "truncated"},
		"truncated_half.jpg":           {Broken, "truncated"},
		"truncated_header.jpg":         {Broken, "truncated"},
		"wide_4000x10.jpg":             {},
		"zero_byte.jpg":                {Broken, "empty"},
	} {
		p, err := Decode(t.Context(), load(t, filepath.Join(dir, file)))
		switch {
		case c.kind == 0 && err != nil:
			t.Errorf("%s: %v", file, err)
		case c.kind == 0:
			checkPromises(t, p)
		case err == nil:
			t.Errorf("%s: was decoded", file)
		case kindOf(t, err) != c.kind || !strings.Contains(err.Error(), c.message):
			t.Errorf("%s: %v", file, err)
		}
	}
}
