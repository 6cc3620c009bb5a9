package bmp

import (
	"context"
	"encoding/binary"
	"image"
	"io"
	"math/bits"

	"github.com/yolambda/yolambda/lambda/internal/rgba"
)

// Decode decodes the bitmap. It stops soon after the context is done, with its error.
// Data that end too early give io.ErrUnexpectedEOF, before memory is taken for them.
func (f *File) Decode(ctx context.Context) (*image.RGBA, error) {
	if f.start > len(f.file) {
		return nil, io.ErrUnexpectedEOF
	}
	data, stride := f.file[f.start:], (f.Width*f.bits+31)/32*4
	if f.compression == runs8 || f.compression == runs4 {
		return f.decodeRuns(ctx)
	}
	// The last row may lack the bytes that fill it up.
	if len(data) < (f.Height-1)*stride+(f.Width*f.bits+7)/8 {
		return nil, io.ErrUnexpectedEOF
	}
	img := rgba.New(f.Width, f.Height)
	convert := f.converter()
	for y := range f.Height {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		convert(f.row(img, y), data[y*stride:])
	}
	return img, nil
}

// row is row y of the picture, counted as they are stored.
func (f *File) row(img *image.RGBA, y int) []uint8 {
	if !f.topDown {
		y = f.Height - 1 - y
	}
	return img.Pix[y*img.Stride:][:4*f.Width]
}

// converter writes rows of pixels R, G, B, A.
func (f *File) converter() func(dst, src []uint8) {
	switch {
	case f.bits <= 8:
		return f.fromPalette
	case f.bits > 16 && f.masks == [3]uint32{0xff0000, 0xff00, 0xff}:
		return func(dst, src []uint8) { rgba.FromBGR(dst, src, f.bits/8) }
	}
	return f.fromMasks()
}

func (f *File) fromPalette(dst, src []uint8) {
	most := 1<<f.bits - 1
	for x := 0; len(dst) > 0; x, dst = x+f.bits, dst[4:] {
		f.paint(dst, int(src[x>>3])>>(8-f.bits-x&7)&most)
	}
}

// paint writes the pixel of an index.
func (f *File) paint(dst []uint8, index int) {
	c := f.palette[index]
	dst[0], dst[1], dst[2], dst[3] = c[0], c[1], c[2], 255
}

// fromMasks spreads the bits of each colour over the range of a byte, and drops the
// fraction, as Pillow does.
func (f *File) fromMasks() func(dst, src []uint8) {
	var shift [3]int
	var most [3]uint64
	for c, mask := range f.masks {
		if mask != 0 {
			shift[c] = bits.TrailingZeros32(mask)
		}
		most[c] = max(uint64(mask>>shift[c]), 1)
	}
	n := f.bits / 8
	return func(dst, src []uint8) {
		for ; len(dst) > 0; dst, src = dst[4:], src[n:] {
			var pixel [4]byte
			copy(pixel[:n], src)
			v := binary.LittleEndian.Uint32(pixel[:])
			for c, mask := range f.masks {
				dst[c] = uint8(uint64((v&mask)>>shift[c]) * 255 / most[c])
			}
			dst[3] = 255
		}
	}
}
