package tiff

import (
	"encoding/binary"

	"github.com/yolambda/yolambda/lambda/internal/rgba"
)

// direct is the way of a row that most files go: RGB or grey of 8 or 16 bits, from what
// the codec gives to pixels at once, with the predictor undone on the way. It is nil for
// the rest, which goes step by step (undoPredictor, unpack, convert) to the same pixels.
func (f *File) direct() func(dst, raw []uint8) {
	if f.planar || f.format != unsigned || f.predictor > differences {
		return nil
	}
	n, predicted, wide := f.samples, f.predictor == differences, f.bits == 16
	low, high := 0, 1
	if f.order == binary.BigEndian {
		low, high = 1, 0
	}
	extra := f.values(tagExtraSamples)
	premultiplied := n > 3 && len(extra) > 0 && extra[0] == 1
	switch {
	case f.bits != 8 && !wide:
	case f.photometric == rgb && !premultiplied:
		switch {
		case predicted && wide:
			return func(dst, raw []uint8) { sumRGB16(dst, raw, 2*n, low, high) }
		case predicted:
			return func(dst, raw []uint8) { sumRGB(dst, raw, n) }
		case wide:
			return func(dst, raw []uint8) { rgba.FromSamples(dst, raw[high:], 2, 2*n) }
		case n == 3:
			return rgba.FromRGB
		}
	case f.photometric == blackIsZero && n == 1:
		switch {
		case predicted && wide:
			return func(dst, raw []uint8) { sumGrey16(dst, raw, low, high) }
		case predicted:
			return sumGrey
		case wide:
			return func(dst, raw []uint8) { highGrey(dst, raw[high:]) }
		}
		return func(dst, raw []uint8) { copy(dst, raw) }
	}
	return nil
}

func sumRGB(dst, raw []uint8, step int) {
	var r, g, b uint8
	for ; len(dst) >= 4 && len(raw) >= step && step >= 3; dst, raw = dst[4:], raw[step:] {
		r, g, b = r+raw[0], g+raw[1], b+raw[2]
		binary.LittleEndian.PutUint32(dst, uint32(r)|uint32(g)<<8|uint32(b)<<16|0xff<<24)
	}
}

// sumRGB16 adds numbers of 16 bits, whose bytes are at low and high, and keeps the high byte.
func sumRGB16(dst, raw []uint8, step, low, high int) {
	var r, g, b uint32
	for ; len(dst) >= 4 && len(raw) >= step && step >= 6; dst, raw = dst[4:], raw[step:] {
		s := (*[6]uint8)(raw)
		if low < high {
			r += uint32(s[0]) | uint32(s[1])<<8
			g += uint32(s[2]) | uint32(s[3])<<8
			b += uint32(s[4]) | uint32(s[5])<<8
		} else {
			r += uint32(s[1]) | uint32(s[0])<<8
			g += uint32(s[3]) | uint32(s[2])<<8
			b += uint32(s[5]) | uint32(s[4])<<8
		}
		binary.LittleEndian.PutUint32(dst, r>>8&0xff|g&0xff00|b&0xff00<<8|0xff<<24)
	}
}

func sumGrey(dst, raw []uint8) {
	var v uint8
	for x := range min(len(dst), len(raw)) {
		v += raw[x]
		dst[x] = v
	}
}

func sumGrey16(dst, raw []uint8, low, high int) {
	var v uint16
	for x := range dst {
		v += uint16(raw[2*x+low]) | uint16(raw[2*x+high])<<8
		dst[x] = uint8(v >> 8)
	}
}

func highGrey(dst, raw []uint8) {
	for x := range dst {
		dst[x] = raw[2*x]
	}
}
