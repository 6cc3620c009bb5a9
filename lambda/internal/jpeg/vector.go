//go:build (amd64 || arm64) && !purego

package jpeg

import (
	"runtime"

	"golang.org/x/sys/cpu"
)

// hasVectors: every arm64 CPU has NEON.
var hasVectors = runtime.GOARCH == "arm64" || cpu.X86.HasAVX2

// The transform and upsampling in vector instructions (vector_GOARCH.s). Each does what
// its plain twin does, to the last bit; the tests compare them. The build tag purego
// leaves them out.
func init() {
	if hasVectors {
		inverseAll, widen = inverseVector, widenVector
	}
}

// inverseBlock is inverseAll without checks of bounds: it writes 8 samples at each of
// dst, dst+stride … dst+7*stride.
//
//go:noescape
func inverseBlock(dst *uint8, stride int, b *block, quant *[64]uint16)

func inverseVector(dst []uint8, stride int, b *block, quant *[64]uint16) {
	_ = dst[7*stride+7]
	inverseBlock(&dst[0], stride, b, quant)
}

// widen16 is widen for n samples, a multiple of 16 and not 0. The samples before the
// first and behind the last are read too.
//
//go:noescape
func widen16(dst, near, far *uint8, n int, left, right uint16)

func widenVector(dst, near, far []uint8, left, right uint16) {
	dst, far = dst[:2*len(near)], far[:len(near)]
	n := 0 // samples from the second on
	if len(near) >= 18 {
		n = (len(near) - 2) &^ 15
		widen16(&dst[2], &near[1], &far[1], n, left, right)
	}
	widenSpan(dst, near, far, left, right, 0, 1)
	widenSpan(dst, near, far, left, right, 1+n, len(near))
}
