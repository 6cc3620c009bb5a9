//go:build unix && (amd64 || arm64) && !purego

package jpeg

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/fence"
)

// TestInverseVector holds that the transform in vector instructions gives what the
// plain one gives, of any coefficients, and writes nothing beside the block.
func TestInverseVector(t *testing.T) {
	if !hasVectors {
		t.Skip("this CPU lacks the vector instructions")
	}
	random := rand.New(rand.NewPCG(5, 6))
	for i := range 20000 {
		var b block
		var quant [64]uint16
		for k := range b {
			quant[k], b[k] = uint16(1+random.IntN(255)), int16(random.IntN(64)-32)
			switch i % 8 { // what no encoder writes: any, and the largest
			case 0:
				quant[k], b[k] = uint16(random.IntN(1<<16)), int16(random.IntN(1<<16))
			case 1:
				quant[k], b[k] = math.MaxUint16, int16([]int{math.MinInt16, math.MaxInt16}[random.IntN(2)])
			}
			if random.IntN(64) < i%64 {
				b[k] = 0
			}
		}
		const stride = 19
		var got, want [8 * stride]uint8
		inverseVector(got[:], stride, &b, &quant)
		inversePlain(want[:], stride, &b, &quant)
		if got != want {
			t.Fatalf("block %v: %v\nwant %v", b, got, want)
		}
	}
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
