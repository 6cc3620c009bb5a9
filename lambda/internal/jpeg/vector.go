//go:build (amd64 || arm64) && !purego

package jpeg

import (
	"runtime"

	"golang.org/x/sys/cpu"
)

// hasVectors: every arm64 CPU has NEON.
var hasVectors = runtime.GOARCH == "arm64" || cpu.X86.HasAVX2

// The transform in vector instructions (vector_GOARCH.s), as those of the package chroma.
func init() {
	if hasVectors {
		inverseAll = inverseVector
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
