package png

import "encoding/binary"

// Filters (9): what was taken from a byte. left is the byte of the pixel before, up the one
// above.
const (
	none    = 0
	sub     = 1 // left
	up      = 2 // up
	average = 3 // the mean of both
	paeth   = 4 // the one of left, up and upper left that is next to left+up-upper left
)

// unfilter undoes a filter: dst and src are a row, above the one above it, and a pixel has
// size bytes, or is within one. The bytes of a pixel do not depend on each other, so that up
// to three are worked on at once: one alone would wait for the one on its left.
func unfilter(filter uint8, dst, src, above []uint8, size int) {
	switch filter {
	case none:
		copy(dst, src)
		return
	case up:
		addRow(dst, src, above)
		return
	}
	for first := 0; first < size; {
		n := 1
		switch left := size - first; {
		case left == 3 || left > 4:
			n = 3
		case left > 1:
			n = 2
		}
		d, s, a := dst[first:], src[first:], above[first:]
		switch filter {
		case sub:
			[]func(dst, src []uint8, size int){sub1, sub2, sub3}[n-1](d, s, size)
		case average:
			[]func(dst, src, above []uint8, size int){average1, average2, average3}[n-1](d, s, a, size)
		case paeth:
			[]func(dst, src, above []uint8, size int){paeth1, paeth2, paeth3}[n-1](d, s, a, size)
		}
		first += n
	}
}

// addRow adds the bytes of two rows, eight at once: of each the low seven bits, so that
// nothing is carried into the next, and the highest one.
func addRow(dst, a, b []uint8) {
	const low = 0x7f7f7f7f7f7f7f7f
	for ; len(dst) >= 8 && len(a) >= 8 && len(b) >= 8; dst, a, b = dst[8:], a[8:], b[8:] {
		x, y := binary.LittleEndian.Uint64(a), binary.LittleEndian.Uint64(b)
		binary.LittleEndian.PutUint64(dst, (x&low+y&low)^(x^y)&^low)
	}
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

func sub1(dst, src []uint8, size int) {
	var v uint8
	for i := 0; i < len(dst) && i < len(src); i += size {
		v += src[i]
		dst[i] = v
	}
}

func sub2(dst, src []uint8, size int) {
	var v, w uint8
	for i := 0; i < len(dst)-1 && i < len(src)-1; i += size {
		v, w = v+src[i], w+src[i+1]
		dst[i], dst[i+1] = v, w
	}
}

func sub3(dst, src []uint8, size int) {
	var u, v, w uint8
	for i := 0; i < len(dst)-2 && i < len(src)-2; i += size {
		u, v, w = u+src[i], v+src[i+1], w+src[i+2]
		dst[i], dst[i+1], dst[i+2] = u, v, w
	}
}

func mean(a, b uint8) uint8 { return uint8((uint(a) + uint(b)) / 2) }

func average1(dst, src, above []uint8, size int) {
	var v uint8
	for i := 0; i < len(dst) && i < len(src) && i < len(above); i += size {
		v = src[i] + mean(v, above[i])
		dst[i] = v
	}
}

func average2(dst, src, above []uint8, size int) {
	var v, w uint8
	for i := 0; i < len(dst)-1 && i < len(src)-1 && i < len(above)-1; i += size {
		v, w = src[i]+mean(v, above[i]), src[i+1]+mean(w, above[i+1])
		dst[i], dst[i+1] = v, w
	}
}

func average3(dst, src, above []uint8, size int) {
	var u, v, w uint8
	for i := 0; i < len(dst)-2 && i < len(src)-2 && i < len(above)-2; i += size {
		u, v, w = src[i]+mean(u, above[i]), src[i+1]+mean(v, above[i+1]), src[i+2]+mean(w, above[i+2])
		dst[i], dst[i+1], dst[i+2] = u, v, w
	}
}

// nearest is the Paeth predictor of left, up and upper left. It has no branches, which
// noise would mislead.
func nearest(a, b, c int) int {
	ab, ac := b-c, a-c // what left+up-upper left is away from left, and from up
	far := magnitude(ab + ac)
	ab, ac = magnitude(ab), magnitude(ac)
	best := b
	if far < ac {
		best = c
	}
	if ab <= min(ac, far) {
		best = a
	}
	return best
}

func magnitude(v int) int {
	sign := v >> 63
	return v ^ sign - sign
}

func paeth1(dst, src, above []uint8, size int) {
	var v, vc int
	for i := 0; i < len(dst) && i < len(src) && i < len(above); i += size {
		b := int(above[i])
		v = (int(src[i]) + nearest(v, b, vc)) & 255
		vc = b
		dst[i] = uint8(v)
	}
}

func paeth2(dst, src, above []uint8, size int) {
	var v, w, vc, wc int
	for i := 0; i < len(dst)-1 && i < len(src)-1 && i < len(above)-1; i += size {
		vb, wb := int(above[i]), int(above[i+1])
		v, w = (int(src[i])+nearest(v, vb, vc))&255, (int(src[i+1])+nearest(w, wb, wc))&255
		vc, wc = vb, wb
		dst[i], dst[i+1] = uint8(v), uint8(w)
	}
}

func paeth3(dst, src, above []uint8, size int) {
	var u, v, w, uc, vc, wc int
	for i := 0; i < len(dst)-2 && i < len(src)-2 && i < len(above)-2; i += size {
		ub, vb, wb := int(above[i]), int(above[i+1]), int(above[i+2])
		u = (int(src[i]) + nearest(u, ub, uc)) & 255
		v = (int(src[i+1]) + nearest(v, vb, vc)) & 255
		w = (int(src[i+2]) + nearest(w, wb, wc)) & 255
		uc, vc, wc = ub, vb, wb
		dst[i], dst[i+1], dst[i+2] = uint8(u), uint8(v), uint8(w)
	}
}
