//go:build unix && (amd64 || arm64) && !purego

package jpeg

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestInverseVector holds that the transform in vector instructions gives what the
// plain one gives, of any coefficients, and writes nothing next to the block.
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
