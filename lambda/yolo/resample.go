package yolo

import (
	"image"
	"math"
	"runtime"
	"sync"
)

// padding is the grey that letterboxes are filled with, on the scale 0…255.
const padding = 114

// fillTensor resizes the picture and writes it, with its padding, into dst: the
// planes R, G and B of lb.Tensor one after the other (CHW), in [0, 1].
//
// The planes of a YCbCr picture are resized as they are stored, and colour is
// converted at the small size: that saves the conversion of a picture that may
// be fifty times as large. Rows are made in parallel.
func fillTensor(dst []float32, img image.Image, lb Letterbox, filter filter) {
	src := newSource(img)
	x0, x1 := max(lb.Left, 0), min(lb.Left+lb.Resized.W, lb.Tensor.W)
	y0, y1 := max(lb.Top, 0), min(lb.Top+lb.Resized.H, lb.Tensor.H)

	width := newTaps(lb.Picture.W, lb.Resized.W, x0-lb.Left, x1-lb.Left, filter)
	height := newTaps(lb.Picture.H, lb.Resized.H, y0-lb.Top, y1-lb.Top, filter)
	columns := make([]taps, len(src.planes))
	rows := make([]taps, len(src.planes))
	for i, p := range src.planes {
		columns[i], rows[i] = width.upsampled(p.subX, p.w), height.upsampled(p.subY, p.h)
	}

	parallelRows(lb.Tensor.H, func(top, bottom int) {
		area := lb.Tensor.H * lb.Tensor.W
		resized := make([][]float32, len(src.planes)) // one output row a plane
		line := make([]float32, src.maxWidth())       // one source row, resized vertically
		for i := range resized {
			resized[i] = make([]float32, x1-x0)
		}
		for y := top; y < bottom; y++ {
			row := y * lb.Tensor.W
			r := dst[row : row+lb.Tensor.W]
			g := dst[area+row : area+row+lb.Tensor.W]
			b := dst[2*area+row : 2*area+row+lb.Tensor.W]
			if y < y0 || y >= y1 {
				pad(r)
				pad(g)
				pad(b)
				continue
			}
			for i, p := range src.planes {
				p.resizeRow(resized[i], line[:p.w], rows[i].of(y-y0), columns[i])
			}
			src.toRGB(r[x0:x1], g[x0:x1], b[x0:x1], resized)
			for _, plane := range [][]float32{r, g, b} {
				pad(plane[:x0])
				pad(plane[x1:])
			}
		}
	})
}

func pad(row []float32) {
	for i := range row {
		row[i] = padding / 255.
	}
}

// parallelRows splits the rows 0…n among the CPUs. A panic of a part goes on in
// the caller, who can recover from it.
func parallelRows(n int, do func(top, bottom int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	panics := make([]any, workers)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			defer func() { panics[i] = recover() }()
			do(i*n/workers, (i+1)*n/workers)
		})
	}
	wg.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
}

// filter tells how many source pixels an output pixel averages.
type filter int

const (
	// triangle widens with the reduction, as Pillow's BILINEAR does: no source
	// pixel is left out (antialiasing).
	triangle filter = iota
	// bilinear reads two source pixels an axis whatever the reduction, as
	// OpenCV's INTER_LINEAR does.
	bilinear
)

// taps are the source pixels and weights of each output pixel along one axis.
type taps struct {
	n       int // taps per output pixel
	first   []int32
	weights []float32 // n a pixel, summing to 1; the last may be 0
}

// tap is what one output pixel takes: weights[i] of the source pixel first+i.
type tap struct {
	first   int
	weights []float32
}

func (t taps) of(i int) tap {
	return tap{int(t.first[i]), t.weights[i*t.n : (i+1)*t.n]}
}

// newTaps makes the taps of the output pixels from…to-1 of a resize from n
// source pixels to out ones.
func newTaps(n, out, from, to int, f filter) taps {
	scale := float64(n) / float64(out) // source pixels per output pixel
	support := 1.0
	if f == triangle {
		support = math.Max(scale, 1)
	}
	t := makeTaps(to-from, min(int(math.Ceil(2*support))+1, n))
	for i := range t.first {
		center := (float64(from+i) + 0.5) * scale
		// The pixels whose centres lie within the support.
		lo := min(max(int(math.Ceil(center-support-0.5)), 0), n-t.n)
		weights := t.of(i).weights
		sum := float32(0)
		for k := range weights {
			weights[k] = float32(math.Max(1-math.Abs(float64(lo+k)+0.5-center)/support, 0))
			sum += weights[k]
		}
		for k := range weights {
			weights[k] /= sum
		}
		t.first[i] = int32(lo)
	}
	return t
}

// upsampled turns taps of the picture's pixels into taps of a plane of n samples
// that each stand for sub pixels. Where sub is 2, a pixel lies a quarter of the
// way between two samples and takes 3/4 of the nearer and 1/4 of the other: the
// "fancy upsampling" of libjpeg, which the references decode with.
func (t taps) upsampled(sub, n int) taps {
	if sub == 1 {
		return t
	}
	folded := makeTaps(len(t.first), min((t.n-1)/sub+4, n))
	for i, first := range t.first {
		lo := min(max(int(first)/sub-1, 0), n-folded.n)
		folded.first[i] = int32(lo)
		sums := folded.of(i).weights
		for k, weight := range t.of(i).weights {
			if weight == 0 {
				continue
			}
			pixel := int(first) + k
			near := min(pixel/sub, n-1)
			if sub != 2 {
				sums[near-lo] += weight
				continue
			}
			far := min(max(near+2*(pixel%2)-1, 0), n-1)
			sums[near-lo] += weight * 3 / 4
			sums[far-lo] += weight / 4
		}
	}
	return folded
}

func makeTaps(pixels, n int) taps {
	return taps{n: n, first: make([]int32, pixels), weights: make([]float32, pixels*n)}
}
