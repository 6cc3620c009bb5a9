//go:build !purego

#include "textflag.h"

// AVX2. Operands stand in Go's order: sources first, the destination last.

// Constants of the transform, with 13 fractional bits, as in idct.go.
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

lanes(fix0298631336, $2446)
lanes(fix0390180644, $3196)
lanes(fix0541196100, $4433)
lanes(fix0765366865, $6270)
lanes(minus0899976223, $-7373)
lanes(fix1175875602, $9633)
lanes(fix1501321110, $12299)
lanes(fix1847759065, $15137)
lanes(fix1961570560, $16069)
lanes(fix2053119869, $16819)
lanes(minus2562915447, $-20995)
lanes(fix3072711026, $25172)
lanes(columnRound, $1024)    // 1<<(columnShift-1)
lanes(rowRound, $131072)     // 1<<(rowShift-1)
lanes(most16, $32767)
lanes(least16, $-32768)
lanes(middle, $0x80808080)   // 128, in bytes

// inverse8 transforms the 8 values that stand in the same lane of Y0…Y7, in all
// lanes at once, as inverse8 of idct.go does. Results 0…3 come in Y0…Y3, 4…7 in
// Y12…Y15.
#define inverse8(round) \
	VPADDD  Y6, Y2, Y8;                      \ // z
	VPMULLD fix0541196100<>(SB), Y8, Y8;     \
	VPMULLD fix1847759065<>(SB), Y6, Y6;     \
	VPSUBD  Y6, Y8, Y6;                      \ // t2
	VPMULLD fix0765366865<>(SB), Y2, Y2;     \
	VPADDD  Y8, Y2, Y2;                      \ // t3
	VPADDD  Y4, Y0, Y8;                      \
	VPSUBD  Y4, Y0, Y4;                      \
	VPSLLD  $16, Y8, Y8;                     \
	VPSLLD  $16, Y4, Y4;                     \
	VPSRAD  $3, Y8, Y8;                      \ // 16 bits, by 1<<13
	VPSRAD  $3, Y4, Y4;                      \
	VPADDD  round<>(SB), Y8, Y8;             \ // t0
	VPADDD  round<>(SB), Y4, Y4;             \ // t1
	VPADDD  Y2, Y8, Y0;                      \ // e0
	VPSUBD  Y2, Y8, Y8;                      \ // e3
	VPADDD  Y6, Y4, Y2;                      \ // e1
	VPSUBD  Y6, Y4, Y4;                      \ // e2
	                                         \
	VPADDD  Y3, Y7, Y9;                      \
	VPADDD  Y1, Y5, Y10;                     \
	VPSLLD  $16, Y9, Y9;                     \
	VPSLLD  $16, Y10, Y10;                   \
	VPSRAD  $16, Y9, Y9;                     \ // z3
	VPSRAD  $16, Y10, Y10;                   \ // z4
	VPADDD  Y9, Y10, Y11;                    \
	VPMULLD fix1175875602<>(SB), Y11, Y11;   \ // z5
	VPADDD  Y1, Y7, Y12;                     \
	VPMULLD minus0899976223<>(SB), Y12, Y12; \ // z1
	VPADDD  Y3, Y5, Y13;                     \
	VPMULLD minus2562915447<>(SB), Y13, Y13; \ // z2
	VPMULLD fix1961570560<>(SB), Y9, Y9;     \
	VPSUBD  Y9, Y11, Y9;                     \ // z3
	VPMULLD fix0390180644<>(SB), Y10, Y10;   \
	VPSUBD  Y10, Y11, Y10;                   \ // z4
	VPMULLD fix1501321110<>(SB), Y1, Y1;     \
	VPADDD  Y12, Y1, Y1;                     \
	VPADDD  Y10, Y1, Y1;                     \ // o0
	VPMULLD fix3072711026<>(SB), Y3, Y3;     \
	VPADDD  Y13, Y3, Y3;                     \
	VPADDD  Y9, Y3, Y3;                      \ // o1
	VPMULLD fix2053119869<>(SB), Y5, Y5;     \
	VPADDD  Y13, Y5, Y5;                     \
	VPADDD  Y10, Y5, Y5;                     \ // o2
	VPMULLD fix0298631336<>(SB), Y7, Y7;     \
	VPADDD  Y12, Y7, Y7;                     \
	VPADDD  Y9, Y7, Y7;                      \ // o3
	                                         \
	VPSUBD  Y1, Y0, Y15;                     \
	VPADDD  Y1, Y0, Y0;                      \
	VPADDD  Y3, Y2, Y1;                      \
	VPSUBD  Y3, Y2, Y14;                     \
	VPADDD  Y5, Y4, Y2;                      \
	VPSUBD  Y5, Y4, Y13;                     \
	VPADDD  Y7, Y8, Y3;                      \
	VPSUBD  Y7, Y8, Y12

// shift drops the fractional bits of inverse8's results.
#define shift(bits) \
	VPSRAD bits, Y0, Y0;   \
	VPSRAD bits, Y1, Y1;   \
	VPSRAD bits, Y2, Y2;   \
	VPSRAD bits, Y3, Y3;   \
	VPSRAD bits, Y12, Y12; \
	VPSRAD bits, Y13, Y13; \
	VPSRAD bits, Y14, Y14; \
	VPSRAD bits, Y15, Y15

// clip brings 32 bits into the range of 16.
#define clip(v) \
	VPMINSD most16<>(SB), v, v; \
	VPMAXSD least16<>(SB), v, v

// coefficients reads a row of 8 and dequantizes it, to 16 bits.
#define coefficients(row, dst) \
	VMOVDQU   (16*row)(SI), X8;     \
	VPMULLW   (16*row)(DX), X8, X8; \
	VPMOVSXWD X8, dst

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
	coefficients(1, Y1)
	coefficients(2, Y2)
	coefficients(3, Y3)
	coefficients(4, Y4)
	coefficients(5, Y5)
	coefficients(6, Y6)
	coefficients(7, Y7)
	inverse8(columnRound) // a lane is a column
	shift($11)
	clip(Y0)
	clip(Y1)
	clip(Y2)
	clip(Y3)
	clip(Y12)
	clip(Y13)
	clip(Y14)
	clip(Y15)

	// Turn the 8x8 numbers, so that a lane is a row: in pairs of lanes, in pairs of
	// pairs, in halves.
	VPUNPCKLDQ Y1, Y0, Y4
	VPUNPCKHDQ Y1, Y0, Y5
	VPUNPCKLDQ Y3, Y2, Y6
	VPUNPCKHDQ Y3, Y2, Y7
	VPUNPCKLDQ Y13, Y12, Y8
	VPUNPCKHDQ Y13, Y12, Y9
	VPUNPCKLDQ Y15, Y14, Y10
	VPUNPCKHDQ Y15, Y14, Y11

	VPUNPCKLQDQ Y6, Y4, Y0   // columns 0 and 4 of rows 0…3
	VPUNPCKHQDQ Y6, Y4, Y1   // 1 and 5
	VPUNPCKLQDQ Y7, Y5, Y2   // 2 and 6
	VPUNPCKHQDQ Y7, Y5, Y3   // 3 and 7
	VPUNPCKLQDQ Y10, Y8, Y12 // the same of rows 4…7
	VPUNPCKHQDQ Y10, Y8, Y13
	VPUNPCKLQDQ Y11, Y9, Y14
	VPUNPCKHQDQ Y11, Y9, Y15

	VPERM2I128 $0x31, Y12, Y0, Y4
	VPERM2I128 $0x31, Y13, Y1, Y5
	VPERM2I128 $0x31, Y14, Y2, Y6
	VPERM2I128 $0x31, Y15, Y3, Y7
	VPERM2I128 $0x20, Y12, Y0, Y0
	VPERM2I128 $0x20, Y13, Y1, Y1
	VPERM2I128 $0x20, Y14, Y2, Y2
	VPERM2I128 $0x20, Y15, Y3, Y3
	inverse8(rowRound)
	shift($18)

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
