package yolo

import (
	"math"
	"slices"
)

// filter is a way of resizing.
type filter struct {
	// antialias widens the filter with the reduction, so that no source pixel is
	// left out; without it an output pixel reads two source pixels an axis.
	antialias bool
	arithmetic
}

// arithmetic is how a library rounds. Weights are whole numbers that sum up to
// 1 << bits.
type arithmetic struct {
	bits        int
	rowRound    uint32 // the sum of a row is (sum + rowRound) >> rowShift
	rowShift    uint32
	tapShift    uint32 // each product of a column is shifted by this,
	columnRound uint32
	columnShift uint32 // and their sum is (sum + columnRound) >> columnShift
}

var (
	// pillow is Pillow's resize(…, BILINEAR): ImagingResampleHorizontal_8bpc and
	// its vertical twin, rows before columns. (Pillow 13 turns the order round
	// where a picture is much taller than wide, which moves samples by 1 of 255.)
	pillow = filter{true, arithmetic{bits: 22, rowRound: 1 << 21, rowShift: 22, columnRound: 1 << 21, columnShift: 22}}
	// openCV is OpenCV's resize(…, INTER_LINEAR) of bytes.
	openCV = filter{false, arithmetic{bits: 11, rowShift: 4, tapShift: 16, columnRound: 2, columnShift: 2}}
)

// taps are the source pixels and weights of each output pixel along one axis.
type taps struct {
	n       int // taps per output pixel
	first   []int32
	weights []uint32 // n a pixel; the outer ones may be 0
}

// tap is what one output pixel takes: weights[i] of the source pixel first+i.
type tap struct {
	first   int
	weights []uint32
}

func (t taps) of(i int) tap {
	return tap{int(t.first[i]), t.weights[i*t.n : (i+1)*t.n]}
}

// taps makes the taps of the output pixels from…to-1 of a resize from n source
// pixels to out ones.
func (f filter) taps(n, out, from, to int) taps {
	if f.antialias {
		return f.triangles(n, out, from, to)
	}
	return f.pairs(n, out, from, to)
}

// triangles are Pillow's taps (precompute_coeffs).
func (f filter) triangles(n, out, from, to int) taps {
	scale := float64(n) / float64(out) // source pixels per output pixel
	support := math.Max(scale, 1)
	// The centres of so many pixels fit within the support on both sides.
	t := newTaps(min(int(math.Ceil(2*support)), n), to-from)
	shares := make([]float64, t.n)
	for i := range t.first {
		// Rounded before what follows: arm64 would fuse the two, and round once.
		center := float64((float64(from+i) + 0.5) * scale)
		lo := min(max(int(center-support+0.5), 0), n-t.n)
		sum := 0.0
		for k := range shares {
			shares[k] = math.Max(1-math.Abs(float64(lo+k)+0.5-center)/support, 0)
			sum += shares[k]
		}
		for k, share := range shares {
			t.weights[i*t.n+k] = uint32(share/sum*f.one() + 0.5)
		}
		t.first[i] = int32(lo)
	}
	return t
}

// pairs are OpenCV's taps, with its float32 and its rounding to even. At the
// edges the first pixel is -1 or the second n.
func (f filter) pairs(n, out, from, to int) taps {
	scale := 1 / (float64(out) / float64(n))
	t := newTaps(2, to-from)
	for i := range t.first {
		at := float32(float64((float64(from+i)+0.5)*scale) - 0.5) // rounded twice, as above
		first := float32(math.Floor(float64(at)))
		share := at - first
		t.first[i] = int32(first)
		t.weights[2*i] = uint32(math.RoundToEven(float64((1 - share) * float32(f.one()))))
		t.weights[2*i+1] = uint32(math.RoundToEven(float64(share * float32(f.one()))))
	}
	return t
}

func newTaps(n, outputs int) taps {
	return taps{n, make([]int32, outputs), make([]uint32, outputs*n)}
}

// one is what weights sum up to.
func (f filter) one() float64 { return float64(int(1) << f.bits) }

// within keeps the taps of a row among its n pixels: at an edge, the pixel there
// gets the whole weight, as in OpenCV. (Of rows it weighs the edge's one twice.)
func (t taps) within(n int, one uint32) taps {
	if n == 1 {
		return taps{1, make([]int32, len(t.first)), slices.Repeat([]uint32{one}, len(t.first))}
	}
	for i, first := range t.first {
		switch w := t.weights[i*t.n : (i+1)*t.n]; {
		case first < 0:
			t.first[i], w[0], w[1] = 0, one, 0
		case int(first)+t.n > n:
			t.first[i], w[0], w[1] = int32(n-2), 0, one
		}
	}
	return t
}
