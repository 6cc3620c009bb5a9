package png

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/yolambda/yolambda/lambda/internal/inflate"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// chunk is a chunk of a file, with a right checksum.
func chunk(name string, body ...byte) string {
	data := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	data = append(append(data, name...), body...)
	return string(binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(data[4:])))
}

// ihdr is the chunk of a picture of so many pixels.
func ihdr(width, height, depth, colour, interlaced byte) string {
	return chunk("IHDR", 0, 0, 0, width, 0, 0, 0, height, depth, colour, 0, 0, interlaced)
}

// zlib is data as it is, in a stream.
func zlib(data []byte) []byte {
	out := []byte{0x78, 0x01, 1}
	out = binary.LittleEndian.AppendUint16(out, uint16(len(data)))
	out = binary.LittleEndian.AppendUint16(out, ^uint16(len(data)))
	sum, weighted := 1, 0
	for _, b := range data {
		sum = (sum + int(b)) % 65521
		weighted = (weighted + sum) % 65521
	}
	return binary.BigEndian.AppendUint32(append(out, data...), uint32(weighted<<16|sum))
}

// everyKind are pictures of noise, of all colours, depths and filters, with and without
// interlacing, in one chunk of pixels and in several.
func everyKind() (files [][]byte) {
	random := rand.New(rand.NewPCG(3, 4))
	noise := func(n int) []byte {
		out := make([]byte, n)
		for i := range out {
			out[i] = byte(random.Uint32() >> random.UintN(8)) // a few small ones
		}
		return out
	}
	for _, kind := range []struct {
		colour colour
		depths []int
	}{{grey, []int{1, 2, 4, 8, 16}}, {trueColor, []int{8, 16}}, {indexed, []int{1, 2, 4, 8}}, {greyAlpha, []int{8, 16}}, {trueAlpha, []int{8, 16}}} {
		c := kind.colour
		for _, depth := range kind.depths {
			for _, width := range []int{1, 3, 13, 40} {
				for interlaced, reduced := range [][]pass{whole, passes} {
					const height = 11
					var raw []byte
					for _, p := range reduced {
						w, h := (width-p.x+p.stepX-1)/p.stepX, (height-p.y+p.stepY-1)/p.stepY
						if w == 0 || h == 0 {
							continue
						}
						for y := range h {
							raw = append(append(raw, byte(y%5)), noise((w*depth*c.samples()+7)/8)...)
						}
					}
					head := signature + ihdr(byte(width), height, byte(depth), byte(c), byte(interlaced))
					if c == indexed || c == trueColor && width > 3 {
						head += chunk("PLTE", noise(3*min(1<<depth, 200))...)
					}
					if c == indexed || c == grey && width > 3 {
						head += chunk("tRNS", 0, 7)
					}
					data := zlib(raw)
					files = append(files, []byte(head+chunk("tEXt", 'a', 0, 'b')+chunk("IDAT", data...)+chunk("IEND")),
						[]byte(head+chunk("IDAT", data[:len(data)/2]...)+chunk("IDAT")+chunk("IDAT", data[len(data)/2:]...)+chunk("IDAT", 1)+chunk("IEND")))
				}
			}
		}
	}
	return files
}

// sameAsGo holds that a file gives the colours that image/png gives, without alpha and
// the low bytes, or is refused when that refuses it.
func sameAsGo(t *testing.T, data []byte) {
	t.Helper()
	want, wantErr := png.Decode(bytes.NewReader(data))
	got, err := Decode(t.Context(), data)
	if wantErr != nil && strings.Contains(wantErr.Error(), "too much pixel data") && err == nil {
		// Bytes behind the end of the stream. image/png takes them if they are in its
		// buffer; libpng and this package always do.
		return
	}
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("error %v, image/png's %v", err, wantErr)
	}
	if err != nil {
		return
	}
	if got.Bounds() != want.Bounds() {
		t.Fatalf("bounds %v, image/png's %v", got.Bounds(), want.Bounds())
	}
	for y := range got.Bounds().Dy() {
		for x := range got.Bounds().Dx() {
			var rgb [3]uint8
			switch m := got.(type) {
			case *image.Gray:
				v := m.GrayAt(x, y).Y
				rgb = [3]uint8{v, v, v}
			case *image.RGBA:
				p := m.RGBAAt(x, y)
				if rgb = [3]uint8{p.R, p.G, p.B}; p.A != 255 {
					t.Fatalf("alpha %d", p.A)
				}
			}
			if truth := highBytes(want, x, y); rgb != truth {
				t.Fatalf("%T, pixel %d,%d is %v, image/png's %v", want, x, y, rgb, truth)
			}
		}
	}
}

// highBytes is a pixel of image/png's, not multiplied by its alpha.
func highBytes(img image.Image, x, y int) [3]uint8 {
	switch c := img.At(x, y).(type) {
	case color.NRGBA:
		return [3]uint8{c.R, c.G, c.B}
	case color.NRGBA64:
		return [3]uint8{uint8(c.R >> 8), uint8(c.G >> 8), uint8(c.B >> 8)}
	default:
		r, g, b, _ := c.RGBA()
		return [3]uint8{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)}
	}
}

func TestEveryKind(t *testing.T) {
	for _, data := range everyKind() {
		if _, err := Decode(t.Context(), data); err != nil {
			t.Fatal(err)
		}
		sameAsGo(t, data)
	}
}

func TestBroken(t *testing.T) {
	row := zlib([]byte{0, 1, 2, 3})
	pixels, end := chunk("IDAT", row...), chunk("IEND")
	rgb := signature + ihdr(1, 1, 8, 2, 0)
	palette := signature + ihdr(1, 1, 8, 3, 0)
	damaged := []byte(rgb + pixels + end)
	damaged[20] ^= 1
	bad := zlib([]byte{0, 1, 2, 3})
	bad[len(bad)-1] ^= 1
	for name, c := range map[string]struct {
		data string
		want error // or nil: any
	}{
		"empty":                 {"", io.ErrUnexpectedEOF},
		"no signature":          {"12345678" + rgb, nil},
		"signature alone":       {signature, io.ErrUnexpectedEOF},
		"cut":                   {(rgb + pixels)[:60], io.ErrUnexpectedEOF},
		"no end":                {rgb + pixels, io.ErrUnexpectedEOF},
		"damaged":               {string(damaged), nil},
		"pixels first":          {signature + pixels, errOrder},
		"end first":             {rgb + end, errOrder},
		"two headers":           {rgb + ihdr(1, 1, 8, 2, 0) + pixels + end, errOrder},
		"palette behind pixels": {rgb + pixels + chunk("PLTE", 1, 2, 3) + end, errOrder},
		"no palette":            {palette + pixels + end, errOrder},
		"odd palette":           {palette + chunk("PLTE", 1, 2) + pixels + end, nil},
		"palette of grey":       {signature + ihdr(3, 1, 8, 0, 0) + chunk("PLTE", 1, 2, 3) + pixels + end, nil},
		"transparency first":    {palette + chunk("tRNS", 1) + chunk("PLTE", 1, 2, 3) + pixels + end, errOrder},
		"transparency too long": {rgb + chunk("tRNS", 1, 2, 3, 4, 5, 6, 7) + pixels + end, nil},
		"end with bytes":        {rgb + pixels + chunk("IEND", 1), nil},
		"no pixels":             {signature + ihdr(0, 1, 8, 2, 0) + pixels + end, nil},
		"short header":          {signature + chunk("IHDR", 0, 0, 0, 1), nil},
		"depth":                 {signature + ihdr(1, 1, 4, 2, 0) + pixels + end, ErrUnsupported},
		"compression":           {signature + chunk("IHDR", 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 1, 0, 0), ErrUnsupported},
		"interlacing":           {signature + ihdr(1, 1, 8, 2, 2), nil},
		"filter":                {rgb + chunk("IDAT", zlib([]byte{5, 1, 2, 3})...) + end, nil},
		"too few pixels":        {rgb + chunk("IDAT", zlib([]byte{0, 1, 2})...) + end, errPixels},
		"too many pixels":       {rgb + chunk("IDAT", zlib([]byte{0, 1, 2, 3, 4})...) + end, nil},
		"checksum of pixels":    {rgb + chunk("IDAT", bad...) + end, inflate.ErrChecksum},
		"pixels interrupted":    {rgb + chunk("IDAT", row[:6]...) + chunk("tEXt") + chunk("IDAT", row[6:]...) + end, errPixels},
	} {
		_, err := Decode(t.Context(), []byte(c.data))
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		sameAsGo(t, []byte(c.data))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Decode(ctx, []byte(rgb+pixels+end)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := Decode(t.Context(), []byte(rgb+chunk("IDAT", append(row, 1, 2, 3)...)+end)); err != nil {
		t.Errorf("bytes behind the stream: %v", err)
	}
}

// BenchmarkBesideGo times a photograph by turns with image/png, and tells how many times as
// long that one takes.
func BenchmarkBesideGo(b *testing.B) {
	photo, err := jpeg.Decode(bytes.NewReader(yolotest.Read(b, yolotest.Root(b, "assets", "everyday.jpg"))))
	if err != nil {
		b.Fatal(err)
	}
	deep := image.NewNRGBA64(photo.Bounds())
	draw.Draw(deep, deep.Rect, photo, photo.Bounds().Min, draw.Src)
	for name, m := range map[string]image.Image{"8 bits": photo, "16 bits": deep} {
		data := yolotest.PNG(m)
		b.Run(name, func(b *testing.B) {
			var ours, theirs time.Duration
			for b.Loop() {
				begun := time.Now()
				_, err := Decode(b.Context(), data)
				between := time.Now()
				_, err2 := png.Decode(bytes.NewReader(data))
				ours, theirs = ours+between.Sub(begun), theirs+time.Since(between)
				if err := errors.Join(err, err2); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(theirs)/float64(ours), "times-as-long")
		})
	}
}

// repair gives chunks their checksums, without which the fuzzer would not get far.
func repair(data []byte) {
	for at := len(signature); at+12 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[at:]))
		if at+12+n > len(data) {
			return
		}
		binary.BigEndian.PutUint32(data[at+8+n:], crc32.ChecksumIEEE(data[at+4:at+8+n]))
		at += 12 + n
	}
}

// FuzzDecode holds any bytes to image/png.
func FuzzDecode(f *testing.F) {
	yolotest.Seeds(f, "../picture/testdata/*.png", 5)
	for _, data := range everyKind() {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = bytes.Clone(data)
		repair(data)
		if c, err := png.DecodeConfig(bytes.NewReader(data)); err == nil && (c.Width > 2000 || c.Height > 2000) {
			return
		}
		sameAsGo(t, data)
	})
}
