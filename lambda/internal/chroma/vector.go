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

// toRGB16 is toRGB for n pixels, a multiple of 16 and not 0.
//
//go:noescape
func toRGB16(dst, luma, cb, cr *uint8, n int)

func toRGBVector(dst, luma, cb, cr []uint8) {
	dst, cb, cr = dst[:4*len(luma)], cb[:len(luma)], cr[:len(luma)]
	n := len(luma) &^ 15
	if n > 0 {
		toRGB16(&dst[0], &luma[0], &cb[0], &cr[0], n)
	}
	toRGBPlain(dst[4*n:], luma[n:], cb[n:], cr[n:])
}

// widen32 is widen for n samples, a multiple of 32 and not 0. The samples before the
// first and behind the last are read too.
//
//go:noescape
func widen32(dst, near, far *uint8, n int, left, right uint16)

func widenVector(dst, near, far []uint8, left, right uint16) {
	dst, far = dst[:2*len(near)], far[:len(near)]
	last := len(near) - 1
	if last < 1+32 {
		widenPlain(dst, near, far, left, right)
		return
	}
	widen32(&dst[2], &near[1], &far[1], (last-1)&^31, left, right)
	widen32(&dst[2*(last-32)], &near[last-32], &far[last-32], 32, left, right) // some of them again
	widenSpan(dst, near, far, left, right, 0, 1)
	widenSpan(dst, near, far, left, right, last, last+1)
}
