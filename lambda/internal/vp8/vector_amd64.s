//go:build !purego

#include "textflag.h"

// AVX2. Operands stand in Go's order: sources first, the destination last.

#define bytes16(name, value) \
DATA name<>+0(SB)/8, value; \
DATA name<>+8(SB)/8, value; \
GLOBL name<>(SB), RODATA|NOPTR, $16

bytes16(signs, $0x8080808080808080)
bytes16(upper7, $0xfefefefefefefefe)
bytes16(lower5, $0x1f1f1f1f1f1f1f1f)
bytes16(sixteen, $0x1010101010101010)
bytes16(four, $0x0404040404040404)
bytes16(three, $0x0303030303030303)
bytes16(nine, $0x0900090009000900)   // words, times 256
bytes16(half128, $0x003f003f003f003f) // words of 63

#define lanes(name, value) \
DATA name<>+0(SB)/4, value; \
DATA name<>+4(SB)/4, value; \
DATA name<>+8(SB)/4, value; \
DATA name<>+12(SB)/4, value; \
GLOBL name<>(SB), RODATA|NOPTR, $16

lanes(cosine, $85627)
lanes(sine, $35468)
lanes(half8, $4)

// inverse4 is inverse4 of transform.go, of what stands in the same lane of X0…X3, in 32 bits.
#define inverse4 \
	VPMULLD sine<>(SB), X1, X4;   \
	VPMULLD cosine<>(SB), X3, X5; \
	VPMULLD cosine<>(SB), X1, X6; \
	VPMULLD sine<>(SB), X3, X7;   \
	VPSRAD  $16, X4, X4;          \
	VPSRAD  $16, X5, X5;          \
	VPSRAD  $16, X6, X6;          \
	VPSRAD  $16, X7, X7;          \
	VPSUBD  X5, X4, X4;           \ // c
	VPADDD  X7, X6, X6;           \ // d
	VPADDD  X2, X0, X5;           \ // a
	VPSUBD  X2, X0, X7;           \ // b
	VPADDD  X6, X5, X0;           \
	VPADDD  X4, X7, X1;           \
	VPSUBD  X4, X7, X2;           \
	VPSUBD  X6, X5, X3

// samples loads two rows of four, as words.
#define samples(first, second, dst) \
	VMOVD     first, dst;           \
	VPINSRD   $1, second, dst, dst; \
	VPMOVZXBW dst, dst

// store stores four rows of four.
#define store(src) \
	VMOVD   src, (DI);             \
	VPEXTRD $1, src, (DI)(BX*1);   \
	VPEXTRD $2, src, (DI)(BX*2);   \
	VPEXTRD $3, src, (DI)(R9*1)

// func add4x4(pix *uint8, stride int, b *block)
TEXT ·add4x4(SB), NOSPLIT, $0-24
	MOVQ pix+0(FP), DI
	MOVQ stride+8(FP), BX
	MOVQ b+16(FP), SI
	LEAQ (BX)(BX*2), R9
	VPMOVSXWD (SI), X0
	VPMOVSXWD 8(SI), X1
	VPMOVSXWD 16(SI), X2
	VPMOVSXWD 24(SI), X3
	inverse4                  // a lane is a column
	VPUNPCKLDQ  X1, X0, X4
	VPUNPCKHDQ  X1, X0, X5
	VPUNPCKLDQ  X3, X2, X6
	VPUNPCKHDQ  X3, X2, X7
	VPUNPCKLQDQ X6, X4, X0
	VPUNPCKHQDQ X6, X4, X1
	VPUNPCKLQDQ X7, X5, X2
	VPUNPCKHQDQ X7, X5, X3
	VPADDD      half8<>(SB), X0, X0
	inverse4                  // a lane is a row
	VPSRAD    $3, X0, X0
	VPSRAD    $3, X1, X1
	VPSRAD    $3, X2, X2
	VPSRAD    $3, X3, X3
	VPACKSSDW X2, X0, X0      // columns 0 and 2, clipped to 16 bits, which a sample's range is far within
	VPACKSSDW X3, X1, X1      // columns 1 and 3
	VPUNPCKLWD X1, X0, X2     // pairs of columns 0 and 1, row by row
	VPUNPCKHWD X1, X0, X3     // of 2 and 3
	VPUNPCKLDQ X3, X2, X0     // rows 0 and 1
	VPUNPCKHDQ X3, X2, X1
	samples((DI), (DI)(BX*1), X2)
	samples((DI)(BX*2), (DI)(R9*1), X3)
	VPADDSW   X2, X0, X0
	VPADDSW   X3, X1, X1
	VPACKUSWB X1, X0, X0
	store(X0)
	RET

// func addDC4x4(pix *uint8, stride int, b *block)
TEXT ·addDC4x4(SB), NOSPLIT, $0-24
	MOVQ    pix+0(FP), DI
	MOVQ    stride+8(FP), BX
	MOVQ    b+16(FP), SI
	LEAQ    (BX)(BX*2), R9
	MOVWLSX (SI), AX
	ADDL    $4, AX
	SARL    $3, AX
	VMOVD   AX, X0
	VPBROADCASTW X0, X0
	samples((DI), (DI)(BX*1), X2)
	samples((DI)(BX*2), (DI)(R9*1), X3)
	VPADDSW   X0, X2, X2
	VPADDSW   X0, X3, X3
	VPACKUSWB X3, X2, X0
	store(X0)
	RET

// difference is |a - b| of unsigned bytes.
#define difference(a, b, scratch, dst) \
	VPSUBUSB b, a, dst;     \
	VPSUBUSB a, b, scratch; \
	VPOR     scratch, dst, dst

// eighth is a signed byte, shifted to the right by 3, plus 16.
#define eighth(v) \
	VPXOR  signs<>(SB), v, v; \
	VPSRLW $3, v, v;          \
	VPAND  lower5<>(SB), v, v

// further changes two samples by the sum in words X8 and X9, in 1/128, and adds what is in X11 and X12 to it.
#define further(p, q) \
	VPSRAW    $7, X8, X10;   \
	VPSRAW    $7, X9, X13;   \
	VPACKSSWB X13, X10, X10; \
	VPADDSB   X10, p, p;     \
	VPSUBSB   X10, q, q;     \
	VPADDW    X11, X8, X8;   \
	VPADDW    X12, X9, X9

// normal is filterNormal of loopfilter.go across 16 places of an edge, on signed samples.
//
// X0…X7 p3, p2, p1, p0, q0, q1, q2, q3
// X13, X14, X15 edge, interior, variance, in all bytes
// R8 1 for edges of subblocks
TEXT normal<>(SB), NOSPLIT, $0-0
	difference(X0, X1, X9, X8)
	difference(X1, X2, X9, X10)
	VPMAXUB    X10, X8, X8
	difference(X7, X6, X9, X10)
	VPMAXUB    X10, X8, X8
	difference(X6, X5, X9, X10)
	VPMAXUB    X10, X8, X8
	difference(X2, X3, X9, X11)
	difference(X5, X4, X9, X10)
	VPMAXUB    X10, X11, X11
	VPMAXUB    X11, X8, X8
	VPSUBUSB   X14, X8, X8           // beyond interior
	VPSUBUSB   X15, X11, X9          // beyond variance
	difference(X3, X4, X11, X10)
	VPADDUSB   X10, X10, X10
	difference(X2, X5, X12, X11)
	VPAND      upper7<>(SB), X11, X11
	VPSRLW     $1, X11, X11
	VPADDUSB   X11, X10, X10
	VPSUBUSB   X13, X10, X10         // beyond edge
	VPOR       X10, X8, X8
	VPXOR      X12, X12, X12
	VPCMPEQB   X12, X8, X8           // where to filter
	VPCMPEQB   X12, X9, X9           // where variance is low

	VPXOR   signs<>(SB), X2, X2
	VPXOR   signs<>(SB), X3, X3
	VPXOR   signs<>(SB), X4, X4
	VPXOR   signs<>(SB), X5, X5
	VPSUBSB X5, X2, X10
	VPSUBSB X3, X4, X11
	TESTB   R8, R8
	JZ      macroblocks

	VPANDN  X10, X9, X10
	VPADDSB X11, X10, X10
	VPADDSB X11, X10, X10
	VPADDSB X11, X10, X10
	VPAND   X8, X10, X10               // w
	VPADDSB four<>(SB), X10, X11
	VPADDSB three<>(SB), X10, X10
	eighth(X11)
	eighth(X10)
	VPAVGB  sixteen<>(SB), X11, X12
	VPSUBB  sixteen<>(SB), X11, X11
	VPSUBB  sixteen<>(SB), X10, X10
	VPSUBB  sixteen<>(SB), X12, X12
	VPAND   X9, X12, X12
	VPSUBSB X11, X4, X4
	VPADDSB X10, X3, X3
	VPSUBSB X12, X5, X5
	VPADDSB X12, X2, X2
	JMP     unsigned

macroblocks:
	VPXOR   signs<>(SB), X1, X1
	VPXOR   signs<>(SB), X6, X6
	VPADDSB X11, X10, X10
	VPADDSB X11, X10, X10
	VPADDSB X11, X10, X10
	VPAND   X8, X10, X10          // w
	VPANDN  X10, X9, X11          // where variance is high: the nearest samples only
	VPAND   X9, X10, X10
	VPADDSB four<>(SB), X11, X12
	VPADDSB three<>(SB), X11, X11
	eighth(X12)
	eighth(X11)
	VPSUBB  sixteen<>(SB), X12, X12
	VPSUBB  sixteen<>(SB), X11, X11
	VPSUBSB X12, X4, X4
	VPADDSB X11, X3, X3

	VPXOR      X8, X8, X8
	VPUNPCKLBW X10, X8, X11         // times 256
	VPUNPCKHBW X10, X8, X12
	VPMULHW    nine<>(SB), X11, X11
	VPMULHW    nine<>(SB), X12, X12
	VPADDW     half128<>(SB), X11, X8
	VPADDW     half128<>(SB), X12, X9
	further(X1, X6)
	further(X2, X5)
	further(X3, X4)
	VPXOR      signs<>(SB), X1, X1
	VPXOR      signs<>(SB), X6, X6

unsigned:
	VPXOR signs<>(SB), X2, X2
	VPXOR signs<>(SB), X3, X3
	VPXOR signs<>(SB), X4, X4
	VPXOR signs<>(SB), X5, X5
	RET

// arguments of filterRows and filterColumns: a in SI, b in DI, stride in BX and three times stride in R9.
#define arguments \
	MOVQ         a+0(FP), SI;          \
	MOVQ         b+8(FP), DI;          \
	MOVQ         stride+16(FP), BX;    \
	VPBROADCASTB l_edge+24(FP), X13;     \
	VPBROADCASTB l_interior+25(FP), X14; \
	VPBROADCASTB l_variance+26(FP), X15; \
	MOVBLZX      inner+27(FP), R8;     \
	LEAQ         (BX)(BX*2), R9

// func filterRows(a, b *uint8, stride int, l limits, inner bool)
TEXT ·filterRows(SB), NOSPLIT, $0-28
	arguments
	MOVQ SI, R10
	MOVQ DI, R11
	SUBQ BX, R10
	SUBQ BX, R11
	SUBQ R9, R10     // p3
	SUBQ R9, R11

	VMOVQ   (R10), X0
	VMOVHPS (R11), X0, X0
	VMOVQ   (R10)(BX*1), X1
	VMOVHPS (R11)(BX*1), X1, X1
	VMOVQ   (R10)(BX*2), X2
	VMOVHPS (R11)(BX*2), X2, X2
	VMOVQ   (R10)(R9*1), X3
	VMOVHPS (R11)(R9*1), X3, X3
	VMOVQ   (SI), X4
	VMOVHPS (DI), X4, X4
	VMOVQ   (SI)(BX*1), X5
	VMOVHPS (DI)(BX*1), X5, X5
	VMOVQ   (SI)(BX*2), X6
	VMOVHPS (DI)(BX*2), X6, X6
	VMOVQ   (SI)(R9*1), X7
	VMOVHPS (DI)(R9*1), X7, X7
	CALL    normal<>(SB)
	VMOVQ   X1, (R10)(BX*1)
	VMOVHPS X1, (R11)(BX*1)
	VMOVQ   X2, (R10)(BX*2)
	VMOVHPS X2, (R11)(BX*2)
	VMOVQ   X3, (R10)(R9*1)
	VMOVHPS X3, (R11)(R9*1)
	VMOVQ   X4, (SI)
	VMOVHPS X4, (DI)
	VMOVQ   X5, (SI)(BX*1)
	VMOVHPS X5, (DI)(BX*1)
	VMOVQ   X6, (SI)(BX*2)
	VMOVHPS X6, (DI)(BX*2)
	RET

// func filterColumns(a, b *uint8, stride int, l limits, inner bool)
TEXT ·filterColumns(SB), NOSPLIT, $0-28
	arguments
	SUBQ $4, SI
	SUBQ $4, DI
	LEAQ (SI)(BX*4), R10
	LEAQ (DI)(BX*4), R11

	// Rows become columns in four steps, each of which brings together what is half as far apart.
	VMOVQ (SI), X0
	VMOVQ (SI)(BX*1), X1
	VMOVQ (SI)(BX*2), X2
	VMOVQ (SI)(R9*1), X3
	VMOVQ (R10), X4
	VMOVQ (R10)(BX*1), X5
	VMOVQ (R10)(BX*2), X6
	VMOVQ (R10)(R9*1), X7
	VMOVQ (DI), X8
	VPUNPCKLBW X8, X0, X0
	VMOVQ (DI)(BX*1), X8
	VPUNPCKLBW X8, X1, X1
	VMOVQ (DI)(BX*2), X8
	VPUNPCKLBW X8, X2, X2
	VMOVQ (DI)(R9*1), X8
	VPUNPCKLBW X8, X3, X3
	VMOVQ (R11), X8
	VPUNPCKLBW X8, X4, X4
	VMOVQ (R11)(BX*1), X8
	VPUNPCKLBW X8, X5, X5
	VMOVQ (R11)(BX*2), X8
	VPUNPCKLBW X8, X6, X6
	VMOVQ (R11)(R9*1), X8
	VPUNPCKLBW X8, X7, X7

	VPUNPCKHBW X4, X0, X8  // columns 4…7 of rows 0, 4, 8, 12
	VPUNPCKLBW X4, X0, X0  // columns 0…3
	VPUNPCKHBW X5, X1, X9
	VPUNPCKLBW X5, X1, X1
	VPUNPCKHBW X6, X2, X10
	VPUNPCKLBW X6, X2, X2
	VPUNPCKHBW X7, X3, X11
	VPUNPCKLBW X7, X3, X3

	VPUNPCKHBW X2, X0, X4   // columns 2, 3 of even rows
	VPUNPCKLBW X2, X0, X0   // columns 0, 1
	VPUNPCKHBW X3, X1, X5   // of odd rows
	VPUNPCKLBW X3, X1, X1
	VPUNPCKHBW X10, X8, X6  // columns 6, 7 of even rows
	VPUNPCKLBW X10, X8, X8
	VPUNPCKHBW X11, X9, X7
	VPUNPCKLBW X11, X9, X9

	VPUNPCKHBW X5, X4, X3
	VPUNPCKLBW X5, X4, X2
	VPUNPCKLBW X9, X8, X4
	VPUNPCKHBW X9, X8, X5
	VPUNPCKHBW X1, X0, X8
	VPUNPCKLBW X1, X0, X0
	VMOVDQA    X8, X1
	VPUNPCKLBW X7, X6, X8
	VPUNPCKHBW X7, X6, X7
	VMOVDQA    X8, X6
	CALL       normal<>(SB)

	// And back: two columns, four, eight.
	VPUNPCKLBW X1, X0, X8   // p3, p2 of rows 0…7
	VPUNPCKHBW X1, X0, X9   // of rows 8…15
	VPUNPCKLBW X3, X2, X10
	VPUNPCKHBW X3, X2, X11
	VPUNPCKLBW X5, X4, X12
	VPUNPCKHBW X5, X4, X13
	VPUNPCKLBW X7, X6, X14
	VPUNPCKHBW X7, X6, X15

	VPUNPCKLWD X10, X8, X0  // p3…p0 of rows 0…3
	VPUNPCKHWD X10, X8, X1  // 4…7
	VPUNPCKLWD X11, X9, X2  // 8…11
	VPUNPCKHWD X11, X9, X3  // 12…15
	VPUNPCKLWD X14, X12, X4 // q0…q3
	VPUNPCKHWD X14, X12, X5
	VPUNPCKLWD X15, X13, X6
	VPUNPCKHWD X15, X13, X7

	VPUNPCKLDQ X4, X0, X8
	VPUNPCKHDQ X4, X0, X9
	VPUNPCKLDQ X5, X1, X10
	VPUNPCKHDQ X5, X1, X11
	VPUNPCKLDQ X6, X2, X12
	VPUNPCKHDQ X6, X2, X13
	VPUNPCKLDQ X7, X3, X14
	VPUNPCKHDQ X7, X3, X15

	VMOVQ   X8, (SI)
	VMOVHPS X8, (SI)(BX*1)
	VMOVQ   X9, (SI)(BX*2)
	VMOVHPS X9, (SI)(R9*1)
	VMOVQ   X10, (R10)
	VMOVHPS X10, (R10)(BX*1)
	VMOVQ   X11, (R10)(BX*2)
	VMOVHPS X11, (R10)(R9*1)
	VMOVQ   X12, (DI)
	VMOVHPS X12, (DI)(BX*1)
	VMOVQ   X13, (DI)(BX*2)
	VMOVHPS X13, (DI)(R9*1)
	VMOVQ   X14, (R11)
	VMOVHPS X14, (R11)(BX*1)
	VMOVQ   X15, (R11)(BX*2)
	VMOVHPS X15, (R11)(R9*1)
	RET

// constant puts a word into all lanes.
#define constant(value, dst) \
	MOVL         value, AX; \
	VMOVD        AX, X15;   \
	VPBROADCASTW X15, dst

// words loads 16 bytes as words, times 256.
#define words(from, dst) \
	VPMOVZXBW from, dst; \
	VPSLLW    $8, dst, dst

// func pixels16(dst, luma, u, v *uint8, n int)
//
// Colours have six fractional bits. Sums of red and green wrap, and end within 16 bits; those of blue are unsigned.
TEXT ·pixels16(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ luma+8(FP), SI
	MOVQ u+16(FP), DX
	MOVQ v+24(FP), BX
	MOVQ n+32(FP), CX
	constant($19077, Y6)
	constant($26149, Y7)
	constant($6419, Y8)
	constant($13320, Y9)
	constant($33050, Y10)
	constant($14234, Y11)
	constant($8708, Y12)
	constant($17685, Y13)
	VPCMPEQB Y14, Y14, Y14 // alpha

pixels:
	words((SI), Y0)
	words((DX), Y1)
	words((BX), Y2)
	VPMULHUW  Y6, Y0, Y0
	VPMULHUW  Y7, Y2, Y3
	VPADDW    Y0, Y3, Y3
	VPSUBW    Y11, Y3, Y3
	VPSRAW    $6, Y3, Y3     // red
	VPMULHUW  Y8, Y1, Y4
	VPMULHUW  Y9, Y2, Y5
	VPADDW    Y5, Y4, Y4
	VPSUBW    Y4, Y0, Y4
	VPADDW    Y12, Y4, Y4
	VPSRAW    $6, Y4, Y4     // green
	VPMULHUW  Y10, Y1, Y5
	VPADDUSW  Y0, Y5, Y5
	VPSUBUSW  Y13, Y5, Y5
	VPSRLW    $6, Y5, Y5     // blue

	// In each half, of its eight pixels:
	VPACKUSWB  Y5, Y3, Y3    // red, blue
	VPACKUSWB  Y4, Y4, Y4
	VPUNPCKLQDQ Y14, Y4, Y4  // green, alpha
	VPUNPCKLBW Y4, Y3, Y0    // red next to green
	VPUNPCKHBW Y4, Y3, Y1    // blue next to alpha
	VPUNPCKLWD Y1, Y0, Y2
	VPUNPCKHWD Y1, Y0, Y3
	VMOVDQU    X2, (DI)
	VMOVDQU    X3, 16(DI)
	VEXTRACTI128 $1, Y2, 32(DI)
	VEXTRACTI128 $1, Y3, 48(DI)
	ADDQ $16, SI
	ADDQ $16, DX
	ADDQ $16, BX
	ADDQ $64, DI
	SUBQ $16, CX
	JNZ  pixels
	VZEROUPPER
	RET

// func upsample16(dst, near, far *uint8, n int)
TEXT ·upsample16(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ near+8(FP), SI
	MOVQ far+16(FP), DX
	MOVQ n+24(FP), CX
	constant($8, Y8)

upsample:
	VPMOVZXBW (SI), Y0      // n0
	VPMOVZXBW 1(SI), Y1     // n1
	VPMOVZXBW (DX), Y2      // f0
	VPMOVZXBW 1(DX), Y3     // f1
	VPADDW    Y1, Y2, Y2
	VPADDW    Y0, Y3, Y3
	VPADDW    Y2, Y3, Y4
	VPADDW    Y8, Y4, Y4    // sum
	VPADDW    Y2, Y2, Y2
	VPADDW    Y3, Y3, Y3
	VPADDW    Y4, Y2, Y2
	VPADDW    Y4, Y3, Y3
	VPSRLW    $3, Y2, Y2
	VPSRLW    $3, Y3, Y3
	VPADDW    Y0, Y2, Y2
	VPADDW    Y1, Y3, Y3
	VPSRLW    $1, Y2, Y2    // the left one
	VPSRLW    $1, Y3, Y3    // the right one
	VPSLLW    $8, Y3, Y3
	VPOR      Y3, Y2, Y2
	VMOVDQU   Y2, (DI)
	ADDQ      $16, SI
	ADDQ      $16, DX
	ADDQ      $32, DI
	SUBQ      $16, CX
	JNZ       upsample
	VZEROUPPER
	RET
