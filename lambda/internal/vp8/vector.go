//go:build (amd64 || arm64) && !purego

package vp8

import (
	"runtime"

	"golang.org/x/sys/cpu"
)

// hasVectors: every arm64 CPU has NEON.
var hasVectors = runtime.GOARCH == "arm64" || cpu.X86.HasAVX2

// What is in vector instructions (vector_GOARCH.s), as in the package chroma.
func init() {
	if hasVectors {
		addBlock, addDC, filterEdge = addBlockVector, addDCVector, filterEdgeVector
		pixels, upsampleInner = pixelsVector, upsampleInnerVector
	}
}

// add4x4 is addBlock without checks of bounds: it changes 4 samples at each of pix, pix+stride … pix+3*stride.
//
//go:noescape
func add4x4(pix *uint8, stride int, b *block)

func addBlockVector(pix []uint8, stride int, b *block) {
	_ = pix[3*stride+3]
	add4x4(&pix[0], stride, b)
}

// addDC4x4 is addDC in the same way.
//
//go:noescape
func addDC4x4(pix *uint8, stride int, b *block)

func addDCVector(pix []uint8, stride int, b *block) {
	_ = pix[3*stride+3]
	addDC4x4(&pix[0], stride, b)
}

// filterRows is filterEdge between rows, which are stride apart: across the edge before 8 samples from a and 8 from b on.
// It does not check bounds.
//
//go:noescape
func filterRows(a, b *uint8, stride int, l limits, inner bool)

// filterColumns is the same between columns.
//
//go:noescape
func filterColumns(a, b *uint8, stride int, l limits, inner bool)

func filterEdgeVector(pix []uint8, a, b, along, across int, l limits, inner bool) {
	last := 7*along + 3*across
	_, _, _, _ = pix[a-4*across], pix[b-4*across], pix[a+last], pix[b+last]
	if along == 1 {
		filterRows(&pix[a], &pix[b], across, l, inner)
	} else {
		filterColumns(&pix[a], &pix[b], along, l, inner)
	}
}

// pixels16 is pixels for n of them, a multiple of 16 and not 0.
//
//go:noescape
func pixels16(dst, luma, u, v *uint8, n int)

func pixelsVector(dst, luma, u, v []uint8) {
	dst, u, v = dst[:4*len(luma)], u[:len(luma)], v[:len(luma)]
	n := len(luma) &^ 15
	if n > 0 {
		pixels16(&dst[0], &luma[0], &u[0], &v[0], n)
	}
	pixelsPlain(dst[4*n:], luma[n:], u[n:], v[n:])
}

// upsample16 is upsampleInner for n samples from the second on, a multiple of 16 and not 0.
//
//go:noescape
func upsample16(dst, near, far *uint8, n int)

func upsampleInnerVector(dst, near, far []uint8) {
	dst, far = dst[:2*(len(near)-1)], far[:len(near)]
	n := (len(near) - 1) &^ 15
	if n > 0 {
		upsample16(&dst[0], &near[0], &far[0], n)
	}
	upsampleInnerPlain(dst[2*n:], near[n:], far[n:])
}
