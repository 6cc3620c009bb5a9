//go:build (amd64 || arm64) && !purego

package yolo

import (
	"runtime"

	"golang.org/x/sys/cpu"
)

// hasVectors: every arm64 CPU has NEON.
var hasVectors = runtime.GOARCH == "arm64" || cpu.X86.HasAVX2

// The loops over all pixels, in vector instructions (vector_GOARCH.s), as those of the
// package chroma.
func init() {
	if hasVectors {
		newRowResizer, addRows, toPlanes = vectorRowResizer, addRowsVector, toPlanesVector
	}
}

// addRows16 and addShifted16 are addRows with a shift of 0 and of 16, for n samples, a
// multiple of 16 and not 0.
//
//go:noescape
func addRows16(sums *uint32, upper, lower *uint16, n int, weights *[2]uint32)

//go:noescape
func addShifted16(sums *uint32, upper, lower *uint16, n int, weights *[2]uint32)

func addRowsVector(sums []uint32, upper, lower []uint16, weights [2]uint32, shift uint32) {
	upper, lower = upper[:len(sums)], lower[:len(sums)]
	n := len(sums) &^ 15
	switch {
	case n == 0:
	case shift == 0:
		addRows16(&sums[0], &upper[0], &lower[0], n, &weights)
	default:
		addShifted16(&sums[0], &upper[0], &lower[0], n, &weights)
	}
	addRowsPlain(sums[n:], upper[n:], lower[n:], weights, shift)
}

// toPlanes8 is toPlanes for n pixels, a multiple of 8 and not 0; shift is below 32.
//
//go:noescape
func toPlanes8(red, green, blue *float32, sums *uint32, n int, round, shift uint32)

func toPlanesVector(rgb [3][]float32, sums []uint32, round, shift uint32) {
	red := rgb[0]
	green, blue, sums := rgb[1][:len(red)], rgb[2][:len(red)], sums[:4*len(red)]
	n := len(red) &^ 7
	if n > 0 {
		toPlanes8(&red[0], &green[0], &blue[0], &sums[0], n, round, shift)
	}
	toPlanesPlain([3][]float32{red[n:], green[n:], blue[n:]}, sums[4*n:], round, shift)
}
