package yolo

import (
	"image"
	"math"
	"runtime"
	"slices"
	"sync"
)

// padding is the grey that letterboxes are filled with, on the scale 0…255.
const padding = 114

// fillTensor resizes the picture and writes it, with its padding, into dst: the
// planes R, G and B of lb.Tensor one after the other (CHW), in [0, 1].
//
// Small differences in the input move boxes by pixels and confidences by
// hundredths, so the arithmetic is that of the reference, to the last bit:
// libjpeg's colours at full size, then rows and columns in Pillow's or OpenCV's
// fixed point. Bands of rows are made in parallel.
func fillTensor(dst []float32, img image.Image, lb Letterbox, f filter) {
	x0, x1 := max(lb.Left, 0), min(lb.Left+lb.Resized.W, lb.Tensor.W)
	y0, y1 := max(lb.Top, 0), min(lb.Top+lb.Resized.H, lb.Tensor.H)
	columns := f.taps(lb.Picture.W, lb.Resized.W, x0-lb.Left, x1-lb.Left).within(lb.Picture.W, int32(f.one()))
	rows := f.taps(lb.Picture.H, lb.Resized.H, y0-lb.Top, y1-lb.Top)
	area := lb.Tensor.H * lb.Tensor.W

	parallelRows(y1-y0, func(top, bottom int) {
		band := newBand(img, f.arithmetic, columns, rows, top, bottom)
		var rgb [3][]float32
		for y := top; y < bottom; y++ {
			for c := range rgb {
				row := dst[c*area+(y0+y)*lb.Tensor.W:][:lb.Tensor.W]
				pad(row[:x0])
				pad(row[x1:])
				rgb[c] = row[x0:x1]
			}
			band.write(rgb, rows.of(y))
		}
	})
	for c := range 3 {
		pad(dst[c*area : c*area+y0*lb.Tensor.W])
		pad(dst[c*area+y1*lb.Tensor.W : (c+1)*area])
	}
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

// band is a range of output rows in the making: the source rows that they need,
// each resized to the output's width.
type band struct {
	arithmetic
	first  int      // source row that pixels starts with
	stride int      // samples of a resized row
	pixels []uint16 // resized rows: all of R, then G, then B
	sums   []int32  // of one output row
}

// newBand resizes the source rows for the output rows top…bottom-1 to the
// output's width.
func newBand(img image.Image, a arithmetic, columns, rows taps, top, bottom int) band {
	height := img.Bounds().Dy()
	first := max(rows.of(top).first, 0)
	n := min(rows.of(bottom-1).first+rows.n, height) - first
	width := len(columns.first)
	b := band{arithmetic: a, first: first, stride: 3 * width, pixels: make([]uint16, n*3*width), sums: make([]int32, 3*width)}
	reader := newRowReader(img)
	for i := range n {
		src := reader.row(first + i)
		out := b.pixels[i*b.stride : (i+1)*b.stride]
		b.shrink(out[:width], out[width:2*width], out[2*width:], src, columns)
	}
	return b
}

// shrink resizes one row of RGBX pixels.
func (a arithmetic) shrink(r, g, b []uint16, src []uint8, columns taps) {
	weights := columns.weights
	for x, first := range columns.first {
		w := weights[:columns.n]
		weights = weights[columns.n:]
		sumR, sumG, sumB := a.rowRound, a.rowRound, a.rowRound
		p := src[4*int(first):][:4*len(w)]
		for _, weight := range w {
			sumR += weight * int32(p[0])
			sumG += weight * int32(p[1])
			sumB += weight * int32(p[2])
			p = p[4:]
		}
		r[x] = uint16(sumR >> a.rowShift)
		g[x] = uint16(sumG >> a.rowShift)
		b[x] = uint16(sumB >> a.rowShift)
	}
}

// write makes one output row, in [0, 1].
func (b *band) write(rgb [3][]float32, t tap) {
	for i := range b.sums {
		b.sums[i] = b.columnRound
	}
	row := func(k int) []uint16 {
		y := min(max(t.first+k-b.first, 0), len(b.pixels)/b.stride-1) // the edge goes on outside
		return b.pixels[y*b.stride:][:len(b.sums)]
	}
	// Two rows at a time: half of the traffic to the sums.
	for k := 0; k < len(t.weights); k += 2 {
		w0, w1, other := t.weights[k], int32(0), row(k)
		if k+1 < len(t.weights) {
			w1, other = t.weights[k+1], row(k+1)
		}
		for i, v := range row(k) {
			b.sums[i] += w0*int32(v)>>b.tapShift + w1*int32(other[i])>>b.tapShift
		}
	}
	width := b.stride / 3
	for c, row := range rgb {
		for x, sum := range b.sums[c*width : (c+1)*width] {
			row[x] = unit[uint8(sum>>b.columnShift)]
		}
	}
}

// unit brings a byte to [0, 1].
var unit = func() (u [256]float32) {
	for i := range u {
		u[i] = float32(i) / 255
	}
	return u
}()

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
	rowRound    int32 // the sum of a row is (sum + rowRound) >> rowShift
	rowShift    int
	tapShift    int // each product of a column is shifted by this,
	columnRound int32
	columnShift int // and their sum is (sum + columnRound) >> columnShift
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
	weights []int32 // n a pixel; the outer ones may be 0
}

// tap is what one output pixel takes: weights[i] of the source pixel first+i.
type tap struct {
	first   int
	weights []int32
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
		center := (float64(from+i) + 0.5) * scale
		lo := min(max(int(center-support+0.5), 0), n-t.n)
		sum := 0.0
		for k := range shares {
			shares[k] = math.Max(1-math.Abs(float64(lo+k)+0.5-center)/support, 0)
			sum += shares[k]
		}
		for k, share := range shares {
			t.weights[i*t.n+k] = int32(share/sum*f.one() + 0.5)
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
		at := float32((float64(from+i)+0.5)*scale - 0.5)
		first := float32(math.Floor(float64(at)))
		share := at - first
		t.first[i] = int32(first)
		t.weights[2*i] = int32(math.RoundToEven(float64((1 - share) * float32(f.one()))))
		t.weights[2*i+1] = int32(math.RoundToEven(float64(share * float32(f.one()))))
	}
	return t
}

func newTaps(n, outputs int) taps {
	return taps{n, make([]int32, outputs), make([]int32, outputs*n)}
}

// one is what weights sum up to.
func (f filter) one() float64 { return float64(int(1) << f.bits) }

// within keeps the taps of a row among its n pixels: at an edge, the pixel there
// gets the whole weight, as in OpenCV. (Of rows it weighs the edge's one twice.)
func (t taps) within(n int, one int32) taps {
	if n == 1 {
		return taps{1, make([]int32, len(t.first)), slices.Repeat([]int32{one}, len(t.first))}
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
