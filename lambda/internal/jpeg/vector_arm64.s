//go:build !purego

#include "textflag.h"

// NEON. Operands stand in Go's order: sources first, the destination last.

// Instructions that Go's assembler does not know, of the registers Vm, Vn and Vd given
// by their numbers.
#define sxtl(n, d) WORD $(0x0F10A400 | n<<5 | d)           // SXTL Vd.4S, Vn.4H
#define mul(m, n, d) WORD $(0x0E609C00 | m<<16 | n<<5 | d) // MUL  Vd.4H, Vn.4H, Vm.4H
#define sshr3(n, d) WORD $(0x4F3D0400 | n<<5 | d)          // SSHR Vd.4S, Vn.4S, #3
#define sshr16(n, d) WORD $(0x4F300400 | n<<5 | d)         // SSHR Vd.4S, Vn.4S, #16
// Shifted to the right by 11 and clipped to words.
#define sqshrn11(n, d) WORD $(0x0F159400 | n<<5 | d)       // SQSHRN Vd.4H, Vn.4S, #11
// Signed words shifted to the right by 2 and clipped to signed bytes; the second into the upper
// half of Vd.
#define sqshrn(n, d) WORD $(0x0F0E9400 | n<<5 | d)  // SQSHRN  Vd.8B, Vn.8H, #2
#define sqshrn2(n, d) WORD $(0x4F0E9400 | n<<5 | d) // SQSHRN2 Vd.16B, Vn.8H, #2
// By a factor f: one lane of V28, V29 or V30, as the instruction's bits of Vm and i.
#define mulBy(f, n, d) WORD $(0x4F808000 | f | n<<5 | d) // MUL Vd.4S, Vn.4S, Vm.S[i]
#define mlaBy(f, n, d) WORD $(0x6F800000 | f | n<<5 | d) // MLA Vd.4S, Vn.4S, Vm.S[i]
#define lane0(m) (m<<16)
#define lane1(m) (m<<16 | 1<<21)
#define lane2(m) (m<<16 | 1<<11)
#define lane3(m) (m<<16 | 1<<21 | 1<<11)

// The constants of idct.go, negative where they are subtracted.
DATA factors<>+0(SB)/4, $4433
DATA factors<>+4(SB)/4, $6270
DATA factors<>+8(SB)/4, $-15137
DATA factors<>+12(SB)/4, $9633
DATA factors<>+16(SB)/4, $-7373
DATA factors<>+20(SB)/4, $-20995
DATA factors<>+24(SB)/4, $-16069
DATA factors<>+28(SB)/4, $-3196
DATA factors<>+32(SB)/4, $12299
DATA factors<>+36(SB)/4, $25172
DATA factors<>+40(SB)/4, $16819
DATA factors<>+44(SB)/4, $2446
GLOBL factors<>(SB), RODATA|NOPTR, $48

#define fix0541196100 lane0(28)
#define fix0765366865 lane1(28)
#define minus1847759065 lane2(28)
#define fix1175875602 lane3(28)
#define minus0899976223 lane0(29)
#define minus2562915447 lane1(29)
#define minus1961570560 lane2(29)
#define minus0390180644 lane3(29)
#define fix1501321110 lane0(30)
#define fix3072711026 lane1(30)
#define fix2053119869 lane2(30)
#define fix0298631336 lane3(30)

// inverse8 is inverse8 of idct.go, of four columns or rows at once, in 32 bits. Only the
// order of some sums differs, which changes nothing, as they wrap.
//
// V0…V7 c[0]…c[7], then the results
// V16…V23 what idct.go calls z, t, z1…z5 and o
// V28…V30 factors, V31 round
TEXT inverse8<>(SB), NOSPLIT, $0-0
	VADD V2.S4, V6.S4, V16.S4
	mulBy(fix0541196100, 16, 16)
	VMOV V16.B16, V17.B16             // z, twice
	mlaBy(minus1847759065, 6, 16)     // t2
	mlaBy(fix0765366865, 2, 17)       // t3
	VADD V4.S4, V0.S4, V18.S4
	VSUB V4.S4, V0.S4, V19.S4
	VSHL $16, V18.S4, V18.S4
	VSHL $16, V19.S4, V19.S4
	sshr3(18, 18)                     // 16 bits, by 1<<13
	sshr3(19, 19)
	VADD V31.S4, V18.S4, V18.S4       // t0
	VADD V31.S4, V19.S4, V19.S4       // t1
	VADD V17.S4, V18.S4, V0.S4        // e0
	VADD V16.S4, V19.S4, V6.S4        // e1
	VSUB V16.S4, V19.S4, V2.S4        // e2
	VSUB V17.S4, V18.S4, V4.S4        // e3

	VADD V3.S4, V7.S4, V16.S4
	VADD V1.S4, V5.S4, V17.S4
	VSHL $16, V16.S4, V16.S4
	VSHL $16, V17.S4, V17.S4
	sshr16(16, 16)
	sshr16(17, 17)
	VADD V16.S4, V17.S4, V18.S4
	mulBy(fix1175875602, 18, 18)
	VMOV V18.B16, V19.B16             // z5, twice
	mlaBy(minus1961570560, 16, 18)    // z3
	mlaBy(minus0390180644, 17, 19)    // z4
	VADD V1.S4, V7.S4, V16.S4
	mulBy(minus0899976223, 16, 16)    // z1
	VADD V3.S4, V5.S4, V17.S4
	mulBy(minus2562915447, 17, 17)    // z2
	VADD V16.S4, V19.S4, V20.S4
	mlaBy(fix1501321110, 1, 20)       // o0
	VADD V17.S4, V18.S4, V21.S4
	mlaBy(fix3072711026, 3, 21)       // o1
	VADD V17.S4, V19.S4, V22.S4
	mlaBy(fix2053119869, 5, 22)       // o2
	VADD V16.S4, V18.S4, V23.S4
	mlaBy(fix0298631336, 7, 23)       // o3

	VSUB V20.S4, V0.S4, V7.S4
	VADD V20.S4, V0.S4, V0.S4
	VADD V21.S4, V6.S4, V1.S4
	VSUB V21.S4, V6.S4, V6.S4
	VSUB V22.S4, V2.S4, V5.S4
	VADD V22.S4, V2.S4, V2.S4
	VADD V23.S4, V4.S4, V3.S4
	VSUB V23.S4, V4.S4, V4.S4
	RET

// dequantize makes Vd of four coefficients and their factors, at a place in bytes; products
// keep 16 bits.
#define dequantize(place, d) \
	FMOVD place(R2), F16; \
	FMOVD place(R3), F17; \
	mul(17, 16, 16);      \
	sxtl(16, d)

// Transposing 4x4 takes two steps: pairs brings the same lane of two neighbouring rows
// side by side, halves the same half of two results of pairs.
#define pairs(a, b, c, d, p, q, r, s) \
	VTRN1 b.S4, a.S4, p.S4; \
	VTRN2 b.S4, a.S4, q.S4; \
	VTRN1 d.S4, c.S4, r.S4; \
	VTRN2 d.S4, c.S4, s.S4

#define halves(p, q, r, s, a, b, c, d) \
	VTRN1 r.D2, p.D2, a.D2; \
	VTRN1 s.D2, q.D2, b.D2; \
	VTRN2 r.D2, p.D2, c.D2; \
	VTRN2 s.D2, q.D2, d.D2

// columns transforms the four columns whose coefficients are in V0…V7 and drops the
// fractional bits, to 16 bits.
#define columns \
	CALL inverse8<>(SB); \
	sqshrn11(0, 0);      \
	sxtl(0, 0);          \
	sqshrn11(1, 1);      \
	sxtl(1, 1);          \
	sqshrn11(2, 2);      \
	sxtl(2, 2);          \
	sqshrn11(3, 3);      \
	sxtl(3, 3);          \
	sqshrn11(4, 4);      \
	sxtl(4, 4);          \
	sqshrn11(5, 5);      \
	sxtl(5, 5);          \
	sqshrn11(6, 6);      \
	sxtl(6, 6);          \
	sqshrn11(7, 7);      \
	sxtl(7, 7)

// rows transforms four rows, of which V0…V7 hold a column each, and cuts off the lower
// 16 bits. A result holds two columns side by side.
#define rows(a, b, c, d) \
	CALL  inverse8<>(SB);     \
	VTRN2 V1.H8, V0.H8, a.H8; \
	VTRN2 V3.H8, V2.H8, b.H8; \
	VTRN2 V5.H8, V4.H8, c.H8; \
	VTRN2 V7.H8, V6.H8, d.H8

// func inverseBlock(dst *uint8, stride int, b *block, quant *[64]uint16)
//
// Columns first, the four on the left before those on the right; then rows, the upper
// four before the lower ones.
//
// R0 dst, R1 stride, R2 b, R3 quant
// V0…V7, V16…V23, V28…V31 as in inverse8
// V8…V11 the upper left quarter, V12…V15 the lower left, V16…V19 the upper right,
// V24…V27 the lower right, after one of two steps of transposing
TEXT ·inverseBlock(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD stride+8(FP), R1
	MOVD b+16(FP), R2
	MOVD quant+24(FP), R3
	MOVD $factors<>(SB), R4
	VLD1 (R4), [V28.S4, V29.S4, V30.S4]

	MOVD $(1<<10), R4 // columnRound
	VDUP R4, V31.S4
	dequantize(0, 0)
	dequantize(16, 1)
	dequantize(32, 2)
	dequantize(48, 3)
	dequantize(64, 4)
	dequantize(80, 5)
	dequantize(96, 6)
	dequantize(112, 7)
	columns
	pairs(V0, V1, V2, V3, V8, V9, V10, V11)
	pairs(V4, V5, V6, V7, V12, V13, V14, V15)
	dequantize(8, 0)
	dequantize(24, 1)
	dequantize(40, 2)
	dequantize(56, 3)
	dequantize(72, 4)
	dequantize(88, 5)
	dequantize(104, 6)
	dequantize(120, 7)
	columns
	pairs(V0, V1, V2, V3, V16, V17, V18, V19)
	pairs(V4, V5, V6, V7, V24, V25, V26, V27)

	MOVD $(1<<17), R4 // rowRound
	VDUP R4, V31.S4
	halves(V8, V9, V10, V11, V0, V1, V2, V3)
	halves(V16, V17, V18, V19, V4, V5, V6, V7)
	rows(V8, V9, V10, V11)
	halves(V12, V13, V14, V15, V0, V1, V2, V3)
	halves(V24, V25, V26, V27, V4, V5, V6, V7)
	rows(V12, V13, V14, V15)

	// 2 bits are left of the rowShift of 18. Two columns of all rows each:
	sqshrn(8, 0)
	sqshrn2(12, 0)
	sqshrn(9, 1)
	sqshrn2(13, 1)
	sqshrn(10, 2)
	sqshrn2(14, 2)
	sqshrn(11, 3)
	sqshrn2(15, 3)
	VMOVI $128, V31.B16 // to the middle of a byte
	VEOR  V31.B16, V0.B16, V0.B16
	VEOR  V31.B16, V1.B16, V1.B16
	VEOR  V31.B16, V2.B16, V2.B16
	VEOR  V31.B16, V3.B16, V3.B16

	VZIP1 V1.H8, V0.H8, V4.H8 // columns 0…3 of the upper rows,
	VZIP2 V1.H8, V0.H8, V5.H8 // of the lower ones,
	VZIP1 V3.H8, V2.H8, V6.H8 // columns 4…7 of the upper rows,
	VZIP2 V3.H8, V2.H8, V7.H8 // of the lower ones
	VZIP1 V6.S4, V4.S4, V0.S4 // two whole rows each
	VZIP2 V6.S4, V4.S4, V1.S4
	VZIP1 V7.S4, V5.S4, V2.S4
	VZIP2 V7.S4, V5.S4, V3.S4

	VST1.P V0.D[0], (R0)(R1)
	VST1.P V0.D[1], (R0)(R1)
	VST1.P V1.D[0], (R0)(R1)
	VST1.P V1.D[1], (R0)(R1)
	VST1.P V2.D[0], (R0)(R1)
	VST1.P V2.D[1], (R0)(R1)
	VST1.P V3.D[0], (R0)(R1)
	VST1.P V3.D[1], (R0)(R1)
	RET
