package bmp

import (
	"context"
	"image"
	"io"

	"github.com/yolambda/yolambda/lambda/internal/rgba"
)

// Codes behind a zero.
const (
	endOfLine   = 0
	endOfBitmap = 1
	move        = 2 // right and to later rows; what is left out is colour 0
)

// decodeRuns decodes RLE4 and RLE8, one row after the other, as Pillow does: a run stops
// at the end of its row, other pixels go on in the next one.
func (f *File) decodeRuns(ctx context.Context) (*image.RGBA, error) {
	most := f.Width * f.Height
	data := f.file[f.start:]
	// Two bytes hold 255 pixels. Moves leave out more, but no writer does so in most of a
	// picture, and memory would be taken for what a header claims.
	if most > len(data)*256 {
		return nil, io.ErrUnexpectedEOF
	}
	r := &runs{f: f, img: rgba.New(f.Width, f.Height)}
	for at := 0; r.n < most; {
		if r.n/f.Width != r.checked {
			r.checked = r.n / f.Width
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		if at+2 > len(data) {
			return nil, io.ErrUnexpectedEOF
		}
		count, code := int(data[at]), int(data[at+1])
		at += 2
		switch {
		case count > 0:
			r.run(count, code)
		case code == endOfLine:
			r.skip((f.Width - r.n%f.Width) % f.Width)
			r.x = 0
		case code == endOfBitmap:
			r.skip(most)
		case code == move:
			if at+2 > len(data) {
				return nil, io.ErrUnexpectedEOF
			}
			r.skip(int(data[at]) + int(data[at+1])*f.Width)
			r.x = r.n % f.Width
			at += 2
		default:
			size := (min(code, most-r.n)*f.bits + 7) / 8
			if at+size > len(data) {
				return nil, io.ErrUnexpectedEOF
			}
			r.copy(data[at:at+size], code)
			at += size + (f.start+at+size)%2 // to an even place of the file
		}
	}
	return r.img, nil
}

// runs is the state of decodeRuns.
type runs struct {
	f       *File
	img     *image.RGBA
	n       int // pixels so far
	x       int // of the next one
	checked int // row at which the context was looked at
}

// put writes the next pixel, if there is place for it.
func (r *runs) put(index int) {
	if r.n < r.f.Width*r.f.Height {
		r.f.paint(r.f.row(r.img, r.n/r.f.Width)[r.n%r.f.Width*4:], index)
		r.n++
	}
}

// skip leaves n pixels out.
func (r *runs) skip(n int) {
	for range min(n, r.f.Width*r.f.Height-r.n) {
		r.put(0)
	}
}

// run writes up to count pixels of one colour, or of two by turns.
func (r *runs) run(count, code int) {
	count = max(min(count, r.f.Width-r.x), 0)
	for i := range count {
		switch {
		case r.f.bits == 8:
			r.put(code)
		case i%2 == 0:
			r.put(code >> 4)
		default:
			r.put(code & 15)
		}
	}
	r.x += count
}

// copy writes count pixels as they are.
func (r *runs) copy(src []byte, count int) {
	for i := range count {
		switch {
		case r.n == r.f.Width*r.f.Height:
		case r.f.bits == 8:
			r.put(int(src[i]))
		default:
			r.put(int(src[i/2]) >> (4 - i%2*4) & 15)
		}
	}
	r.x += count
}
