package yolo

import (
	"image"
	"runtime"
	"slices"
	"sync"

	"github.com/yolambda/yolambda/lambda/internal/parallel"
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

// parallelRows splits the rows 0…n among the CPUs.
func parallelRows(n int, do func(top, bottom int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	parallel.Do(workers, func(i int) { do(i*n/workers, (i+1)*n/workers) })
}

// band makes a range of output rows from top to bottom. It holds as many source
// rows, resized to the output's width, as one output row takes.
type band struct {
	arithmetic
	reader  rowReader
	columns taps
	held    []uint16 // resized source rows, four samples a pixel; row y is at y modulo their number
	rows    []int    // which they are, -1 for none yet
	sums    []uint32 // of one output row
}

// bands are reused: one takes some 40 to 100 kB. Several work on a picture at the same
// time, while a slot keeps one, so that they are in a pool.
var bands = sync.Pool{New: func() any { return new(band) }}

func newBand(img image.Image, a arithmetic, columns taps, rows int) *band {
	b := bands.Get().(*band)
	b.arithmetic, b.columns = a, columns
	b.reader.open(img)
	n := 4 * len(columns.first)
	b.held, b.sums, b.rows = ofLength(b.held, rows*n), ofLength(b.sums, n), ofLength(b.rows, rows)
	for i := range b.rows {
		b.rows[i] = -1
	}
	return b
}

// close gives the band's memory back, and lets go of the picture.
func (b *band) close() {
	b.reader.close()
	bands.Put(b)
}

// ofLength gives a slice the length n and any contents.
func ofLength[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// row is a source row at the output's width; the edge goes on outside.
func (b *band) row(y int) []uint16 {
	y = min(max(y, 0), b.reader.img.Bounds().Dy()-1)
	at := y % len(b.rows)
	row := b.held[at*len(b.sums):][:len(b.sums)]
	if b.rows[at] != y {
		resizeRow(row, b.reader.row(y), b.columns, b.rowRound, b.rowShift)
		b.rows[at] = y
	}
	return row
}

// write makes one output row, in [0, 1].
func (b *band) write(rgb [3][]float32, t tap) {
	for i := range b.sums {
		b.sums[i] = b.columnRound
	}
	for k, weight := range t.weights {
		addRow(b.sums, b.row(t.first+k), weight, b.tapShift)
	}
	red := rgb[0]
	green, blue := rgb[1][:len(red)], rgb[2][:len(red)]
	for x := range red {
		s := (*[4]uint32)(b.sums[4*x:])
		red[x] = unit[uint8(s[0]>>b.columnShift)]
		green[x] = unit[uint8(s[1]>>b.columnShift)]
		blue[x] = unit[uint8(s[2]>>b.columnShift)]
	}
}

// resizeRow brings a row of pixels of four bytes to the output's width: a sample is
// (the weighted sum + round) >> shift. Products of 8 bits and at most 22, and their
// sum, stay within 32 bits, and the results within 16.
var resizeRow = resizeRowPlain

func resizeRowPlain(dst []uint16, src []uint8, columns taps, round, shift uint32) {
	for x := range columns.first {
		t := columns.of(x)
		sums := [4]uint32{round, round, round, round}
		for k, weight := range t.weights {
			p := (*[4]uint8)(src[4*(t.first+k):])
			for c := range sums {
				sums[c] += weight * uint32(p[c])
			}
		}
		for c, sum := range sums {
			dst[4*x+c] = uint16(sum >> shift)
		}
	}
}

// addRow adds a row times its weight, each product shifted to the right, to sums.
// Products and sums stay within 32 bits: 8 bits and 22, or 15 and 11.
var addRow = addRowPlain

func addRowPlain(sums []uint32, row []uint16, weight, shift uint32) {
	row = row[:len(sums)]
	for i, v := range row {
		sums[i] += weight * uint32(v) >> shift
	}
}

// unit brings a byte to [0, 1].
var unit = func() (u [256]float32) {
	for i := range u {
		u[i] = float32(i) / 255
	}
	return u
}()
