//go:build !purego

#include "textflag.h"

// NEON. Operands stand in Go's order: sources first, the destination last.

// Instructions that Go's assembler does not know, of the registers Vm, Vn and Vd given
// by their numbers.

// Lanes of 32 bits: a sum with products of one lane of Vm, and shifts, to the
// right where Vm is negative.
#define mla0(m, n, d) WORD $(0x6F800000 | m<<16 | n<<5 | d) // MLA  Vd.4S, Vn.4S, Vm.S[0]
#define mla1(m, n, d) WORD $(0x6FA00000 | m<<16 | n<<5 | d) // MLA  Vd.4S, Vn.4S, Vm.S[1]
#define mla2(m, n, d) WORD $(0x6F800800 | m<<16 | n<<5 | d) // MLA  Vd.4S, Vn.4S, Vm.S[2]
#define mla3(m, n, d) WORD $(0x6FA00800 | m<<16 | n<<5 | d) // MLA  Vd.4S, Vn.4S, Vm.S[3]
#define ushl(m, n, d) WORD $(0x6EA04400 | m<<16 | n<<5 | d) // USHL Vd.4S, Vn.4S, Vm.4S

// Words times one of Vm, below V16, to 32 bits: of the lower 4, and of the upper 4 of 8.
#define umull0(m, n, d) WORD $(0x2F40A000 | m<<16 | n<<5 | d)      // UMULL  Vd.4S, Vn.4H, Vm.H[0]
#define umull0upper(m, n, d) WORD $(0x6F40A000 | m<<16 | n<<5 | d) // UMULL2 Vd.4S, Vn.8H, Vm.H[0]
#define umull2(m, n, d) WORD $(0x2F60A000 | m<<16 | n<<5 | d)      // UMULL  Vd.4S, Vn.4H, Vm.H[2]
#define umull2upper(m, n, d) WORD $(0x6F60A000 | m<<16 | n<<5 | d) // UMULL2 Vd.4S, Vn.8H, Vm.H[2]

// Lanes of 32 bits: whole numbers as float32, and products of float32.
#define ucvtf(n, d) WORD $(0x6E21D800 | n<<5 | d)      // UCVTF Vd.4S, Vn.4S
#define fmul(m, n, d) WORD $(0x6E20DC00 | m<<16 | n<<5 | d) // FMUL  Vd.4S, Vn.4S, Vm.4S

// Where VTBL takes the four samples of one of four pixels from, as numbers of 32 bits:
// 0x80 is out of range and gives 0.
DATA spread<>+0(SB)/8, $0x8080800180808000
DATA spread<>+8(SB)/8, $0x8080800380808002
DATA spread<>+16(SB)/8, $0x8080800580808004
DATA spread<>+24(SB)/8, $0x8080800780808006
DATA spread<>+32(SB)/8, $0x8080800980808008
DATA spread<>+40(SB)/8, $0x8080800B8080800A
DATA spread<>+48(SB)/8, $0x8080800D8080800C
DATA spread<>+56(SB)/8, $0x8080800F8080800E
GLOBL spread<>(SB), RODATA|NOPTR, $64

// func resizePixels(dst *uint16, src *uint8, first *int32, weights *uint32, outputs, n int, round, shift uint32)
//
// R0 dst, R1 src, R2 first, R3 weights, R4 outputs to go, R5 taps of one
// R6 the source pixel, R7 taps to go less 4
// V0 up to four pixels, in bytes; V1 their weights; V2 the sums of one output
// V16…V19 each pixel's samples; these, the weights and sums are in 32 bits
// V20…V23 spread; V30 round; V31 -shift
TEXT ·resizePixels(SB), NOSPLIT, $0-56
	MOVD  dst+0(FP), R0
	MOVD  src+8(FP), R1
	MOVD  first+16(FP), R2
	MOVD  weights+24(FP), R3
	MOVD  outputs+32(FP), R4
	MOVD  n+40(FP), R5
	MOVWU round+48(FP), R6
	MOVWU shift+52(FP), R7
	VDUP  R6, V30.S4
	NEG   R7, R7
	VDUP  R7, V31.S4
	MOVD  $spread<>(SB), R6
	VLD1  (R6), [V20.B16, V21.B16, V22.B16, V23.B16]

output:
	MOVW.P 4(R2), R6
	ADD    R6<<2, R1, R6
	VMOV   V30.B16, V2.B16
	SUBS   $4, R5, R7
	BLT    pair

quad:
	FMOVQ.P 16(R6), F0
	FMOVQ.P 16(R3), F1
	VTBL    V20.B16, [V0.B16], V16.B16
	VTBL    V21.B16, [V0.B16], V17.B16
	VTBL    V22.B16, [V0.B16], V18.B16
	VTBL    V23.B16, [V0.B16], V19.B16
	mla0(1, 16, 2)
	mla1(1, 17, 2)
	mla2(1, 18, 2)
	mla3(1, 19, 2)
	SUBS    $4, R7
	BGE     quad

pair: // The last one to three taps: nothing behind them is read.
	TBZ     $1, R5, single
	FMOVD.P 8(R6), F0
	FMOVD.P 8(R3), F1
	VTBL    V20.B16, [V0.B16], V16.B16
	VTBL    V21.B16, [V0.B16], V17.B16
	mla0(1, 16, 2)
	mla1(1, 17, 2)

single:
	TBZ     $0, R5, store
	FMOVS   (R6), F0
	FMOVS.P 4(R3), F1
	VTBL    V20.B16, [V0.B16], V16.B16
	mla0(1, 16, 2)

store:
	ushl(31, 2, 2)
	VUZP1   V2.H8, V2.H8, V2.H8 // the lower halves
	FMOVD.P F2, 8(R0)
	SUBS    $1, R4
	BNE     output
	RET

// rows reads 8 samples of either row, and their sums.
#define rows \
	FMOVQ.P 16(R1), F0; \
	FMOVQ.P 16(R2), F1; \
	VLD1    (R0), [V2.S4, V3.S4]

// func addRows16(sums *uint32, upper, lower *uint16, n int, weights *[2]uint32)
//
// R0 sums, R1 upper, R2 lower, R3 samples to go
// V0, V1 8 samples of either row, in words; V2, V3 the sums
// V16…V19 the samples, in 32 bits
// V30 the weights
TEXT ·addRows16(SB), NOSPLIT, $0-40
	MOVD  sums+0(FP), R0
	MOVD  upper+8(FP), R1
	MOVD  lower+16(FP), R2
	MOVD  n+24(FP), R3
	MOVD  weights+32(FP), R4
	FMOVD (R4), F30

loop:
	rows
	VUXTL  V0.H4, V16.S4
	VUXTL2 V0.H8, V17.S4
	VUXTL  V1.H4, V18.S4
	VUXTL2 V1.H8, V19.S4
	mla0(30, 16, 2)
	mla0(30, 17, 3)
	mla1(30, 18, 2)
	mla1(30, 19, 3)
	VST1.P [V2.S4, V3.S4], 32(R0)
	SUBS   $8, R3
	BNE    loop
	RET

// func addShifted16(sums *uint32, upper, lower *uint16, n int, weights *[2]uint32)
//
// R0 sums, R1 upper, R2 lower, R3 samples to go
// V0, V1 8 samples of either row, in words; V2, V3 the sums
// V16…V19 the products, in 32 bits
// V4 the weights, in words: each before a 0
TEXT ·addShifted16(SB), NOSPLIT, $0-40
	MOVD  sums+0(FP), R0
	MOVD  upper+8(FP), R1
	MOVD  lower+16(FP), R2
	MOVD  n+24(FP), R3
	MOVD  weights+32(FP), R4
	FMOVD (R4), F4

loop:
	rows
	umull0(4, 0, 16)
	umull0upper(4, 0, 17)
	umull2(4, 1, 18)
	umull2upper(4, 1, 19)
	VUSRA  $16, V16.S4, V2.S4
	VUSRA  $16, V17.S4, V3.S4
	VUSRA  $16, V18.S4, V2.S4
	VUSRA  $16, V19.S4, V3.S4
	VST1.P [V2.S4, V3.S4], 32(R0)
	SUBS   $8, R3
	BNE    loop
	RET

// constant puts a number into all lanes of 32 bits.
#define constant(value, dst) \
	MOVD value, R5; \
	VDUP R5, dst

// func toPlanes8(red, green, blue *float32, sums *uint32, n int, round, shift uint32)
//
// v/255 is v*257/65536, which a float32 holds exactly, and v/255/65536: a product and one
// more, added, give what the slower division gives, of each of the 256 bytes.
//
// R0 red, R1 green, R2 blue, R3 sums, R4 pixels to go
// V0, V1, V2 red, green and blue of four pixels: the sums, then bytes, in 32 bits, then float32;
// V3 is of no meaning
// V16, V17, V18 the results
// V27 255; V28 257/65536 and V29 1/255/65536, in float32; V30 round; V31 -shift
TEXT ·toPlanes8(SB), NOSPLIT, $0-48
	MOVD  red+0(FP), R0
	MOVD  green+8(FP), R1
	MOVD  blue+16(FP), R2
	MOVD  sums+24(FP), R3
	MOVD  n+32(FP), R4
	MOVWU round+40(FP), R6
	MOVWU shift+44(FP), R7
	constant($255, V27.S4)
	constant($0x3B808000, V28.S4)
	constant($0x33808081, V29.S4)
	VDUP  R6, V30.S4
	NEG   R7, R7
	VDUP  R7, V31.S4

loop:
	VLD4.P  64(R3), [V0.S4, V1.S4, V2.S4, V3.S4]
	VADD    V30.S4, V0.S4, V0.S4
	VADD    V30.S4, V1.S4, V1.S4
	VADD    V30.S4, V2.S4, V2.S4
	ushl(31, 0, 0)
	ushl(31, 1, 1)
	ushl(31, 2, 2)
	VAND    V27.B16, V0.B16, V0.B16
	VAND    V27.B16, V1.B16, V1.B16
	VAND    V27.B16, V2.B16, V2.B16
	ucvtf(0, 0)
	ucvtf(1, 1)
	ucvtf(2, 2)
	fmul(28, 0, 16)
	fmul(28, 1, 17)
	fmul(28, 2, 18)
	VFMLA   V29.S4, V0.S4, V16.S4
	VFMLA   V29.S4, V1.S4, V17.S4
	VFMLA   V29.S4, V2.S4, V18.S4
	FMOVQ.P F16, 16(R0)
	FMOVQ.P F17, 16(R1)
	FMOVQ.P F18, 16(R2)
	SUBS    $4, R4
	BNE     loop
	RET
