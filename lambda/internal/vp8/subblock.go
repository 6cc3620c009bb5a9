package vp8

import "encoding/binary"

// predictSubblock fills 4x4 samples from those around them (12.3). pix[at] is their first sample; right are the four
// samples above and to the right.
//
// Eight samples at a time are bytes of a number, the first in the lowest. The directions' rows are windows on means of
// neighbours.
func predictSubblock(mode uint8, pix []uint8, at, stride int, right uint32) {
	const each = 0x01010101
	row0, row1, row2, row3 := pix[at-1:at+4], pix[at+stride-1:at+stride+4], pix[at+2*stride-1:at+2*stride+4], pix[at+3*stride-1:at+3*stride+4]
	corner := uint64(pix[at-stride-1])
	above := uint64(binary.LittleEndian.Uint32(pix[at-stride:])) | uint64(right)<<32
	l0, l1, l2, l3 := uint64(row0[0]), uint64(row1[0]), uint64(row2[0]), uint64(row3[0])

	var w0, w1, w2, w3 uint32
	switch mode {
	case subDC:
		mean := uint32(l0+l1+l2+l3+above&0xff+above>>8&0xff+above>>16&0xff+above>>24&0xff+4) >> 3 * each
		w0, w1, w2, w3 = mean, mean, mean, mean
	case subTrueMotion:
		w0 = changed(above, int32(l0)-int32(corner))
		w1 = changed(above, int32(l1)-int32(corner))
		w2 = changed(above, int32(l2)-int32(corner))
		w3 = changed(above, int32(l3)-int32(corner))
	case subVertical:
		w0 = uint32(mean3(above<<8|corner, above, above>>8))
		w1, w2, w3 = w0, w0, w0
	case subHorizontal:
		left := l0 | l1<<8 | l2<<16 | l3<<24
		m := uint32(mean3(left<<8|corner, left, left>>8|l3<<24))
		w0, w1, w2, w3 = m&0xff*each, m>>8&0xff*each, m>>16&0xff*each, m>>24*each
	case subLeftDown:
		last := above >> 56
		m := mean3(above, above>>8|last<<56, above>>16|last<<56|last<<48)
		w0, w1, w2, w3 = uint32(m), uint32(m>>8), uint32(m>>16), uint32(m>>24)
	case subVerticalLeft:
		m2, m3 := mean2(above, above>>8), mean3(above, above>>8, above>>16)
		w0, w1 = uint32(m2), uint32(m3)
		w2, w3 = uint32(m2>>8)&0xffffff|uint32(m3>>32)<<24, uint32(m3>>8)&0xffffff|uint32(m3>>40)<<24
	case subHorizontalUp:
		left := l0 | l1<<8 | l2<<16 | l3*each<<24
		m := interleave(uint32(mean2(left, left>>8)), uint32(mean3(left, left>>8, left>>16)))
		w0, w1, w2, w3 = uint32(m), uint32(m>>16), uint32(m>>32), uint32(l3)*each
	default:
		// From the lowest sample on the left up to the corner and on along the row above.
		around := l3 | l2<<8 | l1<<16 | l0<<24 | corner<<32 | above<<40
		next := around>>8 | above>>24<<56
		m3 := mean3(around, next, next>>8)
		switch mode {
		case subRightDown:
			w0, w1, w2, w3 = uint32(m3>>24), uint32(m3>>16), uint32(m3>>8), uint32(m3)
		case subVerticalRight:
			w0, w1 = uint32(mean2(around, next)>>32), uint32(m3>>24)
			w2, w3 = w0<<8|uint32(m3>>16)&0xff, w1<<8|uint32(m3>>8)&0xff
		case subHorizontalDown:
			m := interleave(uint32(mean2(around, next)), uint32(m3))
			w0 = uint32(m>>48) | uint32(m3>>32)<<16
			w1, w2, w3 = uint32(m>>32), uint32(m>>16), uint32(m)
		}
	}
	binary.LittleEndian.PutUint32(row0[1:], w0)
	binary.LittleEndian.PutUint32(row1[1:], w1)
	binary.LittleEndian.PutUint32(row2[1:], w2)
	binary.LittleEndian.PutUint32(row3[1:], w3)
}

// changed adds a change to four samples.
func changed(four uint64, by int32) uint32 {
	r0, r1, r2, r3 := int32(four&0xff)+by, int32(four>>8&0xff)+by, int32(four>>16&0xff)+by, int32(four>>24&0xff)+by
	return uint32(clamp(r0) | clamp(r1)<<8 | clamp(r2)<<16 | clamp(r3)<<24)
}

const upperBits = 0xfefefefefefefefe // of bytes: all but the lowest

// mean2 is (a + b + 1) / 2 of each byte.
func mean2(a, b uint64) uint64 { return a | b - (a^b)&upperBits>>1 }

// mean3 is (a + 2b + c + 2) / 4 of each byte: the mean of b and of a and c's, which is rounded down.
func mean3(a, b, c uint64) uint64 { return mean2(b, a&c+(a^c)&upperBits>>1) }

// interleave puts the bytes of b each behind one of a.
func interleave(a, b uint32) uint64 { return spread(a) | spread(b)<<8 }

// spread puts a zero behind each byte.
func spread(v uint32) uint64 {
	w := uint64(v)
	w = (w | w<<16) & 0x0000ffff0000ffff
	return (w | w<<8) & 0x00ff00ff00ff00ff
}
