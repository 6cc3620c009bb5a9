package vp8

import "encoding/binary"

// inverseWalshHadamard makes the DCs of 16 blocks of luma of the coefficients of theirs (14.3).
func (b *block) inverseWalshHadamard() {
	var m [16]int32
	for x := range 4 {
		c0, c1, c2, c3 := int32(b[x]), int32(b[4+x]), int32(b[8+x]), int32(b[12+x])
		m[x] = c0 + c3 + (c1 + c2)
		m[4+x] = c0 - c3 + (c1 - c2)
		m[8+x] = c0 + c3 - (c1 + c2)
		m[12+x] = c0 - c3 - (c1 - c2)
	}
	for y := 0; y < 16; y += 4 {
		c0, c1, c2, c3 := m[y]+3, m[y+1], m[y+2], m[y+3]
		b[y] = int16((c0 + c3 + (c1 + c2)) >> 3)
		b[y+1] = int16((c0 - c3 + (c1 - c2)) >> 3)
		b[y+2] = int16((c0 + c3 - (c1 + c2)) >> 3)
		b[y+3] = int16((c0 - c3 - (c1 - c2)) >> 3)
	}
}

// Factors of the transform, in 1/65536.
const (
	cosine = 85627 // of pi/8, times the root of 2
	sine   = 35468 // the same of the sine
)

// inverse4 transforms four numbers (14.4).
func inverse4(c0, c1, c2, c3 int32) (_, _, _, _ int32) {
	a, b := c0+c2, c0-c2
	c := c1*sine>>16 - c3*cosine>>16
	d := c1*cosine>>16 + c3*sine>>16
	return a + d, b + c, b - c, a - d
}

// addBlock adds to 4x4 samples what a block's coefficients stand for.
var addBlock = addBlockPlain

func addBlockPlain(pix []uint8, stride int, b *block) {
	var m [4][4]int32 // by column
	for x := range 4 {
		m[x][0], m[x][1], m[x][2], m[x][3] = inverse4(int32(b[x]), int32(b[4+x]), int32(b[8+x]), int32(b[12+x]))
	}
	for y := range 4 {
		r0, r1, r2, r3 := inverse4(m[0][y]+4, m[1][y], m[2][y], m[3][y])
		addRow(pix[y*stride:], r0>>3, r1>>3, r2>>3, r3>>3)
	}
}

// addDC is addBlock for a block that has no more than its first coefficient.
var addDC = addDCPlain

func addDCPlain(pix []uint8, stride int, b *block) {
	dc := (int32(b[0]) + 4) >> 3
	for y := range 4 {
		addRow(pix[y*stride:], dc, dc, dc, dc)
	}
}

// addRow adds to four samples.
func addRow(pix []uint8, d0, d1, d2, d3 int32) {
	p := binary.LittleEndian.Uint32(pix)
	r0, r1, r2, r3 := int32(p&0xff)+d0, int32(p>>8&0xff)+d1, int32(p>>16&0xff)+d2, int32(p>>24)+d3
	if uint32(r0|r1|r2|r3) > 255 { // one of them is negative or too great, which is seldom
		r0, r1, r2, r3 = clamp(r0), clamp(r1), clamp(r2), clamp(r3)
	}
	binary.LittleEndian.PutUint32(pix, uint32(r0|r1<<8|r2<<16|r3<<24))
}

// clamp brings a number into the range of a sample.
func clamp(v int32) int32 { return min(max(v, 0), 255) }
