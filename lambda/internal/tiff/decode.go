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
	for i := range f.layout.across * f.layout.down {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		switch {
		case f.compression == jpegBlocks:
			err = f.decodeJPEG(ctx, c, i)
		case f.subsampled():
			err = f.decodeSubsampled(ctx, c, i)
		default:
			err = f.decodeBlock(ctx, c, i)
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

// decodeBlock decodes block i, of all planes.
func (f *File) decodeBlock(ctx context.Context, c *canvas, i int) error {
	area := f.area(i)
	planes, samples := 1, f.samples
	if f.planar {
		planes, samples = c.needed, c.needed
	}
	codecs := make([]io.Reader, planes)
	for p := range codecs {
		var err error
		if codecs[p], err = f.open(p*f.layout.across*f.layout.down + i); err != nil {
			return err
		}
	}
	raw, plane := make([]byte, f.rowSize()), make([]uint8, f.layout.width*f.rowSamples())
	together := make([]uint8, f.layout.width*samples)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		for p, codec := range codecs {
			if _, err := io.ReadFull(codec, raw); err != nil {
				return err
			}
			f.undoPredictor(raw)
			if planes == 1 {
				f.unpack(together, raw)
				continue
			}
			f.unpack(plane, raw)
			for x, v := range plane {
				together[x*samples+p] = v
			}
		}
		c.convert(c.row(area.Min.X, y, area.Dx()), together, samples)
	}
	return nil
}

// decodeSubsampled decodes block i of YCbCr whose chroma is subsampled: rows of units of
// subX*subY samples of luma, one of Cb and one of Cr. TIFF 6.0, section 21. As in libtiff,
// pixels share their chroma without smoothing.
func (f *File) decodeSubsampled(ctx context.Context, c *canvas, i int) error {
	area := f.area(i)
	codec, err := f.open(i)
	if err != nil {
		return err
	}
	raw, together := make([]byte, f.rowSize()), make([]uint8, f.layout.width*3)
	unit := f.subX*f.subY + 2
	for top := area.Min.Y; top < area.Max.Y; top += f.subY {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := io.ReadFull(codec, raw); err != nil {
			return err
		}
		for dy := range min(f.subY, area.Max.Y-top) {
			for x := range f.layout.width {
				u := raw[x/f.subX*unit:]
				together[3*x], together[3*x+1], together[3*x+2] = u[dy*f.subX+x%f.subX], u[unit-2], u[unit-1]
			}
			c.convert(c.row(area.Min.X, top+dy, area.Dx()), together, 3)
		}
	}
	return nil
}
