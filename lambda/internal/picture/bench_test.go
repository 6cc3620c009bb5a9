package picture

import (
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// BenchmarkDecode decodes photographs of 640x360 pixels in each format, and some
// of other sizes.
func BenchmarkDecode(b *testing.B) {
	dir := yolotest.Shared(b, "images")
	b.Run("12mp turned", func(b *testing.B) {
		data := withOrientation(yolotest.Read(b, filepath.Join(dir, "hostile/12mp_4032x3024.jpg")), 6)
		for b.Loop() {
			p, err := Decode(b.Context(), data)
			if err != nil {
				b.Fatal(err)
			}
			p.Release()
		}
	})
	for _, file := range []string{
		"variants/jpeg_baseline_420.jpg", "variants/jpeg_progressive_420.jpg", "variants/jpeg_gray.jpg", "variants/jpeg_cmyk_adobe.jpg",
		"variants/exif_orientation_6.jpg", "variants/png_rgb8.png", "variants/webp_lossy.webp", "variants/webp_lossless.webp",
		"variants/gif.gif", "variants/bmp8.bmp", "variants/tiff_lzw.tif", "variants/tiff_jpeg.tif",
		"real/bus.jpg", "real/example.jpg", "hostile/12mp_4032x3024.jpg",
	} {
		data := yolotest.Read(b, filepath.Join(dir, file))
		b.Run(filepath.Base(file), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(b.Context(), data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
