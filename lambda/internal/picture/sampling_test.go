package picture

import (
	"bytes"
	"image"
	"image/color"
	"testing"
)

// TestSampling decodes interleaved baseline JPEGs of every subsampling, of which
// each luma block has a grey of its own.
func TestSampling(t *testing.T) {
	shade := func(bx, by int) int { return 40 + (bx*53+by*31)%170 }
	for _, s := range []image.Point{{1, 1}, {2, 1}, {4, 1}, {1, 2}, {2, 2}, {4, 2}, {1, 4}, {2, 4}} {
		data := blocksJPEG(51, 71, s.X, s.Y, shade)
		p, err := Decode(t.Context(), data)
		if err != nil {
			t.Errorf("%v: %v", s, err)
			continue
		}
		checkPromises(t, p)
		if size := p.Image.Bounds().Size(); size != image.Pt(51, 71) {
			t.Fatalf("%v: size %v", s, size)
		}
		for y := range 71 {
			for x := range 51 {
				got := int(color.GrayModel.Convert(p.Image.At(x, y)).(color.Gray).Y)
				if d := got - shade(x/8, y/8); d < -1 || d > 1 {
					t.Fatalf("%v, pixel (%d,%d): %d, want %d", s, x, y, got, shade(x/8, y/8))
				}
			}
		}
	}
}

// blocksJPEG writes a baseline JPEG of one scan with h x v luma blocks for each
// block of Cb and Cr, in which every block is flat. Its DC table has 4-bit codes
// for the categories 0 to 11, its AC table a single 1-bit code: end of block.
func blocksJPEG(width, height, h, v int, shade func(bx, by int) int) []byte {
	dqt := append([]byte{0xff, 0xdb, 0, 67, 0}, bytes.Repeat([]byte{8}, 64)...) // a DC of 1 is one level
	sof := []byte{0xff, 0xc0, 0, 17, 8, byte(height >> 8), byte(height), byte(width >> 8), byte(width), 3,
		1, byte(h<<4 | v), 0, 2, 0x11, 0, 3, 0x11, 0}
	dc := []byte{0xff, 0xc4, 0, 31, 0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
	ac := []byte{0xff, 0xc4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	sos := []byte{0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0}
	out := bytes.Join([][]byte{{0xff, 0xd8}, dqt, sof, dc, ac, sos}, nil)

	var acc, n uint
	put := func(bits, count uint) {
		acc, n = acc<<count|bits, n+count
		for ; n >= 8; n -= 8 {
			b := byte(acc >> (n - 8))
			if out = append(out, b); b == 0xff {
				out = append(out, 0)
			}
		}
	}
	block := func(diff int) {
		category := uint(0)
		for a := max(diff, -diff); a>>category > 0; {
			category++
		}
		if diff < 0 {
			diff += 1<<category - 1
		}
		put(category, 4)
		put(uint(diff), category)
		put(0, 1)
	}
	previous := 128
	for my := range (height + 8*v - 1) / (8 * v) {
		for mx := range (width + 8*h - 1) / (8 * h) {
			for y := range v {
				for x := range h {
					level := shade(mx*h+x, my*v+y)
					block(level - previous)
					previous = level
				}
			}
			block(0) // Cb
			block(0) // Cr
		}
	}
	put(0x7f, 7) // fills the last byte
	return append(out, 0xff, 0xd9)
}
