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
				vectorRowResizer(columns, n, f.arithmetic)(got, src)
				plainRowResizer(columns, n, f.arithmetic)(want, src)
				if !slices.Equal(got, want) {
					t.Fatalf("%s, %d to %d pixels: %v\nwant %v", name, n, out, got, want)
				}
			}
		}
	})
}

func TestAddRows(t *testing.T) {
	fences(t, func(t *testing.T, random *rand.Rand, side fence.Side) {
		for n := 1; n < 70; n++ {
			for _, bits := range []struct{ sample, weight, shift uint32 }{{8, 22, 0}, {15, 11, 16}} {
				// Any, and now and then the greatest: a weight of one pixel alone is 1 << bits.
				value := func(most uint32) uint32 {
					return min(random.Uint32N(most+most/4+1), most)
				}
				upper, lower := fence.Of[uint16](t, n, side), fence.Of[uint16](t, n, side)
				got := fence.Of[uint32](t, n, side)
				for i := range got {
					upper[i], lower[i] = uint16(value(1<<bits.sample-1)), uint16(value(1<<bits.sample-1))
					got[i] = random.Uint32() // sums wrap, alike in both
				}
				weights := [2]uint32{value(1 << bits.weight), value(1 << bits.weight)}
				want := slices.Clone(got)
				addRowsVector(got, upper, lower, weights, bits.shift)
				addRowsPlain(want, upper, lower, weights, bits.shift)
				if !slices.Equal(got, want) {
					t.Fatalf("%d samples, weights %d: %v\nwant %v", n, weights, got, want)
				}
			}
		}
	})
}

func TestToPlanes(t *testing.T) {
	fences(t, func(t *testing.T, random *rand.Rand, side fence.Side) {
		for n := 1; n < 70; n++ {
			for shift := range uint32(32) {
				round := random.Uint32() // sums wrap, alike in both
				sums := fence.Of[uint32](t, 4*n, side)
				for i := range sums {
					sums[i] = random.Uint32()
				}
				comparePlanes(t, n, sums, round, shift, side)
			}
		}
	})
}

// TestToPlanesBytes has every byte in every lane, as each arithmetic rounds it and one
// below where it starts.
func TestToPlanesBytes(t *testing.T) {
	fences(t, func(t *testing.T, _ *rand.Rand, side fence.Side) {
		const n = 256
		for _, f := range []filter{pillow, openCV} {
			for _, before := range []uint32{0, 1} {
				sums := fence.Of[uint32](t, 4*n, side)
				for first := range uint32(8) {
					for i := range sums {
						sums[i] = ((uint32(i)/4+first+uint32(i)%4*85)%256)<<f.columnShift - f.columnRound - before
					}
					comparePlanes(t, n, sums, f.columnRound, f.columnShift, side)
				}
			}
		}
	})
}

func comparePlanes(t *testing.T, n int, sums []uint32, round, shift uint32, side fence.Side) {
	t.Helper()
	var got, want [3][]float32
	for c := range got {
		got[c], want[c] = fence.Of[float32](t, n, side), make([]float32, n)
	}
	toPlanesVector(got, sums, round, shift)
	toPlanesPlain(want, sums, round, shift)
	for c := range got {
		if !slices.Equal(got[c], want[c]) {
			t.Fatalf("%d pixels, round %d, shift %d, plane %d: %v\nwant %v", n, round, shift, c, got[c], want[c])
		}
	}
}
