//go:build !purego

#include "textflag.h"

// AVX2. Operands stand in Go's order: sources first, the destination last.

// constant puts 32 bits into all lanes: twice the same word, or two words.
#define constant(value, dst) \
	MOVL         value, AX; \
	VMOVD        AX, X15;   \
	VPBROADCASTD X15, dst

// func toRGB16(dst, luma, cb, cr *uint8, n int)
//
// The plain loop's factors, in 1/65536, are too large for words. Here they are halved and
// meet twice the chroma; green's are even. VPMULHRSW rounds and shifts by 15, so that red and
// blue need quarters: 4*22970 and 4*29033 give what 91881 and 116130 give, of each of the
// 256 bytes.
TEXT ·toRGB16(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ luma+8(FP), SI
	MOVQ cb+16(FP), DX
	MOVQ cr+24(FP), BX
	MOVQ n+32(FP), CX
	constant($0x01000100, Y10) // 2*128
	constant($0x59BA59BA, Y11) // red of Cr: 22970
	constant($0x71697169, Y12) // blue of Cb: 29033
	constant($0xA497D3F3, Y13) // green of Cb and of Cr: -11277, -23401
	constant($0x00008000, Y14) // one half, of 65536

loop:
	VPMOVZXBW  (SI), Y0
	VPMOVZXBW  (DX), Y1
	VPMOVZXBW  (BX), Y2
	VPADDW     Y1, Y1, Y1
	VPADDW     Y2, Y2, Y2
	VPSUBW     Y10, Y1, Y1  // 2*(Cb-128)
	VPSUBW     Y10, Y2, Y2  // 2*(Cr-128)
	VPUNPCKLWD Y2, Y1, Y4
	VPUNPCKHWD Y2, Y1, Y5
	VPMADDWD   Y13, Y4, Y4
	VPMADDWD   Y13, Y5, Y5
	VPADDD     Y14, Y4, Y4
	VPADDD     Y14, Y5, Y5
	VPSRAD     $16, Y4, Y4
	VPSRAD     $16, Y5, Y5
	VPACKSSDW  Y5, Y4, Y4
	VPADDW     Y0, Y4, Y4   // green
	VPMULHRSW  Y11, Y2, Y3
	VPADDW     Y0, Y3, Y3   // red
	VPMULHRSW  Y12, Y1, Y5
	VPADDW     Y0, Y5, Y5   // blue

	VPACKUSWB    Y5, Y3, Y3     // 8 of red, 8 of blue, in each half
	VPACKUSWB    Y4, Y4, Y4     // 8 of green, twice
	VPUNPCKLBW   Y4, Y3, Y0     // red and green
	VPUNPCKHBW   Y4, Y3, Y1     // blue, and green as the byte of no meaning
	VPUNPCKLWD   Y1, Y0, Y2     // pixels 0…3, 8…11
	VPUNPCKHWD   Y1, Y0, Y3     // 4…7, 12…15
	VMOVDQU      X2, (DI)
	VMOVDQU      X3, 16(DI)
	VEXTRACTI128 $1, Y2, 32(DI)
	VEXTRACTI128 $1, Y3, 48(DI)
	ADDQ         $16, SI
	ADDQ         $16, DX
	ADDQ         $16, BX
	ADDQ         $64, DI
	SUBQ         $16, CX
	JNZ          loop
	VZEROUPPER
	RET

// mixed makes words of 3/4 near + 1/4 far, in quarters, of the 32 bytes at offset: of
// bytes 0…7 and 16…23, and of the others.
#define mixed(offset, low, high) \
	VMOVDQU    offset(SI), low; \
	VMOVDQU    offset(DX), Y7;  \
	VPUNPCKHBW Y7, low, high;   \
	VPUNPCKLBW Y7, low, low;    \
	VPMADDUBSW Y8, low, low;    \
	VPMADDUBSW Y8, high, high

// widened makes 16 left samples, each next to its right one, of what mixed made of the
// samples before them, of themselves and of the samples behind them.
#define widened(before, these, behind) \
	VPADDW these, these, Y7;   \
	VPADDW these, Y7, Y7;      \ // three times the sample, in sixteenths
	VPADDW before, Y7, before; \
	VPADDW Y5, before, before; \
	VPSRLW $4, before, before; \
	VPADDW behind, Y7, behind; \
	VPADDW Y6, behind, behind; \
	VPSRLW $4, behind, behind; \
	VPSLLW $8, behind, behind; \
	VPOR   behind, before, before

// func widen32(dst, near, far *uint8, n int, left, right uint16)
TEXT ·widen32(SB), NOSPLIT, $0-36
	MOVQ         dst+0(FP), DI
	MOVQ         near+8(FP), SI
	MOVQ         far+16(FP), DX
	MOVQ         n+24(FP), CX
	VPBROADCASTW left+32(FP), Y5
	VPBROADCASTW right+34(FP), Y6
	constant($0x01030103, Y8)

loop:
	mixed(-1, Y0, Y9)
	mixed(0, Y1, Y10)
	mixed(1, Y2, Y11)
	widened(Y0, Y1, Y2)
	widened(Y9, Y10, Y11)
	VMOVDQU      X0, (DI)
	VMOVDQU      X9, 16(DI)
	VEXTRACTI128 $1, Y0, 32(DI)
	VEXTRACTI128 $1, Y9, 48(DI)
	ADDQ         $32, SI
	ADDQ         $32, DX
	ADDQ         $64, DI
	SUBQ         $32, CX
	JNZ          loop
	VZEROUPPER
	RET
