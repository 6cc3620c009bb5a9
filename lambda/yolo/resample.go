package yolo

import (
	"image"
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
	columns := f.taps(lb.Picture.W, lb.Resized.W, x0-lb.Left, x1-lb.Left).within(lb.Picture.W, uint32(f.one()))
	rows := f.taps(lb.Picture.H, lb.Resized.H, y0-lb.Top, y1-lb.Top)
	area := lb.Tensor.H * lb.Tensor.W

	parallelRows(y1-y0, func(top, bottom int) {
		b := newBand(img, f.arithmetic, columns, rows.n)
		defer b.close()
		var rgb [3][]float32
		for y := top; y < bottom; y++ {
			for c := range rgb {
				row := dst[c*area+(y0+y)*lb.Tensor.W:][:lb.Tensor.W]
				pad(row[:x0])
				pad(row[x1:])
				rgb[c] = row[x0:x1]
			}
			b.write(rgb, rows.of(y))
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

// band makes a range of output rows from top to bottom. It holds as many source
// rows, resized to the output's width, as one output row takes.
type band struct {
	arithmetic
	reader  rowReader
	columns taps
	held    []uint64 // resized source rows; row y is at y modulo their number
	rows    []int    // which they are, -1 for none yet
	sums    []uint64 // of one output row
}

// bands are reused: one takes some 70 kB.
var bands = sync.Pool{New: func() any { return new(band) }}

// resizedLen is the length of a resized row. It has two samples in each uint64,
// one in each half, so that one multiplication weighs both: red (low) and green
// of a pixel, for all pixels, then blue of every two pixels.
func resizedLen(width int) int { return width + (width+1)/2 }

func newBand(img image.Image, a arithmetic, columns taps, rows int) *band {
	b := bands.Get().(*band)
	b.arithmetic, b.columns = a, columns
	b.reader.open(img)
	n := resizedLen(len(columns.first))
	b.held, b.sums, b.rows = ofLength(b.held, rows*n), ofLength(b.sums, n), ofLength(b.rows, rows)
	for i := range b.rows {
		b.rows[i] = -1
	}
	return b
}

// close gives the band's memory back, and lets go of the picture.
func (b *band) close() {
	b.reader.img, b.reader.chroma.img = nil, nil
	bands.Put(b)
}

// ofLength gives a slice the length n and any contents.
func ofLength[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// row is a source row at the output's width; the edge goes on outside.
func (b *band) row(y int) []uint64 {
	y = min(max(y, 0), b.reader.img.Bounds().Dy()-1)
	at := y % len(b.rows)
	row := b.held[at*len(b.sums):][:len(b.sums)]
	if b.rows[at] != y {
		b.resize(row, b.reader.row(y), b.columns)
		b.rows[at] = y
	}
	return row
}

// resize brings a row of the picture to the output's width. The products of 8
// bits and at most 22, and their sum, stay within 32 bits.
func (a arithmetic) resize(dst []uint64, src []pixel, columns taps) {
	width := len(columns.first)
	rg, blue := dst[:width], dst[width:]
	round, mask := a.rowRound*twice, uint64(1<<32>>a.rowShift-1)*twice
	weights, even := columns.weights, uint64(0)
	at := 0
	for x, first := range columns.first {
		sumRG, sumB := round, a.rowRound
		k, end := int(first), int(first)+columns.n
		for ; k+4 <= end; k, at = k+4, at+4 {
			w, p := (*[4]uint32)(weights[at:]), (*[4]pixel)(src[k:])
			w0, w1, w2, w3 := uint64(w[0]), uint64(w[1]), uint64(w[2]), uint64(w[3])
			sumRG += w0*p[0].rg + w1*p[1].rg + w2*p[2].rg + w3*p[3].rg
			sumB += w0*p[0].b + w1*p[1].b + w2*p[2].b + w3*p[3].b
		}
		for ; k < end; k, at = k+1, at+1 {
			w, p := uint64(weights[at]), &src[k]
			sumRG += w * p.rg
			sumB += w * p.b
		}
		rg[x] = sumRG >> (a.rowShift & 63) & mask
		if x%2 == 0 {
			even = sumB >> (a.rowShift & 63)
			blue[x/2] = even
		} else {
			blue[x/2] = even | sumB>>(a.rowShift&63)<<32
		}
	}
}

// twice repeats a number in both halves.
const twice = 1<<32 + 1

// write makes one output row, in [0, 1].
func (b *band) write(rgb [3][]float32, t tap) {
	b.blend(t)
	rg, blue := b.sums[:len(b.columns.first)], b.sums[len(b.columns.first):]
	red, green := rgb[0][:len(rg)], rgb[1][:len(rg)]
	shift := b.columnShift
	for x, sum := range rg {
		red[x] = unit[uint8(sum>>shift)]
		green[x] = unit[uint8(sum>>32>>shift)]
	}
	for x := range rgb[2] {
		rgb[2][x] = unit[uint8(blue[x/2]>>(x%2*32)>>shift)]
	}
}

// blend sums up the rows of one output row, two samples at a time.
func (b *band) blend(t tap) {
	for i := range b.sums {
		b.sums[i] = b.columnRound * twice
	}
	if b.tapShift > 0 { // OpenCV's two rows
		w0, w1, mask := uint64(t.weights[0]), uint64(t.weights[1]), uint64(1<<32>>b.tapShift-1)*twice
		r0, r1 := b.row(t.first)[:len(b.sums)], b.row(t.first + 1)[:len(b.sums)]
		for i := range b.sums {
			b.sums[i] += w0*r0[i]>>b.tapShift&mask + w1*r1[i]>>b.tapShift&mask
		}
		return
	}
	// Four rows at a time: a quarter of the traffic to the sums.
	for k := 0; k < len(t.weights); k += 4 {
		var w [4]uint64
		var r [4][]uint64
		for i := range w {
			r[i] = b.sums // for a row that is not there, weighed with 0
			if k+i < len(t.weights) {
				w[i], r[i] = uint64(t.weights[k+i]), b.row(t.first+k+i)
			}
		}
		r0, r1, r2, r3 := r[0][:len(b.sums)], r[1][:len(b.sums)], r[2][:len(b.sums)], r[3][:len(b.sums)]
		for i := range b.sums {
			b.sums[i] += w[0]*r0[i] + w[1]*r1[i] + w[2]*r2[i] + w[3]*r3[i]
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
