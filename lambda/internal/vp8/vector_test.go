//go:build unix && (amd64 || arm64) && !purego

package vp8

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/fence"
)

// TestAddVector holds that blocks of any coefficients change samples as in plain Go, and nothing around them.
func TestAddVector(t *testing.T) {
	if !hasVectors {
		t.Skip("this CPU lacks the vector instructions")
	}
	fence.Sides(t, func(t *testing.T, random *rand.Rand, side fence.Side) {
		for _, stride := range []int{4, 19} {
			got := fence.Of[uint8](t, 3*stride+4, side)
			for i := range 20000 {
				var b block
				for k := range b[:1+random.IntN(16)] {
					switch spread := 1 << (i % 17); i % 5 { // few writers go beyond 2048
					case 0:
						b[k] = []int16{math.MinInt16, math.MaxInt16}[random.IntN(2)]
					default:
						b[k] = int16(random.IntN(spread) - spread/2)
					}
				}
				for j := range got {
					got[j] = uint8(random.IntN(256))
				}
				want := slices.Clone(got)
				if i%2 == 0 {
					addBlockVector(got, stride, &b)
					addBlockPlain(want, stride, &b)
				} else {
					addDCVector(got, stride, &b)
					addDCPlain(want, stride, &b)
				}
				if !slices.Equal(got, want) {
					t.Fatalf("block %v: %v, want %v", b, got, want)
				}
			}
		}
	})
}

// TestFilterVector holds that edges filtered in vector instructions come out as from the plain filter, of samples and
// limits of any kind, and that nothing around them is touched.
func TestFilterVector(t *testing.T) {
	if !hasVectors {
		t.Skip("this CPU lacks the vector instructions")
	}
	fence.Sides(t, func(t *testing.T, random *rand.Rand, side fence.Side) {
		for _, c := range []struct{ a, b, along, across int }{
			{4 * 19, 4*19 + 8, 1, 19},  // between rows, side by side
			{4 * 16, 4*16 + 8, 1, 16},  // no sample to spare
			{12*20 + 5, 4 * 20, 1, 20}, // apart
			{4, 4 + 8*11, 11, 1},       // between columns
			{4, 4 + 8*8, 8, 1},         // no sample to spare
			{4 + 11*9, 4 + 2*9, 9, 1},  // apart
		} {
			got := fence.Of[uint8](t, max(c.a, c.b)+7*c.along+3*c.across+1, side)
			for i := range 4000 {
				middle, spread := random.IntN(256), 1+random.IntN(1<<(i%9))
				for j := range got {
					got[j] = uint8(clamp(int32(middle + random.IntN(spread) - spread/2)))
				}
				l := limits{uint8(random.IntN(194)), uint8(random.IntN(64)), uint8(random.IntN(3))}
				if i%3 == 0 {
					l = limits{uint8(random.IntN(255)), uint8(random.IntN(256)), uint8(random.IntN(256))} // 255 would be no limit to saturated sums
				}
				want := slices.Clone(got)
				inner := random.IntN(2) == 1
				before := slices.Clone(got)
				filterEdgeVector(got, c.a, c.b, c.along, c.across, l, inner)
				filterEdgePlain(want, c.a, c.b, c.along, c.across, l, inner)
				if !slices.Equal(got, want) {
					t.Fatalf("%+v, %+v, inner %v: %v\nbecomes %v\nwant    %v", c, l, inner, before, got, want)
				}
			}
		}
	})
}

// TestPixelsVector holds that all colours, and rows of all lengths, come out as from the plain loop.
func TestPixelsVector(t *testing.T) {
	if !hasVectors {
		t.Skip("this CPU lacks the vector instructions")
	}
	same := func(t *testing.T, got, luma, u, v []uint8) {
		want := make([]uint8, len(got))
		pixelsVector(got, luma, u, v)
		pixelsPlain(want, luma, u, v)
		if !slices.Equal(got, want) {
			t.Fatalf("%d pixels %v %v %v: %v\nwant %v", len(luma), luma, u, v, got, want)
		}
	}
	fence.Sides(t, func(t *testing.T, random *rand.Rand, side fence.Side) {
		for n := 1; n < 70; n++ {
			same(t, fence.Of[uint8](t, 4*n, side), fence.Bytes(t, random, n, side), fence.Bytes(t, random, n, side), fence.Bytes(t, random, n, side))
		}
	})
	var luma, u, v [256]uint8
	var got [4 * 256]uint8
	for i := range 256 * 256 {
		for j := range luma {
			luma[j], u[j], v[j] = uint8(j), uint8(i), uint8(i>>8)
		}
		same(t, got[:], luma[:], u[:], v[:])
	}
}

// TestUpsampleVector compares rows of all lengths.
func TestUpsampleVector(t *testing.T) {
	if !hasVectors {
		t.Skip("this CPU lacks the vector instructions")
	}
	fence.Sides(t, func(t *testing.T, random *rand.Rand, side fence.Side) {
		for n := 1; n < 100; n++ {
			for range 5 {
				near, far := fence.Bytes(t, random, n, side), fence.Bytes(t, random, n, side)
				got, want := fence.Of[uint8](t, 2*(n-1), side), make([]uint8, 2*(n-1))
				upsampleInnerVector(got, near, far)
				upsampleInnerPlain(want, near, far)
				if !slices.Equal(got, want) {
					t.Fatalf("%d samples %v %v: %v\nwant %v", n, near, far, got, want)
				}
			}
		}
	})
}
