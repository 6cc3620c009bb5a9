package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"path/filepath"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

func decode(t testing.TB, path string) *Picture {
	t.Helper()
	p, err := Decode(t.Context(), yolotest.Read(t, path))
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

// TestFixtures compares the files of testdata/make.py with what Pillow makes of them, to
// the last bit.
func TestFixtures(t *testing.T) { checkGolden(t, "golden.json", "testdata") }

// checkGolden compares the files of a folder with the digests that testdata/golden.py made.
func checkGolden(t *testing.T, golden, dir string) {
	var digests map[string]string
	if err := json.Unmarshal(yolotest.Read(t, filepath.Join("testdata", golden)), &digests); err != nil || len(digests) < 40 {
		t.Fatalf("%d files: %v", len(digests), err)
	}
	for name, want := range digests {
		t.Run(name, func(t *testing.T) {
			p := decode(t, filepath.Join(dir, name))
			if got := fmt.Sprintf("%x", sha256.Sum256(rgbOf(p.Image))); got != want {
				t.Error("the pixels differ from Pillow's")
			}
		})
	}
}

// TestTypes holds what stays as it is stored, without an RGBA copy.
func TestTypes(t *testing.T) {
	for name, want := range map[string]image.Image{
		"sampling420.jpg": &image.YCbCr{}, "progressive.jpg": &image.YCbCr{}, "planar441_baseline.jpg": &image.YCbCr{},
		"orientation6_420.jpg": &image.YCbCr{}, "gray.jpg": &image.Gray{}, "group4.tif": &image.Gray{},
		"bilevel.png": &image.Gray{},
	} {
		if got := decode(t, filepath.Join("testdata", name)).Image; fmt.Sprintf("%T", got) != fmt.Sprintf("%T", want) {
			t.Errorf("%s: type %T, want %T", name, got, want)
		}
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
	still := yolotest.Read(t, "testdata/lossless.webp")[12:] // one VP8L chunk, 61x45
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
			t.Errorf("%s: %v next to the frame, want black", name, got)
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
