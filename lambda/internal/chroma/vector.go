//go:build (amd64 || arm64) && !purego

package chroma

import (
	"runtime"

	"golang.org/x/sys/cpu"
)

// hasVectors: every arm64 CPU has NEON.
var hasVectors = runtime.GOARCH == "arm64" || cpu.X86.HasAVX2

func init() {
	if hasVectors {
		toRGB, widen = toRGBVector, widenVector
	}
}

// toRGB8 is toRGB for n pixels, a multiple of 8 and not 0.
//
//go:noescape
func toRGB8(dst, luma, cb, cr *uint8, n int)

func toRGBVector(dst, luma, cb, cr []uint8) {
	dst, cb, cr = dst[:4*len(luma)], cb[:len(luma)], cr[:len(luma)]
	n := len(luma) &^ 7
	if n > 0 {
		toRGB8(&dst[0], &luma[0], &cb[0], &cr[0], n)
	}
	toRGBPlain(dst[4*n:], luma[n:], cb[n:], cr[n:])
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
