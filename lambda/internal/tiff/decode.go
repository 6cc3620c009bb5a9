package tiff

import (
	"context"
	"errors"
	"image"
	"io"
)

// Decode decodes the page to an image.Gray or an image.RGBA whose alpha is 255. It stops
// soon after the context is done, with its error. Data that end too early give
// io.ErrUnexpectedEOF.
func (f *File) Decode(ctx context.Context) (image.Image, error) {
	c := f.newCanvas()
	rows := f.newRows(c)
	for i := range f.layout.across * f.layout.down {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		switch {
		case f.compression == jpegBlocks:
			err = f.decodeJPEG(ctx, c, i)
		case f.subsampled():
			err = rows.decodeSubsampled(ctx, i)
		default:
			err = rows.decodeBlock(ctx, i)
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
	}
	return c.img, nil
}

// area is the part of the picture that block i shows.
func (f *File) area(i int) image.Rectangle {
	l := &f.layout
	at := image.Pt(i%l.across*l.width, i/l.across*l.height)
	return image.Rect(at.X, at.Y, at.X+l.width, at.Y+l.height).Intersect(image.Rect(0, 0, f.Width, f.Height))
}

// row is n pixels of the canvas.
func (c *canvas) row(x, y, n int) []uint8 {
	return c.pix[y*c.stride+x*c.bytes:][:n*c.bytes]
}

// rows is how blocks become pixels row by row, and the memory that it takes, which each
// block uses again.
type rows struct {
	*File
	canvas   *canvas
	direct   func(dst, raw []uint8) // or nil: step by step
	codecs   []codec                // of planes, or one
	samples  int                    // of a pixel, together
	raw      []byte                 // of a plane, as the codec gives it
	plane    []uint8                // of a plane, a byte a sample
	together []uint8                // of all planes, a byte a sample
}

func (f *File) newRows(c *canvas) *rows {
	r := &rows{File: f, canvas: c, direct: f.direct(), codecs: make([]codec, 1), samples: f.samples}
	if f.planar {
		r.samples, r.codecs = c.needed, make([]codec, c.needed)
	}
	return r
}

// open goes to block i, of all planes.
func (r *rows) open(ctx context.Context, i int) error {
	for p := range r.codecs {
		if err := r.codecs[p].open(ctx, r.File, p*r.layout.across*r.layout.down+i); err != nil {
			return err
		}
	}
	if r.raw == nil { // a block has something to decode
		r.raw = make([]byte, r.rowSize())
		r.plane, r.together = make([]uint8, r.layout.width*r.rowSamples()), make([]uint8, r.layout.width*r.samples)
	}
	return nil
}

// decodeBlock decodes block i row by row.
func (r *rows) decodeBlock(ctx context.Context, i int) error {
	if err := r.open(ctx, i); err != nil {
		return err
	}
	area := r.area(i)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.decodeRow(r.canvas.row(area.Min.X, y, area.Dx())); err != nil {
			return err
		}
	}
	return nil
}

func (r *rows) decodeRow(dst []uint8) error {
	for p := range r.codecs {
		raw, err := r.codecs[p].row(r.raw)
		if err != nil {
			return err
		}
		if r.direct != nil {
			r.direct(dst, raw)
			return nil
		}
		r.undoPredictor(raw) // there is none but of what was compressed
		if len(r.codecs) == 1 {
			r.unpack(r.together, raw)
			continue
		}
		r.unpack(r.plane, raw)
		for x, v := range r.plane {
			r.together[x*r.samples+p] = v
		}
	}
	r.canvas.convert(dst, r.together, r.samples)
	return nil
}

// decodeSubsampled decodes block i of YCbCr whose chroma is subsampled: rows of units of
// subX*subY samples of luma, one of Cb and one of Cr. TIFF 6.0, section 21. As in libtiff,
// pixels share their chroma without smoothing.
func (r *rows) decodeSubsampled(ctx context.Context, i int) error {
	if err := r.open(ctx, i); err != nil {
		return err
	}
	area, unit := r.area(i), r.subX*r.subY+2
	for top := area.Min.Y; top < area.Max.Y; top += r.subY {
		if err := ctx.Err(); err != nil {
			return err
		}
		raw, err := r.codecs[0].row(r.raw)
		if err != nil {
			return err
		}
		for dy := range min(r.subY, area.Max.Y-top) {
			for x := range r.layout.width {
				u := raw[x/r.subX*unit:]
				r.together[3*x], r.together[3*x+1], r.together[3*x+2] = u[dy*r.subX+x%r.subX], u[unit-2], u[unit-1]
			}
			r.canvas.convert(r.canvas.row(area.Min.X, top+dy, area.Dx()), r.together, 3)
		}
	}
	return nil
}
