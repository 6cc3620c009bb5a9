//go:build !purego

#include "textflag.h"

// AVX2. Operands stand in Go's order: sources first, the destination last.

// Words of four pixels of four bytes, two of a colour next to each other: red and green of
// all four, then blue and the fourth byte.
DATA fours<>+0(SB)/8, $0x800C800880048000
DATA fours<>+8(SB)/8, $0x800D800980058001
DATA fours<>+16(SB)/8, $0x800E800A80068002
DATA fours<>+24(SB)/8, $0x800F800B80078003
GLOBL fours<>(SB), RODATA|NOPTR, $32

// four multiplies four pixels with their weights, the lower halves of these and the upper
// ones: two products of a colour are added up in each lane.
#define four(pixels, at, low, high) \
	VBROADCASTI128 pixels, Y0;      \
	VPSHUFB        Y15, Y0, Y0;     \
	VPBROADCASTQ   at(BX), Y1;      \
	VPBROADCASTQ   (at+8)(BX), Y2;  \
	VPMADDWD       Y0, Y1, low;     \
	VPMADDWD       Y0, Y2, high

// func resizePairs(dst *uint16, src *uint8, first *int32, weights *int16, pairs, fours int, round, shift uint32)
TEXT ·resizePairs(SB), NOSPLIT, $0-56
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         first+16(FP), DX
	MOVQ         weights+24(FP), BX
	MOVQ         pairs+32(FP), CX
	MOVQ         fours+40(FP), R8
	MOVL         round+48(FP), AX
	VMOVD        AX, X14
	VPBROADCASTD X14, Y14
	MOVL         shift+52(FP), AX
	VMOVD        AX, X13
	VPBROADCASTD X13, Y13
	VMOVDQU      fours<>(SB), Y15

pair:
	MOVLQZX (DX), AX
	MOVLQZX 4(DX), R9
	ADDQ    $8, DX
	four((SI)(AX*4), 0, Y4, Y5)  // the one output
	four((SI)(R9*4), 16, Y6, Y7) // the other
	ADDQ    $32, BX
	MOVQ    R8, R10
	DECQ    R10
	JZ      store

more:
	ADDQ   $4, AX
	ADDQ   $4, R9
	four((SI)(AX*4), 0, Y8, Y9)
	VPADDD Y8, Y4, Y4
	VPADDD Y9, Y5, Y5
	four((SI)(R9*4), 16, Y8, Y9)
	VPADDD Y8, Y6, Y6
	VPADDD Y9, Y7, Y7
	ADDQ   $32, BX
	DECQ   R10
	JNZ    more

store:
	VPSLLD       $11, Y5, Y5
	VPSLLD       $11, Y7, Y7
	VPADDD       Y5, Y4, Y4
	VPADDD       Y7, Y6, Y6
	VSHUFPS      $0x88, Y6, Y4, Y0 // the sums of two taps each
	VSHUFPS      $0xDD, Y6, Y4, Y1
	VPADDD       Y1, Y0, Y0
	VPADDD       Y14, Y0, Y0
	VPSRLVD      Y13, Y0, Y0       // red and green of both, blue and no meaning of both
	VEXTRACTI128 $1, Y0, X1
	VPACKUSDW    X1, X0, X0
	VPSHUFD      $0xD8, X0, X0
	VMOVDQU      X0, (DI)
	ADDQ         $16, DI
	DECQ         CX
	JNZ          pair
	VZEROUPPER
	RET

// weighed adds the products of 8 samples of either row to sums.
#define weighed(samples, at) \
	VPMADDWD Y14, samples, Y4; \
	VPMADDWD Y15, samples, Y5; \
	VPSLLD   $11, Y5, Y5;      \
	VPADDD   Y4, Y5, Y5;       \
	VPADDD   at(DI), Y5, Y5;   \
	VMOVDQU  Y5, at(DI)

// func addRows16(sums *uint32, upper, lower *uint16, n int, weights *[2]uint32)
//
// Weights come in halves, as those of resizePairs.
TEXT ·addRows16(SB), NOSPLIT, $0-40
	MOVQ         sums+0(FP), DI
	MOVQ         upper+8(FP), SI
	MOVQ         lower+16(FP), DX
	MOVQ         n+24(FP), CX
	MOVQ         weights+32(FP), BX
	VPBROADCASTQ (BX), Y0
	VPSRLD       $11, Y0, Y1      // the upper halves
	VPSLLD       $21, Y0, Y0
	VPSRLD       $21, Y0, Y0      // the lower ones
	VPACKUSDW    Y0, Y0, Y14      // both in each lane of 32 bits
	VPACKUSDW    Y1, Y1, Y15

loop:
	VPERMQ     $0xD8, (SI), Y0 // quarters 0, 2, 1, 3, as the next two want them
	VPERMQ     $0xD8, (DX), Y1
	VPUNPCKLWD Y1, Y0, Y2
	VPUNPCKHWD Y1, Y0, Y3
	weighed(Y2, 0)
	weighed(Y3, 32)
	ADDQ       $32, SI
	ADDQ       $32, DX
	ADDQ       $64, DI
	SUBQ       $16, CX
	JNZ        loop
	VZEROUPPER
	RET

// func addShifted16(sums *uint32, upper, lower *uint16, n int, weights *[2]uint32)
TEXT ·addShifted16(SB), NOSPLIT, $0-40
	MOVQ         sums+0(FP), DI
	MOVQ         upper+8(FP), SI
	MOVQ         lower+16(FP), DX
	MOVQ         n+24(FP), CX
	MOVQ         weights+32(FP), BX
	VPBROADCASTW (BX), Y14
	VPBROADCASTW 4(BX), Y15

loop:
	VPMULHUW     (SI), Y14, Y0
	VPMULHUW     (DX), Y15, Y1
	VPADDW       Y1, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPMOVZXWD    X0, Y0
	VPMOVZXWD    X1, Y1
	VPADDD       (DI), Y0, Y0
	VPADDD       32(DI), Y1, Y1
	VMOVDQU      Y0, (DI)
	VMOVDQU      Y1, 32(DI)
	ADDQ         $32, SI
	ADDQ         $32, DX
	ADDQ         $64, DI
	SUBQ         $16, CX
	JNZ          loop
	VZEROUPPER
	RET

// constant puts a number of 32 bits into all lanes.
#define constant(value, dst) \
	MOVL         value, AX; \
	VMOVD        AX, X15;   \
	VPBROADCASTD X15, dst

// plane writes 8 sums of one colour, as numbers in [0, 1]. v/255 is v*257/65536, which a
// float32 holds exactly, and v/255/65536: two products and a sum give what the slower
// division gives, of each of the 256 bytes.
#define plane(v, dst) \
	VPADDD    Y8, v, v;   \
	VPSRLD    X9, v, v;   \
	VPAND     Y10, v, v;  \
	VCVTDQ2PS v, v;       \
	VMULPS    Y11, v, Y4; \
	VMULPS    Y12, v, v;  \
	VADDPS    Y4, v, v;   \
	VMOVUPS   v, (dst)

// func toPlanes8(red, green, blue *float32, sums *uint32, n int, round, shift uint32)
TEXT ·toPlanes8(SB), NOSPLIT, $0-48
	MOVQ         red+0(FP), DI
	MOVQ         green+8(FP), R8
	MOVQ         blue+16(FP), R9
	MOVQ         sums+24(FP), SI
	MOVQ         n+32(FP), CX
	MOVL         round+40(FP), AX
	VMOVD        AX, X8
	VPBROADCASTD X8, Y8
	MOVL         shift+44(FP), AX
	VMOVD        AX, X9
	constant($255, Y10)
	constant($0x3B808000, Y11) // float32(257/65536)
	constant($0x33808081, Y12) // float32(1/255/65536)

loop:
	VMOVDQU     (SI), X0
	VMOVDQU     16(SI), X1
	VMOVDQU     32(SI), X2
	VMOVDQU     48(SI), X3
	VINSERTI128 $1, 64(SI), Y0, Y0  // pixels 0 and 4
	VINSERTI128 $1, 80(SI), Y1, Y1  // 1 and 5
	VINSERTI128 $1, 96(SI), Y2, Y2  // 2 and 6
	VINSERTI128 $1, 112(SI), Y3, Y3 // 3 and 7
	VPUNPCKLDQ  Y1, Y0, Y4          // red and green of 0, 1, 4 and 5
	VPUNPCKHDQ  Y1, Y0, Y5          // blue
	VPUNPCKLDQ  Y3, Y2, Y6          // of 2, 3, 6 and 7
	VPUNPCKHDQ  Y3, Y2, Y7
	VPUNPCKLQDQ Y6, Y4, Y0
	VPUNPCKHQDQ Y6, Y4, Y1
	VPUNPCKLQDQ Y7, Y5, Y2
	plane(Y0, DI)
	plane(Y1, R8)
	plane(Y2, R9)
	ADDQ        $128, SI
	ADDQ        $32, DI
	ADDQ        $32, R8
	ADDQ        $32, R9
	SUBQ        $8, CX
	JNZ         loop
	VZEROUPPER
	RET
