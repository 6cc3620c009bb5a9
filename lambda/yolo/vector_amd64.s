//go:build !purego

#include "textflag.h"

// AVX2. Operands stand in Go's order: sources first, the destination last.

// constant puts a number into all lanes.
#define constant(value, dst) \
	MOVL         value, AX; \
	VMOVD        AX, X15;   \
	VPBROADCASTD X15, dst

// clip brings the lanes into 0…255.
#define clip(v) \
	VPMAXSD Y13, v, v; \
	VPMINSD Y14, v, v

// func fromYCbCr8(dst, luma, cb, cr *uint8, n int)
TEXT ·fromYCbCr8(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ luma+8(FP), SI
	MOVQ cb+16(FP), DX
	MOVQ cr+24(FP), BX
	MOVQ n+32(FP), CX
	constant($91881, Y6) // red of Cr
	constant($-22554, Y7) // green of Cb
	constant($-46802, Y8) // green of Cr
	constant($116130, Y9) // blue of Cb

	// One half, less what the 128 in the middle of Cb and Cr adds.
	constant($((1<<15)-128*91881), Y10)
	constant($((1<<15)+128*(22554+46802)), Y11)
	constant($((1<<15)-128*116130), Y12)
	VPXOR Y13, Y13, Y13
	constant($255, Y14)

loop:
	VPMOVZXBD (SI), Y0
	VPMOVZXBD (DX), Y1
	VPMOVZXBD (BX), Y2
	VPMULLD   Y6, Y2, Y3
	VPADDD    Y10, Y3, Y3
	VPSRAD    $16, Y3, Y3
	VPADDD    Y0, Y3, Y3
	clip(Y3)              // red
	VPMULLD   Y7, Y1, Y4
	VPMULLD   Y8, Y2, Y5
	VPADDD    Y11, Y4, Y4
	VPADDD    Y5, Y4, Y4
	VPSRAD    $16, Y4, Y4
	VPADDD    Y0, Y4, Y4
	clip(Y4)              // green
	VPMULLD   Y9, Y1, Y5
	VPADDD    Y12, Y5, Y5
	VPSRAD    $16, Y5, Y5
	VPADDD    Y0, Y5, Y5
	clip(Y5)              // blue
	VPSLLD    $8, Y4, Y4
	VPSLLD    $16, Y5, Y5
	VPOR      Y4, Y3, Y3
	VPOR      Y5, Y3, Y3
	VMOVDQU   Y3, (DI)
	ADDQ      $8, SI
	ADDQ      $8, DX
	ADDQ      $8, BX
	ADDQ      $32, DI
	SUBQ      $8, CX
	JNZ       loop
	VZEROUPPER
	RET

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
