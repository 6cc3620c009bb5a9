//go:build !purego

#include "textflag.h"

// NEON. Operands stand in Go's order: sources first, the destination last.

// Instructions that Go's assembler does not know, of the registers Vm, Vn and Vd given
// by their numbers: Vd is Vn, of which Vm is taken where the order matters.

// Of 16 bytes.
#define uabd(m, n, d) WORD $(0x6E207400 | m<<16 | n<<5 | d)  // UABD  Vd.16B, Vn.16B, Vm.16B
#define umax(m, n, d) WORD $(0x6E206400 | m<<16 | n<<5 | d)  // UMAX  Vd.16B, Vn.16B, Vm.16B
#define uqadd(m, n, d) WORD $(0x6E200C00 | m<<16 | n<<5 | d) // UQADD Vd.16B, Vn.16B, Vm.16B
#define cmhs(m, n, d) WORD $(0x6E203C00 | m<<16 | n<<5 | d)  // CMHS  Vd.16B, Vn.16B, Vm.16B: Vn is not below
#define sqsub(m, n, d) WORD $(0x4E202C00 | m<<16 | n<<5 | d) // SQSUB Vd.16B, Vn.16B, Vm.16B
#define sqadd(m, n, d) WORD $(0x4E200C00 | m<<16 | n<<5 | d) // SQADD Vd.16B, Vn.16B, Vm.16B
#define bic(m, n, d) WORD $(0x4E601C00 | m<<16 | n<<5 | d)   // BIC   Vd.16B, Vn.16B, Vm.16B
#define ushr1(n, d) WORD $(0x6F0F0400 | n<<5 | d)            // USHR  Vd.16B, Vn.16B, #1
#define sshr3(n, d) WORD $(0x4F0D0400 | n<<5 | d)            // SSHR  Vd.16B, Vn.16B, #3
#define srshr1(n, d) WORD $(0x4F0F2400 | n<<5 | d)           // SRSHR Vd.16B, Vn.16B, #1

// From bytes to words, and back; those with a 2 of the upper half or into it.
#define smull(m, n, d) WORD $(0x0E20C000 | m<<16 | n<<5 | d)  // SMULL  Vd.8H, Vn.8B, Vm.8B
#define smull2(m, n, d) WORD $(0x4E20C000 | m<<16 | n<<5 | d) // SMULL2 Vd.8H, Vn.16B, Vm.16B
#define uaddl(m, n, d) WORD $(0x2E200000 | m<<16 | n<<5 | d)  // UADDL  Vd.8H, Vn.8B, Vm.8B
#define uxtl(n, d) WORD $(0x2F08A400 | n<<5 | d)              // UXTL   Vd.8H, Vn.8B
#define ushll7(n, d) WORD $(0x2F0FA400 | n<<5 | d)            // USHLL  Vd.8H, Vn.8B, #7
#define shrn1(n, d) WORD $(0x0F0F8400 | n<<5 | d)             // SHRN   Vd.8B, Vn.8H, #1
#define sqshrn7(n, d) WORD $(0x0F099400 | n<<5 | d)           // SQSHRN  Vd.8B, Vn.8H, #7
#define sqshrn7_2(n, d) WORD $(0x4F099400 | n<<5 | d)         // SQSHRN2 Vd.16B, Vn.8H, #7
#define sqshrun6(n, d) WORD $(0x2F0A8400 | n<<5 | d)          // SQSHRUN Vd.8B, Vn.8H, #6
#define uqshrn6(n, d) WORD $(0x2F0A9400 | n<<5 | d)           // UQSHRN  Vd.8B, Vn.8H, #6
#define sqxtun(n, d) WORD $(0x2E212800 | n<<5 | d)            // SQXTUN  Vd.8B, Vn.8H

// Of 8 words.
#define sqdmulh(m, n, d) WORD $(0x4E60B400 | m<<16 | n<<5 | d) // SQDMULH Vd.8H, Vn.8H, Vm.8H: 2*n*m >> 16
#define uqsubw(m, n, d) WORD $(0x6E602C00 | m<<16 | n<<5 | d)  // UQSUB   Vd.8H, Vn.8H, Vm.8H
#define sqaddw(m, n, d) WORD $(0x4E600C00 | m<<16 | n<<5 | d)  // SQADD   Vd.8H, Vn.8H, Vm.8H

// From words to 32 bits, of these, and back.
#define sxtl(n, d) WORD $(0x0F10A400 | n<<5 | d)           // SXTL    Vd.4S, Vn.4H
#define sxtl2(n, d) WORD $(0x4F10A400 | n<<5 | d)          // SXTL2   Vd.4S, Vn.8H
#define mul(m, n, d) WORD $(0x4EA09C00 | m<<16 | n<<5 | d) // MUL     Vd.4S, Vn.4S, Vm.4S
#define sshr16(n, d) WORD $(0x4F300400 | n<<5 | d)         // SSHR    Vd.4S, Vn.4S, #16
#define sqshrn3(n, d) WORD $(0x0F1D9400 | n<<5 | d)        // SQSHRN  Vd.4H, Vn.4S, #3
#define sqshrn3_2(n, d) WORD $(0x4F1D9400 | n<<5 | d)      // SQSHRN2 Vd.8H, Vn.4S, #3

// inverse4 is inverse4 of transform.go, of what stands in the same lane of V0…V3, in 32 bits.
// V28 is sine, V29 cosine.
#define inverse4 \
	mul(28, 1, 4);           \
	mul(29, 3, 5);           \
	mul(29, 1, 6);           \
	mul(28, 3, 7);           \
	sshr16(4, 4);            \
	sshr16(5, 5);            \
	sshr16(6, 6);            \
	sshr16(7, 7);            \
	VSUB V5.S4, V4.S4, V4.S4; \ // c
	VADD V7.S4, V6.S4, V6.S4; \ // d
	VADD V2.S4, V0.S4, V5.S4; \ // a
	VSUB V2.S4, V0.S4, V7.S4; \ // b
	VADD V6.S4, V5.S4, V0.S4; \
	VADD V4.S4, V7.S4, V1.S4; \
	VSUB V4.S4, V7.S4, V2.S4; \
	VSUB V6.S4, V5.S4, V3.S4

// transpose4 makes columns of rows, in V0…V3.
#define transpose4 \
	VTRN1 V1.S4, V0.S4, V4.S4; \
	VTRN2 V1.S4, V0.S4, V5.S4; \
	VTRN1 V3.S4, V2.S4, V6.S4; \
	VTRN2 V3.S4, V2.S4, V7.S4; \
	VTRN1 V6.D2, V4.D2, V0.D2; \
	VTRN1 V7.D2, V5.D2, V1.D2; \
	VTRN2 V6.D2, V4.D2, V2.D2; \
	VTRN2 V7.D2, V5.D2, V3.D2

// addSamples adds the words in V0, of two rows, and in V1, of two more, to 4x4 samples at R0,
// R1 apart.
#define addSamples \
	ADD  R1, R0, R3;        \
	ADD  R1, R3, R4;        \
	ADD  R1, R4, R5;        \
	VLD1 (R0), V2.S[0];     \
	VLD1 (R3), V2.S[1];     \
	VLD1 (R4), V3.S[0];     \
	VLD1 (R5), V3.S[1];     \
	uxtl(2, 2);             \
	uxtl(3, 3);             \
	sqaddw(0, 2, 2);        \
	sqaddw(1, 3, 3);        \
	sqxtun(2, 2);           \
	sqxtun(3, 3);           \
	VST1 V2.S[0], (R0);     \
	VST1 V2.S[1], (R3);     \
	VST1 V3.S[0], (R4);     \
	VST1 V3.S[1], (R5)

// func add4x4(pix *uint8, stride int, b *block)
TEXT ·add4x4(SB), NOSPLIT, $0-24
	MOVD pix+0(FP), R0
	MOVD stride+8(FP), R1
	MOVD b+16(FP), R2
	MOVD $35468, R3
	VDUP R3, V28.S4
	MOVD $85627, R3
	VDUP R3, V29.S4
	MOVD $4, R3
	VDUP R3, V30.S4
	VLD1 (R2), [V16.H8, V17.H8]
	sxtl(16, 0)
	sxtl2(16, 1)
	sxtl(17, 2)
	sxtl2(17, 3)
	inverse4                   // a lane is a column
	transpose4
	VADD V30.S4, V0.S4, V0.S4
	inverse4                   // a lane is a row
	transpose4
	sqshrn3(0, 0)              // clipped to 16 bits, which a sample's range is far within
	sqshrn3_2(1, 0)
	sqshrn3(2, 1)
	sqshrn3_2(3, 1)
	addSamples
	RET

// func addDC4x4(pix *uint8, stride int, b *block)
TEXT ·addDC4x4(SB), NOSPLIT, $0-24
	MOVD pix+0(FP), R0
	MOVD stride+8(FP), R1
	MOVD b+16(FP), R2
	MOVH (R2), R3
	ADD  $4, R3
	ASR  $3, R3
	VDUP R3, V0.H8
	VMOV V0.B16, V1.B16
	addSamples
	RET

// further changes two samples by the sum in words V12 and V13, in 1/128, and adds what is in V10 and V11 to it.
#define further(p, q) \
	sqshrn7(12, 14);             \
	sqshrn7_2(13, 14);           \
	sqadd(14, p, p);             \
	sqsub(14, q, q);             \
	VADD V10.H8, V12.H8, V12.H8; \
	VADD V11.H8, V13.H8, V13.H8

// normal is filterNormal of loopfilter.go across 16 places of an edge, on signed samples.
//
// V16…V23 p3, p2, p1, p0, q0, q1, q2, q3
// V28, V29, V30 edge, interior, variance, in all bytes
// R3 1 for edges of subblocks
// V24…V27, V31 constants
TEXT normal<>(SB), NOSPLIT, $0-0
	uabd(16, 17, 0)
	uabd(17, 18, 1)
	umax(1, 0, 0)
	uabd(23, 22, 1)
	umax(1, 0, 0)
	uabd(22, 21, 1)
	umax(1, 0, 0)
	uabd(18, 19, 4)
	uabd(21, 20, 1)
	umax(1, 4, 4)
	umax(4, 0, 0)
	cmhs(0, 29, 0)              // within interior
	cmhs(4, 30, 4)              // where variance is low
	uabd(19, 20, 1)
	uqadd(1, 1, 1)
	uabd(18, 21, 2)
	ushr1(2, 2)
	uqadd(2, 1, 1)
	cmhs(1, 28, 1)              // within edge
	VAND V1.B16, V0.B16, V0.B16 // where to filter

	VMOVI $128, V31.B16
	VMOVI $4, V24.B16
	VMOVI $3, V25.B16
	VEOR  V31.B16, V18.B16, V18.B16
	VEOR  V31.B16, V19.B16, V19.B16
	VEOR  V31.B16, V20.B16, V20.B16
	VEOR  V31.B16, V21.B16, V21.B16
	sqsub(21, 18, 5)
	sqsub(19, 20, 6)
	CBZ   R3, macroblocks

	bic(4, 5, 5)
	sqadd(6, 5, 5)
	sqadd(6, 5, 5)
	sqadd(6, 5, 5)
	VAND V0.B16, V5.B16, V5.B16 // w
	sqadd(24, 5, 7)
	sqadd(25, 5, 5)
	sshr3(7, 7)
	sshr3(5, 5)
	srshr1(7, 8)
	VAND V4.B16, V8.B16, V8.B16
	sqsub(7, 20, 20)
	sqadd(5, 19, 19)
	sqsub(8, 21, 21)
	sqadd(8, 18, 18)
	B    unsigned

macroblocks:
	VMOVI $9, V26.B16
	MOVD  $63, R4
	VDUP  R4, V27.H8
	VEOR  V31.B16, V17.B16, V17.B16
	VEOR  V31.B16, V22.B16, V22.B16
	sqadd(6, 5, 5)
	sqadd(6, 5, 5)
	sqadd(6, 5, 5)
	VAND  V0.B16, V5.B16, V5.B16 // w
	bic(4, 5, 7)                 // where variance is high: the nearest samples only
	VAND  V4.B16, V5.B16, V5.B16
	sqadd(24, 7, 8)
	sqadd(25, 7, 7)
	sshr3(8, 8)
	sshr3(7, 7)
	sqsub(8, 20, 20)
	sqadd(7, 19, 19)
	smull(26, 5, 10)
	smull2(26, 5, 11)
	VADD  V27.H8, V10.H8, V12.H8
	VADD  V27.H8, V11.H8, V13.H8
	further(17, 22)
	further(18, 21)
	further(19, 20)
	VEOR  V31.B16, V17.B16, V17.B16
	VEOR  V31.B16, V22.B16, V22.B16

unsigned:
	VEOR V31.B16, V18.B16, V18.B16
	VEOR V31.B16, V19.B16, V19.B16
	VEOR V31.B16, V20.B16, V20.B16
	VEOR V31.B16, V21.B16, V21.B16
	RET

// arguments of filterRows and filterColumns: a in R0, b in R1, stride in R2.
#define arguments \
	MOVD  a+0(FP), R0;           \
	MOVD  b+8(FP), R1;           \
	MOVD  stride+16(FP), R2;     \
	MOVBU l_edge+24(FP), R3;     \
	VDUP  R3, V28.B16;           \
	MOVBU l_interior+25(FP), R3; \
	VDUP  R3, V29.B16;           \
	MOVBU l_variance+26(FP), R3; \
	VDUP  R3, V30.B16;           \
	MOVBU inner+27(FP), R3

// load loads 8 bytes at R0 and 8 at R1, and goes on.
#define load(d) \
	VLD1.P (R0)(R2), d.D[0]; \
	VLD1.P (R1)(R2), d.D[1]

#define save(s) \
	VST1.P s.D[0], (R0)(R2); \
	VST1.P s.D[1], (R1)(R2)

// func filterRows(a, b *uint8, stride int, l limits, inner bool)
TEXT ·filterRows(SB), NOSPLIT, $0-28
	arguments
	SUB R2<<2, R0, R0
	SUB R2<<2, R1, R1
	ADD R2, R0, R5 // p2
	ADD R2, R1, R6
	load(V16)
	load(V17)
	load(V18)
	load(V19)
	load(V20)
	load(V21)
	load(V22)
	load(V23)
	CALL normal<>(SB)
	MOVD R5, R0
	MOVD R6, R1
	save(V17)
	save(V18)
	save(V19)
	save(V20)
	save(V21)
	save(V22)
	RET

// Transposing 8x8 bytes, in both halves of registers, takes three steps, which bring together what is in the same
// bytes, words or 32 bits of two rows.
#define pairs(a, b, T, p, q) \
	VTRN1 b.T, a.T, p.T; \
	VTRN2 b.T, a.T, q.T

// transpose8 makes columns of rows, from V0…V7 or columns there, to V16…V23.
#define transpose8(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7) \
	pairs(a0, a1, B16, b0, b1); \
	pairs(a2, a3, B16, b2, b3); \
	pairs(a4, a5, B16, b4, b5); \
	pairs(a6, a7, B16, b6, b7); \
	pairs(b0, b2, H8, a0, a2);  \
	pairs(b1, b3, H8, a1, a3);  \
	pairs(b4, b6, H8, a4, a6);  \
	pairs(b5, b7, H8, a5, a7);  \
	pairs(a0, a4, S4, b0, b4);  \
	pairs(a1, a5, S4, b1, b5);  \
	pairs(a2, a6, S4, b2, b6);  \
	pairs(a3, a7, S4, b3, b7)

// func filterColumns(a, b *uint8, stride int, l limits, inner bool)
TEXT ·filterColumns(SB), NOSPLIT, $0-28
	arguments
	SUB  $4, R0
	SUB  $4, R1
	MOVD R0, R5
	MOVD R1, R6
	load(V0)
	load(V1)
	load(V2)
	load(V3)
	load(V4)
	load(V5)
	load(V6)
	load(V7)
	transpose8(V0, V1, V2, V3, V4, V5, V6, V7, V16, V17, V18, V19, V20, V21, V22, V23)
	CALL normal<>(SB)
	transpose8(V16, V17, V18, V19, V20, V21, V22, V23, V0, V1, V2, V3, V4, V5, V6, V7)
	MOVD R5, R0
	MOVD R6, R1
	save(V0)
	save(V1)
	save(V2)
	save(V3)
	save(V4)
	save(V5)
	save(V6)
	save(V7)
	RET

// constant puts a number into all words.
#define constant(value, dst) \
	MOVD value, R5; \
	VDUP R5, dst

// func pixels16(dst, luma, u, v *uint8, n int)
//
// sqdmulh doubles the product of what is 128 times a byte, as if it were 256 times one. Of blue's factor 33050, which is
// beyond 16 bits with a sign, 32768 are that number itself. Sums of red and green wrap, and end within 16 bits;
// those of blue are unsigned. They have six fractional bits.
TEXT ·pixels16(SB), NOSPLIT, $0-40
	MOVD  dst+0(FP), R0
	MOVD  luma+8(FP), R1
	MOVD  u+16(FP), R2
	MOVD  v+24(FP), R3
	MOVD  n+32(FP), R4
	constant($19077, V16.H8)
	constant($26149, V17.H8)
	constant($6419, V18.H8)
	constant($13320, V19.H8)
	constant($282, V20.H8)
	constant($14234, V21.H8)
	constant($8708, V22.H8)
	constant($17685, V23.H8)
	VMOVI $255, V3.B8

pixels:
	FMOVD.P 8(R1), F4
	FMOVD.P 8(R2), F5
	FMOVD.P 8(R3), F6
	ushll7(4, 4)
	ushll7(5, 5)
	ushll7(6, 6)
	sqdmulh(16, 4, 4)
	sqdmulh(17, 6, 0)
	VADD    V4.H8, V0.H8, V0.H8
	VSUB    V21.H8, V0.H8, V0.H8
	sqshrun6(0, 0)               // red
	sqdmulh(18, 5, 1)
	sqdmulh(19, 6, 7)
	VADD    V7.H8, V1.H8, V1.H8
	VSUB    V1.H8, V4.H8, V1.H8
	VADD    V22.H8, V1.H8, V1.H8
	sqshrun6(1, 1)               // green
	sqdmulh(20, 5, 2)
	VADD    V5.H8, V2.H8, V2.H8
	VADD    V4.H8, V2.H8, V2.H8
	uqsubw(23, 2, 2)
	uqshrn6(2, 2)                // blue
	VST4.P  [V0.B8, V1.B8, V2.B8, V3.B8], 32(R0)
	SUBS    $8, R4
	BNE     pixels
	RET

// func upsample16(dst, near, far *uint8, n int)
//
// V0, V1 near: the samples on the left and on the right; V2, V3 far
TEXT ·upsample16(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD near+8(FP), R1
	MOVD far+16(FP), R2
	MOVD n+24(FP), R3
	constant($8, V16.H8)

upsample:
	FMOVD   1(R1), F1
	FMOVD   1(R2), F3
	FMOVD.P 8(R1), F0
	FMOVD.P 8(R2), F2
	uaddl(1, 2, 4)
	uaddl(0, 3, 5)
	VADD    V4.H8, V5.H8, V6.H8
	VADD    V16.H8, V6.H8, V6.H8 // sum
	VADD    V4.H8, V4.H8, V4.H8
	VADD    V5.H8, V5.H8, V5.H8
	VADD    V6.H8, V4.H8, V4.H8
	VADD    V6.H8, V5.H8, V5.H8
	VUSHR   $3, V4.H8, V4.H8
	VUSHR   $3, V5.H8, V5.H8
	VUADDW  V0.B8, V4.H8, V4.H8
	VUADDW  V1.B8, V5.H8, V5.H8
	shrn1(4, 4)                  // the left one
	shrn1(5, 5)                  // the right one
	VST2.P  [V4.B8, V5.B8], 16(R0)
	SUBS    $8, R3
	BNE     upsample
	RET
