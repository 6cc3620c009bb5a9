package jpeg

import "math"

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

// Constants of the inverse DCT, with 13 fractional bits.
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

// inverse transforms a block back and writes its 8x8 samples. last is the place in
// zigzag order of its last coefficient that may be other than zero.
func inverse(dst []uint8, stride int, b *block, quant *[64]uint16, last uint8) {
	if last == 0 {
		inverseDC(dst, stride, b[0]*int16(quant[0]))
		return
	}
	if endsInFirstRow>>last&1 == 1 && overflows((*[8]int16)(b[:8]), quant) && [56]int16(b[8:]) == [56]int16{} {
		inverseFirstRow(dst, stride, (*[8]int16)(b[:8]), quant)
		return
	}
	inverseAll(dst, stride, b, quant)
}

// endsInFirstRow has a bit for each place in zigzag order that is in a block's first row.
const endsInFirstRow uint64 = 1<<1 | 1<<5 | 1<<6 | 1<<14 | 1<<15 | 1<<27 | 1<<28

// overflows reports whether the columns' results, of a first row alone, have more than 16
// bits. No encoder writes such.
func overflows(first *[8]int16, quant *[64]uint16) bool {
	const half = 1 << (15 - pass1Bits)
	var all uint16
	for x, c := range first {
		all |= uint16(c*int16(quant[x]) + half)
	}
	return all >= 2*half
}

// inverseFirstRow is inverse for a block of nothing but its first row. The columns' results
// keep 16 bits: where they have no more, it gives what inverseAll gives.
func inverseFirstRow(dst []uint8, stride int, first *[8]int16, quant *[64]uint16) {
	var row [8]int32
	for x, c := range first {
		row[x] = int32(c * int16(quant[x]) << pass1Bits)
	}
	for x, v := range inverse8(row, rowRound) {
		v := sample(v)
		for y := range 8 {
			dst[y*stride+x] = v
		}
	}
}

// inverseDC is inverse for a block of nothing but its DC coefficient, dequantized.
func inverseDC(dst []uint8, stride int, dc int16) {
	v := sample(int32(dc<<pass1Bits)<<constBits + rowRound)
	for y := range 8 {
		row := dst[y*stride:][:8]
		row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7] = v, v, v, v, v, v, v, v
	}
}

// inverseAll is inverse for any block.
var inverseAll = inversePlain

// inversePlain is the inverse DCT of C. Loeffler, A. Ligtenberg and G. Moschytz,
// "Practical fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989, with
// the constants, the order and the rounding of libjpeg's accurate integer method
// (jidctint.c, JDCT_ISLOW): columns first, then rows, so that the samples are
// the same to the last bit. Coefficients that no encoder writes, of damaged data, come out
// as in libjpeg-turbo's vector instructions for x86, which keep 16 bits of products and of
// the first sums, and clip what the columns give to 16 bits.
func inversePlain(dst []uint8, stride int, b *block, quant *[64]uint16) {
	var work [8][8]int32
	for x := range 8 {
		var column [8]int32
		for y := range column {
			column[y] = int32(b[8*y+x] * int16(quant[8*y+x]))
		}
		for y, v := range inverse8(column, columnRound) {
			work[y][x] = min(max(v>>columnShift, math.MinInt16), math.MaxInt16)
		}
	}
	for y := range work {
		row := (*[8]uint8)(dst[y*stride:])
		for x, v := range inverse8(work[y], rowRound) {
			row[x] = sample(v)
		}
	}
}

// inverse8 transforms 8 values. The results have constBits more fractional bits and
// round added.
func inverse8(c [8]int32, round int32) [8]int32 {
	z := (c[2] + c[6]) * fix0541196100
	t2, t3 := z-c[6]*fix1847759065, z+c[2]*fix0765366865
	t0, t1 := int32(int16(c[0]+c[4]))<<constBits+round, int32(int16(c[0]-c[4]))<<constBits+round
	e0, e1, e2, e3 := t0+t3, t1+t2, t1-t2, t0-t3

	z3, z4 := int32(int16(c[7]+c[3])), int32(int16(c[5]+c[1]))
	z5 := (z3 + z4) * fix1175875602
	z1, z2 := (c[7]+c[1])*-fix0899976223, (c[5]+c[3])*-fix2562915447
	z3, z4 = z5-z3*fix1961570560, z5-z4*fix0390180644
	o0, o1 := c[1]*fix1501321110+z1+z4, c[3]*fix3072711026+z2+z3
	o2, o3 := c[5]*fix2053119869+z2+z4, c[7]*fix0298631336+z1+z3

	return [8]int32{e0 + o0, e1 + o1, e2 + o2, e3 + o3, e3 - o3, e2 - o2, e1 - o1, e0 - o0}
}

// Fractional bits to drop, and what rounds them: of the columns' results all but
// pass1Bits; of the rows' those of both passes, and a factor of 8 that the
// transform leaves.
const (
	columnShift = constBits - pass1Bits
	columnRound = 1 << (columnShift - 1)
	rowShift    = constBits + pass1Bits + 3
	rowRound    = 1 << (rowShift - 1)
)

// sample drops the fractional bits of a rounded result, moves it to the middle of a byte
// and clips it.
func sample(v int32) uint8 { return uint8(min(max(v>>rowShift+128, 0), 255)) }
