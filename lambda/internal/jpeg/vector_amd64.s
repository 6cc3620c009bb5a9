//go:build !purego

#include "textflag.h"

// AVX2. Operands stand in Go's order: sources first, the destination last.

// lanes is a number of 32 bits in all lanes.
#define lanes(name, value) \
DATA name<>+0(SB)/4, value; \
DATA name<>+4(SB)/4, value; \
DATA name<>+8(SB)/4, value; \
DATA name<>+12(SB)/4, value; \
DATA name<>+16(SB)/4, value; \
DATA name<>+20(SB)/4, value; \
DATA name<>+24(SB)/4, value; \
DATA name<>+28(SB)/4, value; \
GLOBL name<>(SB), RODATA|NOPTR, $32

// factors are two words in all lanes, for a sum of two products.
#define factors(name, first, second) lanes(name, $((first)&0xffff|((second)&0xffff)<<16))

// Sums of the constants of idct.go. The products of a step are multiplied out, so that
// each result is one sum of two products of 16 bits.
factors(evenOf2, 4433+6270, 4433)    // t3, of coefficients 2 and 6
factors(evenOf6, 4433, 4433-15137)   // t2
factors(oddZ3, 9633-16069, 9633)     // z3, of z3 and z4
factors(oddZ4, 9633, 9633-3196)      // z4
factors(oddOf1, 12299-7373, -7373)   // o0, of coefficients 1 and 7
factors(oddOf7, -7373, 2446-7373)    // o3
factors(oddOf3, 25172-20995, -20995) // o1, of coefficients 3 and 5
factors(oddOf5, -20995, 16819-20995) // o2
lanes(columnRound, $1024)            // 1<<(columnShift-1)
lanes(rowRound, $131072)             // 1<<(rowShift-1)
lanes(middle, $0x80808080)           // 128, in bytes

// inverse8 makes 8 transforms at once, as inverse8 of idct.go does, and drops bits. Y0 has
// coefficients 0 and 1 of the first four in its low half, in words, and of the others in the high
// one; Y1 has 2 and 3, Y2 4 and 5, Y3 6 and 7. Results 0…3 come in Y0…Y3, 4…7 in Y12…Y15, each
// lane of 32 bits one transform's.
#define inverse8(round, bits) \
	VPADDW     Y2, Y0, Y4;          \ // 0+4, and z4
	VPSUBW     Y2, Y0, Y5;          \ // 0-4
	VPADDW     Y3, Y1, Y6;          \ // z3 behind what is not needed
	VPXOR      Y7, Y7, Y7;          \
	VPUNPCKHWD Y4, Y6, Y6;          \ // z3 and z4
	VPUNPCKLWD Y4, Y7, Y4;          \
	VPUNPCKLWD Y5, Y7, Y5;          \
	VPSRAD     $3, Y4, Y4;          \ // 16 bits, by 1<<13
	VPSRAD     $3, Y5, Y5;          \
	VPADDD     round<>(SB), Y4, Y4; \ // t0
	VPADDD     round<>(SB), Y5, Y5; \ // t1
	VPUNPCKLWD Y3, Y1, Y7;          \ // 2 and 6
	VPUNPCKHWD Y3, Y0, Y8;          \ // 1 and 7
	VPUNPCKHWD Y2, Y1, Y9;          \ // 3 and 5
	                                \
	VPMADDWD evenOf2<>(SB), Y7, Y0; \ // t3
	VPMADDWD evenOf6<>(SB), Y7, Y1; \ // t2
	VPSUBD   Y0, Y4, Y3;            \ // e3
	VPADDD   Y0, Y4, Y0;            \ // e0
	VPSUBD   Y1, Y5, Y2;            \ // e2
	VPADDD   Y1, Y5, Y1;            \ // e1
	                                \
	VPMADDWD oddZ3<>(SB), Y6, Y4;   \
	VPMADDWD oddZ4<>(SB), Y6, Y5;   \
	VPMADDWD oddOf1<>(SB), Y8, Y15; \
	VPMADDWD oddOf3<>(SB), Y9, Y14; \
	VPMADDWD oddOf5<>(SB), Y9, Y13; \
	VPMADDWD oddOf7<>(SB), Y8, Y12; \
	VPADDD   Y5, Y15, Y6;           \ // o0
	VPADDD   Y4, Y14, Y7;           \ // o1
	VPADDD   Y5, Y13, Y8;           \ // o2
	VPADDD   Y4, Y12, Y9;           \ // o3
	                                \
	VPSUBD Y6, Y0, Y15;             \
	VPADDD Y6, Y0, Y0;              \
	VPSUBD Y7, Y1, Y14;             \
	VPADDD Y7, Y1, Y1;              \
	VPSUBD Y8, Y2, Y13;             \
	VPADDD Y8, Y2, Y2;              \
	VPSUBD Y9, Y3, Y12;             \
	VPADDD Y9, Y3, Y3;              \
	VPSRAD bits, Y0, Y0;            \
	VPSRAD bits, Y1, Y1;            \
	VPSRAD bits, Y2, Y2;            \
	VPSRAD bits, Y3, Y3;            \
	VPSRAD bits, Y12, Y12;          \
	VPSRAD bits, Y13, Y13;          \
	VPSRAD bits, Y14, Y14;          \
	VPSRAD bits, Y15, Y15

// coefficients reads two rows of 8 and dequantizes them, to 16 bits: of each half of the
// columns the one row and the other.
#define coefficients(at, dst) \
	VMOVDQU at(SI), dst;       \
	VPMULLW at(DX), dst, dst;  \
	VPERMQ  $0xD8, dst, dst

// Bytes of 4 columns of 4 samples, as 4 rows.
DATA rows<>+0(SB)/8, $0x0d0905010c080400
DATA rows<>+8(SB)/8, $0x0f0b07030e0a0602
DATA rows<>+16(SB)/8, $0x0d0905010c080400
DATA rows<>+24(SB)/8, $0x0f0b07030e0a0602
GLOBL rows<>(SB), RODATA|NOPTR, $32

// func inverseBlock(dst *uint8, stride int, b *block, quant *[64]uint16)
TEXT ·inverseBlock(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ stride+8(FP), BX
	MOVQ b+16(FP), SI
	MOVQ quant+24(FP), DX
	coefficients(0, Y0)
	coefficients(32, Y1)
	coefficients(64, Y2)
	coefficients(96, Y3)
	inverse8(columnRound, $11) // a lane is a column

	// Clip to words, and turn the 8x8 of them so that a lane will be a row: 0…3 in the low
	// half, 4…7 in the high one.
	VPACKSSDW Y12, Y0, Y0 // rows 0 and 4, of each half of the columns
	VPACKSSDW Y13, Y1, Y1
	VPACKSSDW Y14, Y2, Y2
	VPACKSSDW Y15, Y3, Y3
	VPERMQ    $0xD8, Y0, Y4 // row 0, row 4
	VPERMQ    $0xD8, Y1, Y5
	VPERMQ    $0xD8, Y2, Y6
	VPERMQ    $0xD8, Y3, Y7

	VPUNPCKLWD Y5, Y4, Y8 // columns 0…3 of rows 0 and 1, 4 and 5
	VPUNPCKHWD Y5, Y4, Y9 // 4…7
	VPUNPCKLWD Y7, Y6, Y10
	VPUNPCKHWD Y7, Y6, Y11
	VPUNPCKLDQ Y10, Y8, Y0 // column 0, column 1
	VPUNPCKHDQ Y10, Y8, Y1
	VPUNPCKLDQ Y11, Y9, Y2
	VPUNPCKHDQ Y11, Y9, Y3
	inverse8(rowRound, $18)

	// Clip to bytes: 4 columns of rows 0…3 in the low half, of 4…7 in the high one.
	VPACKSSDW  Y1, Y0, Y0
	VPACKSSDW  Y3, Y2, Y2
	VPACKSSWB  Y2, Y0, Y0
	VPACKSSDW  Y13, Y12, Y12
	VPACKSSDW  Y15, Y14, Y14
	VPACKSSWB  Y14, Y12, Y12
	VPADDB     middle<>(SB), Y0, Y0
	VPADDB     middle<>(SB), Y12, Y12
	VPSHUFB    rows<>(SB), Y0, Y0   // 4 rows of 4 samples in each half
	VPSHUFB    rows<>(SB), Y12, Y12
	VPUNPCKLDQ Y12, Y0, Y1          // rows 0 and 1, 4 and 5
	VPUNPCKHDQ Y12, Y0, Y2          // rows 2 and 3, 6 and 7

	VMOVQ        X1, (DI)
	VMOVHPS      X1, (DI)(BX*1)
	LEAQ         (DI)(BX*2), DI
	VMOVQ        X2, (DI)
	VMOVHPS      X2, (DI)(BX*1)
	LEAQ         (DI)(BX*2), DI
	VEXTRACTI128 $1, Y1, X1
	VEXTRACTI128 $1, Y2, X2
	VMOVQ        X1, (DI)
	VMOVHPS      X1, (DI)(BX*1)
	LEAQ         (DI)(BX*2), DI
	VMOVQ        X2, (DI)
	VMOVHPS      X2, (DI)(BX*1)
	VZEROUPPER
	RET
