//go:build unix && (amd64 || arm64) && !purego

package chroma

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/fence"
)

// TestRGBLengths: all colours are in TestRGB.
func TestRGBLengths(t *testing.T) {
	if !hasVectors {
		t.Skip("this CPU lacks the vector instructions")
	}
	fence.Sides(t, func(t *testing.T, random *rand.Rand, side fence.Side) {
		for n := 1; n < 70; n++ {
			luma, cb, cr := fence.Bytes(t, random, n, side), fence.Bytes(t, random, n, side), fence.Bytes(t, random, n, side)
			got, want := fence.Of[uint8](t, 4*n, side), make([]uint8, 4*n)
			toRGBVector(got, luma, cb, cr)
			toRGBPlain(want, luma, cb, cr)
			for i := range got {
				if i%4 != 3 && got[i] != want[i] {
					t.Fatalf("%d pixels: %d at %d, want %d", n, got[i], i, want[i])
				}
			}
		}
	})
}

// TestWiden compares at lengths around and between multiples of the vectors'.
func TestWiden(t *testing.T) {
	if !hasVectors {
		t.Skip("this CPU lacks the vector instructions")
	}
	fence.Sides(t, func(t *testing.T, random *rand.Rand, side fence.Side) {
		for n := 1; n < 100; n++ {
			near, far := fence.Bytes(t, random, n, side), fence.Bytes(t, random, n, side)
			for _, bias := range [][2]uint16{{8, 7}, {4, 8}} {
				got, want := fence.Of[uint8](t, 2*n, side), make([]uint8, 2*n)
				widenVector(got, near, far, bias[0], bias[1])
				widenPlain(want, near, far, bias[0], bias[1])
				if !slices.Equal(got, want) {
					t.Fatalf("%d samples, bias %v: %v\nwant %v", n, bias, got, want)
				}
			}
		}
	})
}
