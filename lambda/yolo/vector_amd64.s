//go:build !purego

#include "textflag.h"

// AVX2. Operands stand in Go's order: sources first, the destination last.

// Lanes of two weights: the first for the four samples of a pixel, the second for
// those of the next.
DATA pairs<>+0(SB)/8, $0
DATA pairs<>+8(SB)/8, $0
DATA pairs<>+16(SB)/8, $0x0000000100000001
DATA pairs<>+24(SB)/8, $0x0000000100000001
GLOBL pairs<>(SB), RODATA|NOPTR, $32

// func resizePixels(dst *uint16, src *uint8, first *int32, weights *uint32, outputs, n int, round, shift uint32)
TEXT ·resizePixels(SB), NOSPLIT, $0-56
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         first+16(FP), DX
	MOVQ         weights+24(FP), BX
	MOVQ         outputs+32(FP), CX
	MOVQ         n+40(FP), R8
	MOVL         round+48(FP), AX
	VMOVD        AX, X6
	VPBROADCASTD X6, X6
	MOVL         shift+52(FP), AX
	VMOVD        AX, X7
	VMOVDQU      pairs<>(SB), Y5

output:
	MOVLQZX (DX), AX
	LEAQ    (SI)(AX*4), AX // the first pixel
	VMOVDQA X6, X0         // sums: of even taps and the rounding, of odd ones
	MOVQ    R8, R9
	SUBQ    $2, R9
	JLT     last

pair:
	VPMOVZXBD    (AX), Y1
	VPBROADCASTQ (BX), Y2
	VPERMD       Y2, Y5, Y2
	VPMULLD      Y2, Y1, Y1
	VPADDD       Y1, Y0, Y0
	ADDQ         $8, AX
	ADDQ         $8, BX
	SUBQ         $2, R9
	JGE          pair

last:
	CMPQ         R9, $-1
	JNE          store
	VPMOVZXBD    (AX), X1   // of 4 bytes
	VPBROADCASTD (BX), X2
	VPMULLD      X2, X1, X1 // clears the upper lanes
	VPADDD       Y1, Y0, Y0
	ADDQ         $4, BX

store:
	VEXTRACTI128 $1, Y0, X1
	VPADDD       X1, X0, X0
	VPSRLD       X7, X0, X0
	VPACKUSDW    X0, X0, X0
	VMOVQ        X0, (DI)
	ADDQ         $4, DX
	ADDQ         $8, DI
	DECQ         CX
	JNZ          output
	VZEROUPPER
	RET

// func addRow8(sums *uint32, row *uint16, n int, weight, shift uint32)
TEXT ·addRow8(SB), NOSPLIT, $0-32
	MOVQ         sums+0(FP), DI
	MOVQ         row+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVL         weight+24(FP), AX
	VMOVD        AX, X1
	VPBROADCASTD X1, Y1
	MOVL         shift+28(FP), AX
	VMOVD        AX, X2

loop:
	VPMOVZXWD (SI), Y0
	VPMULLD   Y1, Y0, Y0
	VPSRLD    X2, Y0, Y0
	VPADDD    (DI), Y0, Y0
	VMOVDQU   Y0, (DI)
	ADDQ      $16, SI
	ADDQ      $32, DI
	SUBQ      $8, CX
	JNZ       loop
	VZEROUPPER
	RET
