// Package rgba makes rows of opaque pixels R, G, B, A of the samples that files hold, and the
// pictures for them. Each function of a row goes on while there are both room in dst, four
// bytes a pixel, and samples in src.
package rgba

import (
	"encoding/binary"
	"image"

	"github.com/yolambda/yolambda/lambda/internal/hugepage"
)

// opaque is the alpha of two pixels. It is no constant, for which Go's compiler would write a
// pixel byte by byte, in twice the time.
var opaque uint64 = 0xff000000_ff000000

// New makes an empty picture.
func New(width, height int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	hugepage.Advise(img.Pix)
	return img
}

// NewGray makes an empty picture of a byte a pixel.
func NewGray(width, height int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, width, height))
	hugepage.Advise(img.Pix)
	return img
}

// put writes a pixel, whose red is the lowest byte.
func put(dst []uint8, pixel uint32) {
	binary.LittleEndian.PutUint32(dst, pixel|uint32(opaque))
}

// second is the place of the second pixel of two.
const second = 0xffffffff_00000000

// FromRGB takes a byte each of R, G and B: eight pixels at once.
func FromRGB(dst, src []uint8) {
	for ; len(dst) >= 32 && len(src) >= 26; dst, src = dst[32:], src[24:] {
		d, s := (*[32]uint8)(dst), (*[26]uint8)(src)
		put2(d[0:8], ofRGB(s[0:8]))
		put2(d[8:16], ofRGB(s[6:14]))
		put2(d[16:24], ofRGB(s[12:20]))
		put2(d[24:32], ofRGB(s[18:26]))
	}
	FromSamples(dst, src, 1, 3)
}

// ofRGB are the first two pixels of eight bytes, without their alpha.
func ofRGB(src []uint8) uint64 {
	v := binary.LittleEndian.Uint64(src)
	return uint64(uint32(v)) | v<<8&second
}

func put2(dst []uint8, pixels uint64) { binary.LittleEndian.PutUint64(dst, pixels|opaque) }

// FromBGR takes a byte each of B, G and R, the first of each pixel's step bytes.
func FromBGR(dst, src []uint8, step int) {
	for ; step == 3 && len(dst) >= 32 && len(src) >= 26; dst, src = dst[32:], src[24:] {
		d, s := (*[32]uint8)(dst), (*[26]uint8)(src)
		put2(d[0:8], ofBGR(s[0:8]))
		put2(d[8:16], ofBGR(s[6:14]))
		put2(d[16:24], ofBGR(s[12:20]))
		put2(d[24:32], ofBGR(s[18:26]))
	}
	for ; len(dst) >= 4 && len(src) >= 3; dst = dst[4:] {
		put(dst, uint32(src[2])|uint32(src[1])<<8|uint32(src[0])<<16)
		src = src[min(step, len(src)):]
	}
}

func ofBGR(src []uint8) uint64 {
	v := binary.BigEndian.Uint64(src)
	return v>>40 | v<<16&second
}

// FromSamples takes the first three samples of each pixel, which has step bytes, and of a
// sample the first byte of size.
func FromSamples(dst, src []uint8, size, step int) {
	for ; len(dst) >= 4 && len(src) > 2*size; dst = dst[4:] {
		put(dst, uint32(src[0])|uint32(src[size])<<8|uint32(src[2*size])<<16)
		src = src[min(step, len(src)):]
	}
}

// A Palette has a pixel for each byte.
type Palette [256]uint32

// Set gives i its colour.
func (p *Palette) Set(i int, r, g, b uint8) {
	p[i] = uint32(r) | uint32(g)<<8 | uint32(b)<<16 | uint32(opaque)
}

// FromPalette takes a byte a pixel.
func FromPalette(dst, src []uint8, p *Palette) {
	for ; len(dst) >= 4 && len(src) >= 1; dst, src = dst[4:], src[1:] {
		binary.LittleEndian.PutUint32(dst, p[src[0]])
	}
}
