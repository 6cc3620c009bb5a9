//go:build !purego

#include "textflag.h"

// NEON. Operands stand in Go's order: sources first, the destination last.

// Instructions that Go's assembler does not know, of the registers Vm, Vn and Vd given
// by their numbers.

// Signed words times words, to 32 bits: of the lower 4, and with a 2 of the upper 4 of 8.
#define smull(m, n, d) WORD $(0x0E60C000 | m<<16 | n<<5 | d)  // SMULL  Vd.4S, Vn.4H, Vm.4H
#define smull2(m, n, d) WORD $(0x4E60C000 | m<<16 | n<<5 | d) // SMULL2 Vd.4S, Vn.8H, Vm.8H
#define smlal(m, n, d) WORD $(0x0E608000 | m<<16 | n<<5 | d)  // SMLAL  Vd.4S, Vn.4H, Vm.4H
#define smlal2(m, n, d) WORD $(0x4E608000 | m<<16 | n<<5 | d) // SMLAL2 Vd.4S, Vn.8H, Vm.8H

// Signed words times words: (2*n*m + 1<<15) >> 16.
#define sqrdmulh(m, n, d) WORD $(0x6E60B400 | m<<16 | n<<5 | d) // SQRDMULH Vd.8H, Vn.8H, Vm.8H

// To half the width, with a 2 into the upper half of Vd: 32 bits rounded and shifted by
// 16, and signed words clipped to bytes.
#define rshrn(n, d) WORD $(0x0F108C00 | n<<5 | d)  // RSHRN  Vd.4H, Vn.4S, #16
#define rshrn2(n, d) WORD $(0x4F108C00 | n<<5 | d) // RSHRN2 Vd.8H, Vn.4S, #16
#define sqxtun(n, d) WORD $(0x2E212800 | n<<5 | d) // SQXTUN Vd.8B, Vn.8H

// Bytes times bytes, to words: of the lower 8, and with a 2 of the upper 8 of 16.
#define umull(m, n, d) WORD $(0x2E20C000 | m<<16 | n<<5 | d)  // UMULL  Vd.8H, Vn.8B, Vm.8B
#define umull2(m, n, d) WORD $(0x6E20C000 | m<<16 | n<<5 | d) // UMULL2 Vd.8H, Vn.16B, Vm.16B
#define umlal(m, n, d) WORD $(0x2E208000 | m<<16 | n<<5 | d)  // UMLAL  Vd.8H, Vn.8B, Vm.8B
#define umlal2(m, n, d) WORD $(0x6E208000 | m<<16 | n<<5 | d) // UMLAL2 Vd.8H, Vn.16B, Vm.16B
// Words shifted to the right by 4, to bytes; the second into the upper half of Vd.
#define shrn(n, d) WORD $(0x0F0C8400 | n<<5 | d)   // SHRN   Vd.8B, Vn.8H, #4
#define shrn2(n, d) WORD $(0x4F0C8400 | n<<5 | d)  // SHRN2  Vd.16B, Vn.8H, #4

// constant puts a number into all words.
#define constant(value, dst) \
	MOVD value, R5; \
	VDUP R5, dst

// func toRGB16(dst, luma, cb, cr *uint8, n int)
//
// The plain loop's factors, in 1/65536, are too large for words. Here they are halved and
// meet twice the chroma; green's are even. sqrdmulh, which rounds and shifts as the plain
// loop does, doubles the product, so that red and blue need quarters: 4*22970 and
// 4*29033 give what 91881 and 116130 give, of each of the 256 bytes.
//
// R0 dst, R1 luma, R2 cb, R3 cr, R4 pixels to go
// V0, V1, V2 red, green, blue: what is added to luma and the sum, in words, then bytes;
// V3 goes into the fourth byte, of no meaning
// V4 luma, in bytes; V5, V6 2*(Cb-128) and 2*(Cr-128), in words
// V16, V17 sums of green in 1/65536, in 32 bits
// V27…V31 constants, in words
TEXT ·toRGB16(SB), NOSPLIT, $0-40
	MOVD dst+0(FP), R0
	MOVD luma+8(FP), R1
	MOVD cb+16(FP), R2
	MOVD cr+24(FP), R3
	MOVD n+32(FP), R4
	constant($-128, V27.H8)
	constant($22970, V28.H8)  // red of Cr, a quarter
	constant($-11277, V29.H8) // green of Cb, a half
	constant($-23401, V30.H8) // green of Cr, a half
	constant($29033, V31.H8)  // blue of Cb, a quarter

loop:
	FMOVD.P 8(R1), F4
	FMOVD.P 8(R2), F5
	FMOVD.P 8(R3), F6
	VUADDW  V5.B8, V27.H8, V5.H8
	VUADDW  V6.B8, V27.H8, V6.H8
	VSHL    $1, V5.H8, V5.H8
	VSHL    $1, V6.H8, V6.H8

	sqrdmulh(28, 6, 0)
	sqrdmulh(31, 5, 2)
	smull(29, 5, 16)
	smull2(29, 5, 17)
	smlal(30, 6, 16)
	smlal2(30, 6, 17)
	rshrn(16, 1)
	rshrn2(17, 1)

	VUADDW V4.B8, V0.H8, V0.H8
	VUADDW V4.B8, V1.H8, V1.H8
	VUADDW V4.B8, V2.H8, V2.H8
	sqxtun(0, 0)
	sqxtun(1, 1)
	sqxtun(2, 2)
	VST4.P [V0.B8, V1.B8, V2.B8, V3.B8], 32(R0)
	SUBS   $8, R4
	BNE    loop
	RET

// func widen32(dst, near, far *uint8, n int, left, right uint16)
//
// R0 dst, R1 near, R2 far, R3 samples to go
// V0, V1, V2 near: the samples on the left, these, those on the right; V3, V4, V5 far
// V6, V7 results, left and right ones, in bytes
// V16…V21 sums, in sixteenths, in words: of the lower 8 samples, of the upper 8
// V28 left, V29 right, in words; V30 3 and V31 9, in bytes
TEXT ·widen32(SB), NOSPLIT, $0-36
	MOVD  dst+0(FP), R0
	MOVD  near+8(FP), R1
	MOVD  far+16(FP), R2
	MOVD  n+24(FP), R3
	MOVHU left+32(FP), R4
	MOVHU right+34(FP), R5
	VDUP  R4, V28.H8
	VDUP  R5, V29.H8
	VMOVI $3, V30.B16
	VMOVI $9, V31.B16

loop:
	FMOVQ   -1(R1), F0
	FMOVQ   1(R1), F2
	FMOVQ.P 16(R1), F1
	FMOVQ   -1(R2), F3
	FMOVQ   1(R2), F5
	FMOVQ.P 16(R2), F4

	umull(31, 1, 16) // 9 near + 3 far, of both results
	umull2(31, 1, 17)
	umlal(30, 4, 16)
	umlal2(30, 4, 17)

	VUADDW  V3.B8, V28.H8, V18.H8 // 3 near + far on the left
	VUADDW2 V3.B16, V28.H8, V19.H8
	umlal(30, 0, 18)
	umlal2(30, 0, 19)
	VADD    V16.H8, V18.H8, V18.H8
	VADD    V17.H8, V19.H8, V19.H8
	shrn(18, 6)
	shrn2(19, 6)

	VUADDW  V5.B8, V29.H8, V20.H8 // and on the right
	VUADDW2 V5.B16, V29.H8, V21.H8
	umlal(30, 2, 20)
	umlal2(30, 2, 21)
	VADD    V16.H8, V20.H8, V20.H8
	VADD    V17.H8, V21.H8, V21.H8
	shrn(20, 7)
	shrn2(21, 7)

	VST2.P [V6.B16, V7.B16], 32(R0) // left, right, left, right, …
	SUBS   $16, R3
	BNE    loop
	RET
