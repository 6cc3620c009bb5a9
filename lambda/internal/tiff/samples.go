package tiff

import "math"

// unpack makes a byte of each sample of a row, of len(dst) samples. Indices of a palette
// stay as they are; other samples of fewer than 8 bits are spread over the range of a
// byte, and of more, the highest 8 bits are kept, as OpenCV does. (Pillow clips grey of
// 16 bits, so that all but black is white.) Signed and 32-bit numbers are clipped to 0 to
// 255, as in Pillow.
func (f *File) unpack(dst []uint8, row []byte) {
	switch {
	case f.bits == 8:
		copy(dst, row)
	case f.bits < 8:
		f.unpackSmall(dst, row)
	case f.bits == 16 && f.format == signed:
		for i := range dst {
			dst[i] = clip(int32(int16(f.order.Uint16(row[2*i:]))))
		}
	case f.bits == 16:
		for i := range dst {
			dst[i] = uint8(f.order.Uint16(row[2*i:]) >> 8)
		}
	case f.bits < 16:
		at := 0
		for i := range dst {
			// The highest 8 of the bits, which lie in two bytes.
			dst[i] = row[at>>3] << (at & 7)
			if at&7 > 0 {
				dst[i] |= row[at>>3+1] >> (8 - at&7)
			}
			at += f.bits
		}
	case f.format == floating:
		for i := range dst {
			v := math.Float32frombits(f.order.Uint32(row[4*i:]))
			if v > 0 { // not of a number that is none
				dst[i] = uint8(min(v, 255))
			} else {
				dst[i] = 0
			}
		}
	default:
		for i := range dst {
			dst[i] = clip(int32(f.order.Uint32(row[4*i:])))
		}
	}
}

// unpackSmall is unpack for fewer than 8 bits.
func (f *File) unpackSmall(dst []uint8, row []byte) {
	most := 1<<f.bits - 1
	scale := 255
	if f.photometric == palette {
		scale = most
	}
	at := 0
	for i := range dst {
		v := int(row[at>>3]) << 8
		if at>>3+1 < len(row) {
			v |= int(row[at>>3+1])
		}
		dst[i] = uint8((v >> (16 - at&7 - f.bits) & most) * scale / most)
		at += f.bits
	}
}

func clip(v int32) uint8 { return uint8(min(max(v, 0), 255)) }
