package tiff

import (
	"image"

	"github.com/yolambda/yolambda/lambda/internal/chroma"
	"github.com/yolambda/yolambda/lambda/internal/rgba"
)

// pixels writes a row of pixels of samples bytes each.
type pixels func(dst, src []uint8, samples int)

// canvas is the picture that is being decoded.
type canvas struct {
	img     image.Image
	pix     []uint8
	stride  int
	bytes   int // of a pixel
	convert pixels
	needed  int // samples of a pixel that convert reads
}

// newCanvas makes an empty picture: grey, or RGB.
func (f *File) newCanvas() *canvas {
	if f.photometric == whiteIsZero || f.photometric == blackIsZero {
		img := rgba.NewGray(f.Width, f.Height)
		return &canvas{img, img.Pix, img.Stride, 1, f.grey(), 1}
	}
	img := rgba.New(f.Width, f.Height)
	c := &canvas{img, img.Pix, img.Stride, 4, fromRGB, 3}
	switch f.photometric {
	case rgb:
		if extra := f.values(tagExtraSamples); len(extra) > 0 && extra[0] == 1 && f.samples > 3 {
			c.convert, c.needed = fromPremultiplied, 4
		}
	case palette:
		c.convert, c.needed = f.fromPalette(), 1
	case separated:
		c.convert, c.needed = fromCMYK, 4
	case yCbCr:
		c.convert = fromYCbCr
		if f.compression != uncompressed || f.subsampled() {
			c.convert = f.levels().convert
		}
	}
	return c
}

func (f *File) grey() pixels {
	invert := uint8(0)
	if f.photometric == whiteIsZero {
		invert = 255
	}
	return func(dst, src []uint8, samples int) {
		for x := range dst {
			dst[x] = src[x*samples] ^ invert
		}
	}
}

func fromRGB(dst, src []uint8, samples int) {
	for ; len(dst) > 0; dst, src = dst[4:], src[samples:] {
		dst[0], dst[1], dst[2], dst[3] = src[0], src[1], src[2], 255
	}
}

// fromPremultiplied divides by alpha, as Pillow does (unpackRGBa): what no light comes
// through is black.
func fromPremultiplied(dst, src []uint8, samples int) {
	for ; len(dst) > 0; dst, src = dst[4:], src[samples:] {
		for c := range 3 {
			dst[c] = 0
			if alpha := int(src[3]); alpha > 0 {
				dst[c] = uint8(min(255*int(src[c])/alpha, 255))
			}
		}
		dst[3] = 255
	}
}

// fromPalette looks colours up, whose 16 bits are red, green and blue one after the other.
func (f *File) fromPalette() pixels {
	colours := f.values(tagColorMap)
	n := len(colours) / 3
	return func(dst, src []uint8, samples int) {
		for ; len(dst) > 0; dst, src = dst[4:], src[samples:] {
			i := min(int(src[0]), n-1)
			dst[0], dst[1], dst[2], dst[3] = uint8(colours[i]>>8), uint8(colours[n+i]>>8), uint8(colours[2*n+i]>>8), 255
		}
	}
}

func fromCMYK(dst, src []uint8, samples int) {
	for ; len(dst) > 0; dst, src = dst[4:], src[samples:] {
		dst[0], dst[1], dst[2] = chroma.CMYK(src[0], src[1], src[2], src[3])
		dst[3] = 255
	}
}
