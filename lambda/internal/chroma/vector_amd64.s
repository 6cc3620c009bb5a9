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

// func toRGB8(dst, luma, cb, cr *uint8, n int)
TEXT ·toRGB8(SB), NOSPLIT, $0-40
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

// mixed makes 16 words of 3/4 near + 1/4 far, in quarters, of the bytes at offset.
#define mixed(offset, dst) \
	VPMOVZXBW offset(SI), dst; \
	VPMOVZXBW offset(DX), Y7;  \
	VPADDW    dst, Y7, Y7;     \
	VPADDW    dst, dst, dst;   \
	VPADDW    Y7, dst, dst

// func widen16(dst, near, far *uint8, n int, left, right uint16)
TEXT ·widen16(SB), NOSPLIT, $0-36
	MOVQ         dst+0(FP), DI
	MOVQ         near+8(FP), SI
	MOVQ         far+16(FP), DX
	MOVQ         n+24(FP), CX
	VPBROADCASTW left+32(FP), Y5
	VPBROADCASTW right+34(FP), Y6

loop:
	mixed(-1, Y0)
	mixed(0, Y1)
	mixed(1, Y2)
	VPADDW  Y1, Y1, Y3
	VPADDW  Y1, Y3, Y3 // three times the sample, in sixteenths
	VPADDW  Y0, Y3, Y0
	VPADDW  Y5, Y0, Y0
	VPSRLW  $4, Y0, Y0 // 16 left samples
	VPADDW  Y2, Y3, Y2
	VPADDW  Y6, Y2, Y2
	VPSRLW  $4, Y2, Y2 // 16 right samples
	VPSLLW  $8, Y2, Y2
	VPOR    Y2, Y0, Y0 // each next to its left one
	VMOVDQU Y0, (DI)
	ADDQ    $16, SI
	ADDQ    $16, DX
	ADDQ    $32, DI
	SUBQ    $16, CX
	JNZ     loop
	VZEROUPPER
	RET
