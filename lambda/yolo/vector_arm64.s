//go:build !purego

#include "textflag.h"

// NEON. Operands stand in Go's order: sources first, the destination last.

// Instructions that Go's assembler does not know, of the registers Vm, Vn and Vd given
// by their numbers.

// Lanes of 32 bits: products, a sum with products of one lane of Vm, and shifts, to the
// right where Vm is negative.
#define mul(m, n, d) WORD $(0x4EA09C00 | m<<16 | n<<5 | d)  // MUL  Vd.4S, Vn.4S, Vm.4S
#define mla0(m, n, d) WORD $(0x6F800000 | m<<16 | n<<5 | d) // MLA  Vd.4S, Vn.4S, Vm.S[0]
#define mla1(m, n, d) WORD $(0x6FA00000 | m<<16 | n<<5 | d) // MLA  Vd.4S, Vn.4S, Vm.S[1]
#define mla2(m, n, d) WORD $(0x6F800800 | m<<16 | n<<5 | d) // MLA  Vd.4S, Vn.4S, Vm.S[2]
#define mla3(m, n, d) WORD $(0x6FA00800 | m<<16 | n<<5 | d) // MLA  Vd.4S, Vn.4S, Vm.S[3]
#define ushl(m, n, d) WORD $(0x6EA04400 | m<<16 | n<<5 | d) // USHL Vd.4S, Vn.4S, Vm.4S

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

// func addRow8(sums *uint32, row *uint16, n int, weight, shift uint32)
//
// R0 sums, R1 row, R2 samples to go
// V0 8 samples of the row, in words; V1, V2 their products; V3, V4 the sums, in 32 bits
// V30 weight; V31 -shift
TEXT ·addRow8(SB), NOSPLIT, $0-32
	MOVD  sums+0(FP), R0
	MOVD  row+8(FP), R1
	MOVD  n+16(FP), R2
	MOVWU weight+24(FP), R3
	MOVWU shift+28(FP), R4
	VDUP  R3, V30.S4
	NEG   R4, R4
	VDUP  R4, V31.S4

loop:
	FMOVQ.P 16(R1), F0
	VLD1    (R0), [V3.S4, V4.S4]
	VUXTL   V0.H4, V1.S4
	VUXTL2  V0.H8, V2.S4
	mul(30, 1, 1)
	mul(30, 2, 2)
	ushl(31, 1, 1)
	ushl(31, 2, 2)
	VADD    V1.S4, V3.S4, V3.S4
	VADD    V2.S4, V4.S4, V4.S4
	VST1.P  [V3.S4, V4.S4], 32(R0)
	SUBS    $8, R2
	BNE     loop
	RET
