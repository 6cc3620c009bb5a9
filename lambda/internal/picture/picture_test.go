package picture

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

func load(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t testing.TB, path string) *Picture {
	t.Helper()
	p, err := Decode(t.Context(), load(t, path))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	checkPromises(t, p)
	return p
}

// checkPromises holds what the documentation of Picture says.
func checkPromises(t testing.TB, p *Picture) {
	t.Helper()
	b := p.Image.Bounds()
	if b.Min != (image.Point{}) || b.Dx() < 1 || b.Dy() < 1 || b.Dx() > MaxSide || b.Dy() > MaxSide || b.Dx()*b.Dy() > MaxPixels {
		t.Fatalf("bounds %v", b)
	}
	last := image.Pt(b.Max.X-1, b.Max.Y-1)
	switch m := p.Image.(type) {
	case *image.Gray:
		_ = m.Pix[m.PixOffset(last.X, last.Y)]
	case *image.YCbCr:
		_, _, _ = m.Y[m.YOffset(last.X, last.Y)], m.Cb[m.COffset(last.X, last.Y)], m.Cr[m.COffset(last.X, last.Y)]
	case *image.RGBA:
		for y := range b.Dy() {
			for i := m.PixOffset(0, y) + 3; i < m.PixOffset(b.Max.X-1, y)+4; i += 4 {
				if m.Pix[i] != 255 {
					t.Fatalf("alpha %d in row %d", m.Pix[i], y)
				}
			}
		}
	default:
		t.Fatalf("type %T", p.Image)
	}
}

// meanDiff is the mean absolute difference of two pictures' 8-bit RGB values.
func meanDiff(t testing.TB, a, b image.Image) float64 {
	t.Helper()
	if a.Bounds() != b.Bounds() {
		t.Fatalf("bounds %v, want %v", a.Bounds(), b.Bounds())
	}
	ra, rb := toRGBA(a), toRGBA(b)
	sum := 0.0
	for i := range ra.Pix {
		sum += math.Abs(float64(ra.Pix[i]) - float64(rb.Pix[i]))
	}
	return sum / float64(len(ra.Pix)) * 4 / 3 // alpha does not differ
}

// TestVP8Pixels compares a lossy WebP with what Pillow, that is libwebp, makes of
// it, to the last bit.
func TestVP8Pixels(t *testing.T) {
	const pillow = "494461710c8bcc4dd7291b68c22204c89cacfa911c3e9f9e85662ca78a582919" // of .convert("RGBA").tobytes()
	p := decode(t, "testdata/lossy.webp")
	if got := fmt.Sprintf("%x", sha256.Sum256(p.Image.(*image.RGBA).Pix)); got != pillow {
		t.Errorf("SHA-256 of the pixels is %s, want Pillow's %s", got, pillow)
	}
}

// TestJPEGPixels compares JPEGs that become RGB here with what Pillow makes of
// them, to the last bit. (Those of YCbCr are compared in the package jpeg.)
func TestJPEGPixels(t *testing.T) {
	for file, pillow := range map[string]string{ // of .convert("RGB").convert("RGBA").tobytes()
		"rgb.jpg":  "8f5480ef2200964c1d744030ac89b8cfd06222adff59bb9784928a1970874f02",
		"cmyk.jpg": "169bf5fe67da7114db7a8e7d2f123ffc931ffefcd3d0806d808b6762a43dffe3",
		"ycck.jpg": "e644d7c0112e89de530cedf4e631d9c00df50a4668c85249cf794aad8fc6fc5c",
	} {
		p := decode(t, filepath.Join("testdata", file))
		if got := fmt.Sprintf("%x", sha256.Sum256(p.Image.(*image.RGBA).Pix)); got != pillow {
			t.Errorf("%s: SHA-256 of the pixels is %s, want Pillow's %s", file, got, pillow)
		}
	}
}

// gray is a picture's luma, written out in RGB by meanDiff.
func gray(m image.Image) image.Image {
	g := image.NewGray(m.Bounds())
	draw.Draw(g, g.Rect, m, image.Point{}, draw.Src)
	return g
}

// TestFixtures compares the files of testdata/make.py with the motif they show.
// The tolerances are the codecs' own loss, which Pillow sees too, plus 0.3; for
// subsampled chroma Pillow interpolates and Go repeats samples: plus 2.
func TestFixtures(t *testing.T) {
	motif := decode(t, "testdata/motif.png").Image
	ycbcr, rgba := &image.YCbCr{}, &image.RGBA{}
	for _, c := range []struct {
		file      string
		format    Format
		kind      image.Image
		reference image.Image
		tolerance float64
	}{
		{"motif.png", PNG, rgba, motif, 0},
		{"palette.png", PNG, rgba, motif, 4.7},
		{"orientation6_early.png", PNG, rgba, motif, 0},
		{"orientation8_late.png", PNG, rgba, motif, 0},

		{"orientation1.jpg", JPEG, ycbcr, motif, 2.3},
		{"orientation2.jpg", JPEG, ycbcr, motif, 2.3},
		{"orientation3.jpg", JPEG, ycbcr, motif, 2.3},
		{"orientation4.jpg", JPEG, ycbcr, motif, 2.3},
		{"orientation5.jpg", JPEG, ycbcr, motif, 2.3},
		{"orientation6.jpg", JPEG, ycbcr, motif, 2.3},
		{"orientation7.jpg", JPEG, ycbcr, motif, 2.3},
		{"orientation8.jpg", JPEG, ycbcr, motif, 2.3},
		{"progressive.jpg", JPEG, ycbcr, motif, 7.6},
		{"progressive444.jpg", JPEG, ycbcr, motif, 2.3},
		{"restart.jpg", JPEG, ycbcr, motif, 7.6},
		{"sampling444.jpg", JPEG, ycbcr, motif, 2.4},
		{"sampling422.jpg", JPEG, ycbcr, motif, 6},
		{"sampling420.jpg", JPEG, ycbcr, motif, 7.6},
		{"sampling440.jpg", JPEG, ycbcr, motif, 6.2},
		{"sampling411.jpg", JPEG, ycbcr, motif, 7.1},
		{"planar410_baseline.jpg", JPEG, ycbcr, motif, 10},
		{"planar410_progressive.jpg", JPEG, ycbcr, motif, 10},
		{"planar420_baseline.jpg", JPEG, ycbcr, motif, 8},
		{"planar420_progressive.jpg", JPEG, ycbcr, motif, 8},
		{"planar441_baseline.jpg", JPEG, ycbcr, motif, 8.7},
		{"planar441_progressive.jpg", JPEG, ycbcr, motif, 8.7},
		{"planaruneven_baseline.jpg", JPEG, ycbcr, motif, 6.5},
		{"planaruneven_progressive.jpg", JPEG, ycbcr, motif, 6.5},
		{"gray.jpg", JPEG, &image.Gray{}, gray(motif), 2.3},
		{"gray_progressive.jpg", JPEG, &image.Gray{}, gray(motif), 2.3},
		{"rgb.jpg", JPEG, rgba, motif, 1.2},
		{"cmyk.jpg", JPEG, rgba, motif, 1.4},
		{"ycck.jpg", JPEG, rgba, motif, 2.2},

		{"lossy.webp", WebP, rgba, motif, 5.4},
		{"lossless.webp", WebP, rgba, motif, 0},
		{"alpha.webp", WebP, rgba, motif, 5.4},
		{"alpha_lossless.webp", WebP, rgba, motif, 0},
		{"animated.webp", WebP, rgba, motif, 5.4},
		{"orientation6.webp", WebP, rgba, motif, 5.6},

		{"animated.gif", GIF, rgba, motif, 4.7},

		{"lzw.tif", TIFF, rgba, motif, 0},
		{"deflate.tif", TIFF, rgba, motif, 0},
		{"orientation6.tif", TIFF, rgba, motif, 0},
		{"jpeg.tif", TIFF, rgba, motif, 1.2},
		{"jpeg_gray.tif", TIFF, rgba, gray(motif), 2.3},
		{"gray16.tif", TIFF, &image.Gray{}, gray(motif), 1},
		{"group4.tif", TIFF, &image.Gray{}, decode(t, "testdata/bilevel.png").Image, 0},
	} {
		t.Run(c.file, func(t *testing.T) {
			p := decode(t, filepath.Join("testdata", c.file))
			if p.Format != c.format {
				t.Errorf("format %q, want %q", p.Format, c.format)
			}
			if got, want := fmt.Sprintf("%T", p.Image), fmt.Sprintf("%T", c.kind); got != want {
				t.Errorf("type %s, want %s", got, want)
			}
			if d := meanDiff(t, p.Image, c.reference); d > c.tolerance {
				t.Errorf("differs by %.2f on average, tolerance %.2f", d, c.tolerance)
			} else {
				t.Logf("differs by %.2f", d)
			}
		})
	}
}

// TestOrientationOfPlanes turns subsampled JPEGs without leaving YCbCr.
func TestOrientationOfPlanes(t *testing.T) {
	for file, ratio := range map[string]image.YCbCrSubsampleRatio{
		"orientation6_420.jpg": image.YCbCrSubsampleRatio420,
		"orientation6_422.jpg": image.YCbCrSubsampleRatio440,
	} {
		m, ok := decode(t, "testdata/"+file).Image.(*image.YCbCr)
		if !ok || m.SubsampleRatio != ratio || m.Rect != image.Rect(0, 0, 64, 48) {
			t.Errorf("%s: %T %v, want YCbCr %v of 64x48", file, m, m.SubsampleRatio, ratio)
		}
	}
}

// TestUpright compares the turned planes with pixel-by-pixel mapping in RGB.
func TestUpright(t *testing.T) {
	// Where the pixel at (x,y) of the upright picture is stored; w, h as stored.
	source := [9]func(x, y, w, h int) (int, int){
		1: func(x, y, w, h int) (int, int) { return x, y },
		2: func(x, y, w, h int) (int, int) { return w - 1 - x, y },
		3: func(x, y, w, h int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y, w, h int) (int, int) { return x, h - 1 - y },
		5: func(x, y, w, h int) (int, int) { return y, x },
		6: func(x, y, w, h int) (int, int) { return y, h - 1 - x },
		7: func(x, y, w, h int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y, w, h int) (int, int) { return w - 1 - y, x },
	}
	for _, size := range []image.Point{{1, 1}, {8, 4}, {7, 5}, {8, 5}, {7, 4}, {130, 67}} {
		rect := image.Rect(0, 0, size.X, size.Y)
		stored := []image.Image{image.NewGray(rect), image.NewRGBA(rect)}
		for ratio := image.YCbCrSubsampleRatio444; ratio <= image.YCbCrSubsampleRatio410; ratio++ {
			stored = append(stored, image.NewYCbCr(rect, ratio))
		}
		for _, img := range stored {
			switch m := img.(type) {
			case *image.Gray:
				fill(m.Pix, 1)
			case *image.RGBA:
				fill(m.Pix, 1)
				rgba(m.Pix, m.Stride, m.Rect)
			case *image.YCbCr:
				fill(m.Y, 1)
				fill(m.Cb, 2)
				fill(m.Cr, 3)
			}
			for o := 1; o <= 8; o++ {
				got := upright(img, o)
				b := got.Bounds()
				if o < 5 && b != rect || o >= 5 && b != image.Rect(0, 0, size.Y, size.X) {
					t.Fatalf("%T %v, orientation %d: bounds %v", img, size, o, b)
				}
				for y := range b.Dy() {
					for x := range b.Dx() {
						sx, sy := source[o](x, y, size.X, size.Y)
						if g, w := toNRGBA(got, x, y), toNRGBA(img, sx, sy); g != w {
							t.Fatalf("%T %v, orientation %d, pixel (%d,%d): %v, want %v", img, size, o, x, y, g, w)
						}
					}
				}
			}
		}
	}
}

func toNRGBA(m image.Image, x, y int) color.Color { return color.NRGBAModel.Convert(m.At(x, y)) }

// fill writes values that do not repeat from row to row.
func fill(pix []byte, seed int) {
	for i := range pix {
		pix[i] = byte(i*i*seed>>3 + 37*i)
	}
}

// TestOpaque writes every type of Go image to files and expects the colours
// under the alpha.
func TestOpaque(t *testing.T) {
	rect := image.Rect(0, 0, 2, 1)
	pngOf := func(m image.Image) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	bmpOf := func(m image.Image) []byte {
		var b bytes.Buffer
		if err := bmp.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	tiffOf := func(m image.Image) []byte {
		var b bytes.Buffer
		if err := tiff.Encode(&b, m, nil); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	nrgba := &image.NRGBA{Pix: []byte{10, 20, 30, 0, 200, 100, 50, 128}, Stride: 8, Rect: rect}
	nrgba64 := &image.NRGBA64{Pix: []byte{10, 99, 20, 99, 30, 99, 0, 0, 200, 99, 100, 99, 50, 99, 128, 99}, Stride: 16, Rect: rect}
	solid := &image.NRGBA{Pix: []byte{10, 20, 30, 255, 200, 100, 50, 255}, Stride: 8, Rect: rect}
	palette := &image.Paletted{Pix: []byte{0, 1}, Stride: 2, Rect: rect,
		Palette: color.Palette{color.NRGBA{10, 20, 30, 0}, color.NRGBA{200, 100, 50, 128}}}
	rgb := []byte{10, 20, 30, 255, 200, 100, 50, 255}
	for name, c := range map[string]struct {
		data []byte
		want []byte
	}{
		"png rgba":            {pngOf(nrgba), rgb},
		"png rgba 16":         {pngOf(nrgba64), rgb},
		"png rgb":             {pngOf(solid), rgb},
		"png palette + tRNS":  {pngOf(palette), rgb},
		"bmp 32":              {bmpOf(nrgba), rgb},
		"bmp 24":              {bmpOf(solid), rgb},
		"tiff rgba":           {tiffOf(nrgba), rgb},
		"tiff rgba 16":        {tiffOf(nrgba64), rgb},
		"gif transparent":     {transparentGIF(t), []byte{10, 20, 30, 255, 200, 100, 50, 255}},
		"png gray":            {pngOf(&image.Gray{Pix: []byte{7, 9}, Stride: 2, Rect: rect}), []byte{7, 9}},
		"png gray 16":         {pngOf(&image.Gray16{Pix: []byte{7, 200, 9, 1}, Stride: 4, Rect: rect}), []byte{7, 9}},
		"tiff gray 16":        {tiffOf(&image.Gray16{Pix: []byte{7, 200, 9, 1}, Stride: 4, Rect: rect}), []byte{7, 9}},
		"png + what comes on": {append(pngOf(solid), "trailing"...), rgb},
	} {
		p, err := Decode(t.Context(), c.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkPromises(t, p)
		var got []byte
		switch m := p.Image.(type) {
		case *image.RGBA:
			got = m.Pix
		case *image.Gray:
			got = m.Pix
		}
		if !bytes.Equal(got, c.want) {
			t.Errorf("%s: %T %v, want %v", name, p.Image, got, c.want)
		}
	}
}

// transparentGIF has two pixels, of which the first is transparent.
func transparentGIF(t *testing.T) []byte {
	m := &image.Paletted{Pix: []byte{0, 1}, Stride: 2, Rect: image.Rect(0, 0, 2, 1),
		Palette: color.Palette{color.NRGBA{10, 20, 30, 255}, color.NRGBA{200, 100, 50, 255}}}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{m}, Delay: []int{0}, Disposal: []byte{gif.DisposalBackground}}); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	i := bytes.Index(data, []byte{0x21, 0xf9, 4})
	if i < 0 {
		t.Fatal("no graphic control extension")
	}
	data[i+3] |= 1 // transparent index 0
	return data
}

// TestFramesOnCanvas has first frames that are smaller than their animation.
func TestFramesOnCanvas(t *testing.T) {
	frame := &image.Paletted{Pix: []byte{1, 1}, Stride: 2, Rect: image.Rect(3, 2, 5, 3),
		Palette: color.Palette{color.Black, color.NRGBA{200, 100, 50, 255}}}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 7, Height: 4}}); err != nil {
		t.Fatal(err)
	}
	still := load(t, "testdata/lossless.webp")[12:] // one VP8L chunk, 61x45
	vp8x := riff("VP8X", []byte{2, 0, 0, 0, 79, 0, 0, 49, 0, 0})
	anmf := append([]byte{4, 0, 0, 1, 0, 0, 60, 0, 0, 44, 0, 0, 0, 0, 0, 0}, still...)
	motif := decode(t, "testdata/motif.png").Image.(*image.RGBA)
	for name, c := range map[string]struct {
		data   []byte
		size   image.Point
		offset image.Point
		colour color.Color
	}{
		"gif":           {b.Bytes(), image.Pt(7, 4), image.Pt(3, 2), color.RGBA{200, 100, 50, 255}},
		"gif no screen": {noScreen(b.Bytes()), image.Pt(5, 3), image.Pt(3, 2), color.RGBA{200, 100, 50, 255}},
		"webp":          {webp(vp8x, riff("ANMF", anmf)), image.Pt(80, 50), image.Pt(8, 2), motif.At(0, 0)},
	} {
		p, err := Decode(t.Context(), c.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkPromises(t, p)
		if p.Image.Bounds().Size() != c.size {
			t.Errorf("%s: size %v, want %v", name, p.Image.Bounds().Size(), c.size)
		}
		if got := p.Image.At(c.offset.X, c.offset.Y); got != c.colour {
			t.Errorf("%s: %v at the frame's corner, want %v", name, got, c.colour)
		}
		if got := p.Image.At(c.offset.X-1, c.offset.Y); got != (color.RGBA{0, 0, 0, 255}) {
			t.Errorf("%s: %v beside the frame, want black", name, got)
		}
	}
}

func noScreen(gif []byte) []byte {
	gif = bytes.Clone(gif)
	copy(gif[6:10], []byte{0, 0, 0, 0})
	return gif
}

func riff(name string, body []byte) []byte {
	n := len(body)
	chunk := append([]byte(name), byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	chunk = append(chunk, body...)
	if n%2 == 1 {
		chunk = append(chunk, 0)
	}
	return chunk
}

func webp(chunks ...[]byte) []byte {
	return riff("RIFF", append([]byte("WEBP"), bytes.Join(chunks, nil)...))
}

// kindOf is the kind of an error, which must be an *Error with a message.
func kindOf(t testing.TB, err error) Kind {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Message == "" {
		t.Fatalf("%v is not an *Error", err)
	}
	return e.Kind
}
