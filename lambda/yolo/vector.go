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
		resizeRow, addRow = resizeRowVector, addRowVector
	}
}

// resizePixels is resizeRow for a number of output pixels of n taps each, both at
// least 1; shift is below 32.
//
//go:noescape
func resizePixels(dst *uint16, src *uint8, first *int32, weights *uint32, outputs, n int, round, shift uint32)

func resizeRowVector(dst []uint16, src []uint8, columns taps, round, shift uint32) {
	outputs := len(columns.first)
	if outputs == 0 {
		return
	}
	// first never falls, so that its ends are enough to check.
	_, _ = src[4*columns.first[0]], src[4*(int(columns.first[outputs-1])+columns.n)-1]
	_, _ = dst[4*outputs-1], columns.weights[outputs*columns.n-1]
	resizePixels(&dst[0], &src[0], &columns.first[0], &columns.weights[0], outputs, columns.n, round, shift)
}

// addRow8 is addRow for n samples, a multiple of 8 and not 0; shift is below 32.
//
//go:noescape
func addRow8(sums *uint32, row *uint16, n int, weight, shift uint32)

func addRowVector(sums []uint32, row []uint16, weight, shift uint32) {
	row = row[:len(sums)]
	n := len(sums) &^ 7
	if n > 0 {
		addRow8(&sums[0], &row[0], n, weight, shift)
	}
	addRowPlain(sums[n:], row[n:], weight, shift)
}
