//go:build unix && (amd64 || arm64) && !purego

package yolo

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/fence"
)

// fences tests that a loop in vector instructions gives what its plain twin gives, at
// lengths around and between multiples of the vectors', and touches nothing else.
func fences(t *testing.T, test func(t *testing.T, random *rand.Rand, side fence.Side)) {
	if !hasVectors {
		t.Skip("this CPU lacks the vector instructions")
	}
	fence.Sides(t, test)
}

func TestResizeRow(t *testing.T) {
	fences(t, func(t *testing.T, random *rand.Rand, side fence.Side) {
		for range 300 {
			n, out := 1+random.IntN(300), 1+random.IntN(60)
			for name, f := range map[string]filter{"pillow": pillow, "openCV": openCV} {
				columns := f.taps(n, out, 0, out).within(n, uint32(f.one()))
				columns.first, columns.weights = fence.Copy(t, columns.first, side), fence.Copy(t, columns.weights, side)
				src := fence.Bytes(t, random, 4*n, side)
				got, want := fence.Of[uint16](t, 4*out, side), make([]uint16, 4*out)
				resizeRowVector(got, src, columns, f.rowRound, f.rowShift)
				resizeRowPlain(want, src, columns, f.rowRound, f.rowShift)
				if !slices.Equal(got, want) {
					t.Fatalf("%s, %d to %d pixels: %v\nwant %v", name, n, out, got, want)
				}
			}
		}
	})
}

func TestAddRow(t *testing.T) {
	fences(t, func(t *testing.T, random *rand.Rand, side fence.Side) {
		for n := 1; n < 70; n++ {
			row := fence.Of[uint16](t, n, side)
			for i := range row {
				row[i] = uint16(random.Uint32())
			}
			for shift := range uint32(32) {
				weight := random.Uint32() // products and sums wrap, alike in both
				got := fence.Of[uint32](t, n, side)
				for i := range got {
					got[i] = random.Uint32()
				}
				want := slices.Clone(got)
				addRowVector(got, row, weight, shift)
				addRowPlain(want, row, weight, shift)
				if !slices.Equal(got, want) {
					t.Fatalf("%d samples: %v\nwant %v", n, got, want)
				}
			}
		}
	})
}
