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

// reach is how many columns, and rows, a block may have coefficients in, by the
// place in zigzag order of its last one.
var reach = func() (n [64]uint8) {
	most := uint8(0)
	for k := range n {
		most = max(most, natural[k]%8+1, natural[k]/8+1)
		n[k] = most
	}
	return n
}()

// inverse transforms a block and writes its 8x8 samples. last is the place in
// zigzag order of its last coefficient that may be other than zero.
//
// This is the inverse DCT of C. Loeffler, A. Ligtenberg and G. Moschytz,
// "Practical fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989, with
// the constants, the order and the rounding of libjpeg's accurate integer method
// (jidctint.c, JDCT_ISLOW): columns first, then rows, so that the samples are
// the same to the last bit. Blocks with few coefficients leave out what is zero.
func inverse(dst []uint8, stride int, b *block, quant *[64]uint16, last uint8) {
	switch n := int(reach[last&63]); {
	case n == 1:
		inverse1(dst, stride, b, quant)
	case n <= 4:
		inverse4(dst, stride, b, quant)
	default:
		inverse8(dst, stride, b, quant, n)
	}
}

// inverse1 is inverse for a block without AC coefficients.
func inverse1(dst []uint8, stride int, b *block, quant *[64]uint16) {
	v := sample(int32(b[0])*int32(quant[0])<<(constBits+pass1Bits) + rowRound)
	for y := range 8 {
		row := dst[y*stride:][:8]
		row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7] = v, v, v, v, v, v, v, v
	}
}

// inverse4 is inverse for a block of which only the 4x4 lowest coefficients are
// not zero.
func inverse4(dst []uint8, stride int, b *block, quant *[64]uint16) {
	var work [8][4]int32 // columns done
	for x := range 4 {
		e0, e1, e2, e3 := even(int32(b[x])*int32(quant[x]), int32(b[16+x])*int32(quant[16+x]), 0, 0, columnRound)
		o0, o1, o2, o3 := odd2(int32(b[8+x])*int32(quant[8+x]), int32(b[24+x])*int32(quant[24+x]))
		work[0][x], work[7][x] = (e0+o0)>>columnShift, (e0-o0)>>columnShift
		work[1][x], work[6][x] = (e1+o1)>>columnShift, (e1-o1)>>columnShift
		work[2][x], work[5][x] = (e2+o2)>>columnShift, (e2-o2)>>columnShift
		work[3][x], work[4][x] = (e3+o3)>>columnShift, (e3-o3)>>columnShift
	}
	for y := range work {
		w := &work[y]
		e0, e1, e2, e3 := even(w[0], w[2], 0, 0, rowRound)
		o0, o1, o2, o3 := odd2(w[1], w[3])
		row := (*[8]uint8)(dst[y*stride:])
		row[0], row[7] = sample(e0+o0), sample(e0-o0)
		row[1], row[6] = sample(e1+o1), sample(e1-o1)
		row[2], row[5] = sample(e2+o2), sample(e2-o2)
		row[3], row[4] = sample(e3+o3), sample(e3-o3)
	}
}

// inverse8 is inverse for a block of which the first n columns may have other
// coefficients than zero.
func inverse8(dst []uint8, stride int, b *block, quant *[64]uint16, n int) {
	var work [8][8]int32 // columns done
	for x := range min(n, 8) {
		c0 := int32(b[x]) * int32(quant[x])
		if b[8+x]|b[16+x]|b[24+x]|b[32+x]|b[40+x]|b[48+x]|b[56+x] == 0 {
			for y := range work {
				work[y][x] = c0 << pass1Bits
			}
			continue
		}
		c2, c4, c6 := int32(b[16+x])*int32(quant[16+x]), int32(b[32+x])*int32(quant[32+x]), int32(b[48+x])*int32(quant[48+x])
		e0, e1, e2, e3 := even(c0, c2, c4, c6, columnRound)
		c1, c3 := int32(b[8+x])*int32(quant[8+x]), int32(b[24+x])*int32(quant[24+x])
		c5, c7 := int32(b[40+x])*int32(quant[40+x]), int32(b[56+x])*int32(quant[56+x])
		z1, z2, z3, z4 := odd(c1, c3, c5, c7)
		o0, o1 := c1*fix1501321110+z1+z4, c3*fix3072711026+z2+z3
		o2, o3 := c5*fix2053119869+z2+z4, c7*fix0298631336+z1+z3
		work[0][x], work[7][x] = (e0+o0)>>columnShift, (e0-o0)>>columnShift
		work[1][x], work[6][x] = (e1+o1)>>columnShift, (e1-o1)>>columnShift
		work[2][x], work[5][x] = (e2+o2)>>columnShift, (e2-o2)>>columnShift
		work[3][x], work[4][x] = (e3+o3)>>columnShift, (e3-o3)>>columnShift
	}
	for y := range work {
		w := &work[y]
		e0, e1, e2, e3 := even(w[0], w[2], w[4], w[6], rowRound)
		z1, z2, z3, z4 := odd(w[1], w[3], w[5], w[7])
		o0, o1 := w[1]*fix1501321110+z1+z4, w[3]*fix3072711026+z2+z3
		o2, o3 := w[5]*fix2053119869+z2+z4, w[7]*fix0298631336+z1+z3
		row := (*[8]uint8)(dst[y*stride:])
		row[0], row[7] = sample(e0+o0), sample(e0-o0)
		row[1], row[6] = sample(e1+o1), sample(e1-o1)
		row[2], row[5] = sample(e2+o2), sample(e2-o2)
		row[3], row[4] = sample(e3+o3), sample(e3-o3)
	}
}

// even is the even half of a transform of 8 values, with constBits more
// fractional bits than its input. All of its results have plus added.
func even(c0, c2, c4, c6, plus int32) (e0, e1, e2, e3 int32) {
	z := (c2 + c6) * fix0541196100
	t2, t3 := z-c6*fix1847759065, z+c2*fix0765366865
	t0, t1 := (c0+c4)<<constBits+plus, (c0-c4)<<constBits+plus
	return t0 + t3, t1 + t2, t1 - t2, t0 - t3
}

// odd is what the results of the odd half share. To them comes a multiple of one
// value each.
func odd(c1, c3, c5, c7 int32) (z1, z2, z3, z4 int32) {
	z3, z4 = c7+c3, c5+c1
	z5 := (z3 + z4) * fix1175875602
	return (c7 + c1) * -fix0899976223, (c5 + c3) * -fix2562915447, z5 - z3*fix1961570560, z5 - z4*fix0390180644
}

// odd2 is the odd half if c5 and c7 are zero. No product is rounded, so that
// the constants may be summed up.
func odd2(c1, c3 int32) (o0, o1, o2, o3 int32) {
	z := (c1 + c3) * fix1175875602
	return z + c1*(fix1501321110-fix0899976223-fix0390180644),
		z + c3*(fix3072711026-fix2562915447-fix1961570560),
		z - c1*fix0390180644 - c3*fix2562915447,
		z - c1*fix0899976223 - c3*fix1961570560
}

// Fractional bits to drop, and what rounds them: of the columns' results all but
// pass1Bits; of the rows' those of both passes, and a factor of 8 that the
// transform leaves. The rows' results move to the middle of a byte too.
const (
	columnShift = constBits - pass1Bits
	columnRound = 1 << (columnShift - 1)
	rowShift    = constBits + pass1Bits + 3
	rowRound    = 1<<(rowShift-1) + 128<<rowShift
)

// sample drops the fractional bits of a rounded result and clips it.
func sample(v int32) uint8 {
	v >>= rowShift
	if uint32(v) > 255 {
		return uint8(^(v >> 31)) // 0 below, 255 above
	}
	return uint8(v)
}
