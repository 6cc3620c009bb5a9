package picture

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestVariants compares one photograph, saved in every way, with what Pillow makes of
// each, to the last bit.
func TestVariants(t *testing.T) {
	checkGolden(t, "shared.json", yolotest.Shared(t, "images", "variants"))
}

// TestUnreadVariants refuses what is not read, with a way out.
func TestUnreadVariants(t *testing.T) {
	for _, name := range []string{"avif.avif", "heic.heic", "jp2.jp2"} {
		_, err := Decode(t.Context(), yolotest.Read(t, yolotest.Shared(t, "images", "variants", name)))
		if kindOf(t, err) != Unsupported || !strings.Contains(err.Error(), "JPEG") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHostile decodes what can be decoded and says why the rest cannot.
func TestHostile(t *testing.T) {
	dir := yolotest.Shared(t, "images", "hostile")
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
		p, err := Decode(t.Context(), yolotest.Read(t, filepath.Join(dir, file)))
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
