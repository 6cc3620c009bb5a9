package yolo

import (
	"image"
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
	resize := newRowResizer(columns, lb.Picture.W, f.arithmetic)
	rows := f.taps(lb.Picture.H, lb.Resized.H, y0-lb.Top, y1-lb.Top)
	area := lb.Tensor.H * lb.Tensor.W

	parallel.Rows(y1-y0, 1, func(top, bottom int) {
		b := newBand(img, f.arithmetic, resize, x1-x0, rows.n)
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

// band makes a range of output rows from top to bottom. It holds as many source
// rows, resized to the output's width, as one output row takes.
type band struct {
	arithmetic
	reader rowReader
	resize rowResizer
	held   []uint16 // resized source rows, four samples a pixel; row y is at y modulo their number
	rows   []int    // which they are, -1 for none yet
	sums   []uint32 // of one output row
}

// bands are reused: one takes some 40 to 100 kB. Several work on a picture at the same
// time, while a slot keeps one, so that they are in a pool.
var bands = sync.Pool{New: func() any { return new(band) }}

func newBand(img image.Image, a arithmetic, resize rowResizer, width, rows int) *band {
	b := bands.Get().(*band)
	b.arithmetic, b.resize = a, resize
	b.reader.open(img)
	n := 4 * width
	b.held, b.sums, b.rows = ofLength(b.held, rows*n), ofLength(b.sums, n), ofLength(b.rows, rows)
	for i := range b.rows {
		b.rows[i] = -1
	}
	return b
}

// close gives the band's memory back, and lets go of the picture.
func (b *band) close() {
	b.reader.close()
	b.resize = nil
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
		b.resize(row, b.reader.row(y))
		b.rows[at] = y
	}
	return row
}

// write makes one output row, in [0, 1].
func (b *band) write(rgb [3][]float32, t tap) {
	clear(b.sums)
	for k := 0; k < len(t.weights); k += 2 {
		upper, weights := b.row(t.first+k), [2]uint32{t.weights[k]}
		lower := upper // weighs nothing, unless there is one
		if k+1 < len(t.weights) {
			lower, weights[1] = b.row(t.first+k+1), t.weights[k+1]
		}
		addRows(b.sums, upper, lower, weights, b.tapShift)
	}
	toPlanes(rgb, b.sums, b.columnRound, b.columnShift)
}

// rowResizer brings a row of pixels of four bytes to the output's width: a sample is
// (the weighted sum + round) >> shift. Products of 8 bits and at most 22, and their
// sum, stay within 32 bits, and the results within 16.
type rowResizer func(dst []uint16, src []uint8)

// newRowResizer makes one for rows of so many pixels.
var newRowResizer = plainRowResizer

func plainRowResizer(columns taps, _ int, a arithmetic) rowResizer {
	return func(dst []uint16, src []uint8) { resizeRowPlain(dst, src, columns, 0, a.rowRound, a.rowShift) }
}

// resizeRowPlain makes the output's pixels from that one on.
func resizeRowPlain(dst []uint16, src []uint8, columns taps, from int, round, shift uint32) {
	for x := from; x < len(columns.first); x++ {
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

// addRows adds two rows times their weights, each product shifted to the right by 0 or 16,
// to sums. Products and sums stay within 31 bits: 8 bits and 22, or 15 and 11.
var addRows = addRowsPlain

func addRowsPlain(sums []uint32, upper, lower []uint16, weights [2]uint32, shift uint32) {
	upper, lower = upper[:len(sums)], lower[:len(sums)]
	for i, v := range upper {
		sums[i] += weights[0]*uint32(v)>>shift + weights[1]*uint32(lower[i])>>shift
	}
}

// toPlanes writes pixels, four sums each, into the planes R, G and B, of one length: the
// lowest byte of (sum + round) >> shift, brought to [0, 1].
var toPlanes = toPlanesPlain

func toPlanesPlain(rgb [3][]float32, sums []uint32, round, shift uint32) {
	red := rgb[0]
	green, blue := rgb[1][:len(red)], rgb[2][:len(red)]
	for x := range red {
		s := (*[4]uint32)(sums[4*x:])
		red[x] = unit[uint8((s[0]+round)>>shift)]
		green[x] = unit[uint8((s[1]+round)>>shift)]
		blue[x] = unit[uint8((s[2]+round)>>shift)]
	}
}

// unit brings a byte to [0, 1].
var unit = func() (u [256]float32) {
	for i := range u {
		u[i] = float32(i) / 255
	}
	return u
}()
