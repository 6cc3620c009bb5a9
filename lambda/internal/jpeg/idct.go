package jpeg

// block is the coefficients of 8x8 samples in natural order, row by row.
type block [64]int16

// natural is the place of a coefficient, given in zigzag order, in a block. What
// damaged data put behind the end goes to the last place.
var natural = [128]uint8{
	0, 1, 8, 16, 9, 2, 3, 10,
	17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34,
	27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36,
	29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46,
	53, 60, 61, 54, 47, 55, 62, 63,
	63, 63, 63, 63, 63, 63, 63, 63,
	63, 63, 63, 63, 63, 63, 63, 63,
}

// Constants of the transform, with 13 fractional bits.
const (
	fix0298631336 = 2446
	fix0390180644 = 3196
	fix0541196100 = 4433
	fix0765366865 = 6270
	fix0899976223 = 7373
	fix1175875602 = 9633
	fix1501321110 = 12299
	fix1847759065 = 15137
	fix1961570560 = 16069
	fix2053119869 = 16819
	fix2562915447 = 20995
	fix3072711026 = 25172
)

const (
	constBits = 13
	pass1Bits = 2 // fractional bits that the columns' results keep
)

// inverse transforms a block and writes its 8x8 samples. last is the place in
// zigzag order of its last coefficient that is not zero, or a later one.
//
// This is the inverse DCT of C. Loeffler, A. Ligtenberg and G. Moschytz,
// "Practical fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989, with
// the constants, the order and the rounding of libjpeg's accurate integer method
// (jidctint.c, JDCT_ISLOW): columns first, then rows, so that the samples are
// the same to the last bit.
func inverse(dst []uint8, stride int, b *block, quant *[64]uint16, last uint8) {
	switch {
	case last == 0:
		inverseFlat(dst, stride, int32(b[0])*int32(quant[0]))
	default:
		inverseFull(dst, stride, b, quant)
	}
}

// inverseFlat is inverse for a block without AC coefficients.
func inverseFlat(dst []uint8, stride int, dc int32) {
	v := sample(dc<<pass1Bits, pass1Bits+3)
	for y := range 8 {
		row := dst[y*stride:][:8]
		row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7] = v, v, v, v, v, v, v, v
	}
}

func inverseFull(dst []uint8, stride int, b *block, quant *[64]uint16) {
	var work [64]int32 // columns done
	for x := range 8 {
		c0 := int32(b[x]) * int32(quant[x])
		if b[8+x]|b[16+x]|b[24+x]|b[32+x]|b[40+x]|b[48+x]|b[56+x] == 0 {
			c0 <<= pass1Bits
			work[x], work[8+x], work[16+x], work[24+x] = c0, c0, c0, c0
			work[32+x], work[40+x], work[48+x], work[56+x] = c0, c0, c0, c0
			continue
		}
		c1 := int32(b[8+x]) * int32(quant[8+x])
		c2 := int32(b[16+x]) * int32(quant[16+x])
		c3 := int32(b[24+x]) * int32(quant[24+x])
		c4 := int32(b[32+x]) * int32(quant[32+x])
		c5 := int32(b[40+x]) * int32(quant[40+x])
		c6 := int32(b[48+x]) * int32(quant[48+x])
		c7 := int32(b[56+x]) * int32(quant[56+x])
		e0, e1, e2, e3 := even(c0, c2, c4, c6)
		o0, o1, o2, o3 := odd(c1, c3, c5, c7)
		const shift, half = constBits - pass1Bits, 1 << (constBits - pass1Bits - 1)
		work[x], work[56+x] = (e0+o0+half)>>shift, (e0-o0+half)>>shift
		work[8+x], work[48+x] = (e1+o1+half)>>shift, (e1-o1+half)>>shift
		work[16+x], work[40+x] = (e2+o2+half)>>shift, (e2-o2+half)>>shift
		work[24+x], work[32+x] = (e3+o3+half)>>shift, (e3-o3+half)>>shift
	}
	for y := range 8 {
		w := (*[8]int32)(work[8*y:])
		row := dst[y*stride:][:8]
		e0, e1, e2, e3 := even(w[0], w[2], w[4], w[6])
		o0, o1, o2, o3 := odd(w[1], w[3], w[5], w[7])
		const shift = constBits + pass1Bits + 3
		row[0], row[7] = sample(e0+o0, shift), sample(e0-o0, shift)
		row[1], row[6] = sample(e1+o1, shift), sample(e1-o1, shift)
		row[2], row[5] = sample(e2+o2, shift), sample(e2-o2, shift)
		row[3], row[4] = sample(e3+o3, shift), sample(e3-o3, shift)
	}
}

// even is the even half of a transform of 8 values, with constBits more
// fractional bits than its input.
func even(c0, c2, c4, c6 int32) (e0, e1, e2, e3 int32) {
	z := (c2 + c6) * fix0541196100
	t2, t3 := z-c6*fix1847759065, z+c2*fix0765366865
	t0, t1 := (c0+c4)<<constBits, (c0-c4)<<constBits
	return t0 + t3, t1 + t2, t1 - t2, t0 - t3
}

// odd is the odd half.
func odd(c1, c3, c5, c7 int32) (o0, o1, o2, o3 int32) {
	z1, z2, z3, z4 := c7+c1, c5+c3, c7+c3, c5+c1
	z5 := (z3 + z4) * fix1175875602
	z1, z2 = -z1*fix0899976223, -z2*fix2562915447
	z3, z4 = z5-z3*fix1961570560, z5-z4*fix0390180644
	return c1*fix1501321110 + z1 + z4,
		c3*fix3072711026 + z2 + z3,
		c5*fix2053119869 + z2 + z4,
		c7*fix0298631336 + z1 + z3
}

// sample rounds shift fractional bits away, moves 0 to the middle of a byte and
// clips.
func sample(v int32, shift uint) uint8 {
	v = (v + (1<<shift)>>1 + 128<<shift) >> shift
	if uint32(v) > 255 {
		return uint8(^(v >> 31)) // 0 below, 255 above
	}
	return uint8(v)
}
