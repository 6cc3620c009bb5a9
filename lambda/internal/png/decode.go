package png

import (
	"errors"
	"fmt"
	"image"
	"io"

	"github.com/yolambda/yolambda/lambda/internal/inflate"
	"github.com/yolambda/yolambda/lambda/internal/rgba"
)

var errPixels = errors.New("not enough pixel data")

// pass is which pixels a reduced picture of an interlaced one has (8).
type pass struct{ x, y, stepX, stepY int }

var (
	whole  = []pass{{0, 0, 1, 1}}
	passes = []pass{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}
)

// canvas is the picture that is being decoded.
type canvas struct {
	pix    []uint8
	stride int
	bytes  int // of a pixel: one of grey, or four
}

// decode decodes the pixels, whose first chunk this is.
func (d *decoder) decode(idat []byte) (image.Image, error) {
	var r inflate.Reader
	r.Reset(d.ctx, idat, d.nextIDAT, true)
	var img image.Image
	var c canvas
	if d.colour == grey || d.colour == greyAlpha {
		m := rgba.NewGray(d.width, d.height)
		img, c = m, canvas{m.Pix, m.Stride, 1}
	} else {
		m := rgba.New(d.width, d.height)
		img, c = m, canvas{m.Pix, m.Stride, 4}
	}
	reduced := whole
	if d.interlaced {
		reduced = passes
	}
	for _, p := range reduced {
		if err := d.decodePass(&r, c, p); err != nil {
			return nil, err
		}
	}
	// The checksum is behind the last pixel.
	if n, err := io.ReadFull(&r, make([]byte, 1)); n > 0 {
		return nil, errors.New("too much pixel data")
	} else if err != io.EOF {
		return nil, err
	}
	return img, nil
}

// decodePass decodes the rows of a reduced picture.
func (d *decoder) decodePass(r io.Reader, c canvas, p pass) error {
	width, height := (d.width-p.x+p.stepX-1)/p.stepX, (d.height-p.y+p.stepY-1)/p.stepY
	if width == 0 || height == 0 {
		return nil
	}
	bits := d.depth * d.colour.samples()
	n := (width*bits + 7) / 8
	filtered, row, above := make([]byte, 1+n), make([]byte, n), make([]byte, n)
	var indices []uint8 // of a row, if they are narrower than a byte
	if d.colour == indexed && d.depth < 8 {
		indices = make([]uint8, width)
	}
	var pixels []uint8 // of a row, if they are not next to each other in the picture
	if p.stepX > 1 {
		pixels = make([]uint8, width*c.bytes)
	}
	for y := range height {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		if _, err := io.ReadFull(r, filtered); err == io.EOF || err == io.ErrUnexpectedEOF {
			return errPixels
		} else if err != nil {
			return err
		}
		if filtered[0] > paeth {
			return fmt.Errorf("bad filter %d", filtered[0])
		}
		unfilter(filtered[0], row, filtered[1:], above, max(bits/8, 1))
		dst := c.pix[(p.y+y*p.stepY)*c.stride:][:d.width*c.bytes]
		if pixels == nil {
			d.convert(dst, row, indices)
		} else {
			d.convert(pixels, row, indices)
			for x := range width {
				copy(dst[(p.x+x*p.stepX)*c.bytes:][:c.bytes], pixels[x*c.bytes:])
			}
		}
		row, above = above, row
	}
	return nil
}

// convert makes pixels of a row of samples. Of 16 bits the high byte stays. indices is what
// narrow ones are unpacked to.
func (d *decoder) convert(dst, row, indices []uint8) {
	size := max(d.depth/8, 1)
	switch d.colour {
	case trueColor, trueAlpha:
		if d.colour == trueColor && size == 1 {
			rgba.FromRGB(dst, row)
			return
		}
		rgba.FromSamples(dst, row, size, d.colour.samples()*size)
	case indexed:
		if d.depth < 8 {
			row = d.unpack(indices, row, 1)
		}
		rgba.FromPalette(dst, row, &d.palette)
	default:
		if step := d.colour.samples() * size; d.depth < 8 {
			d.unpack(dst, row, 255/(1<<d.depth-1))
		} else if step == 1 {
			copy(dst, row)
		} else {
			for x := range dst {
				dst[x] = row[x*step]
			}
		}
	}
}

// unpack makes a byte of each sample of fewer than 8 bits, times scale.
func (d *decoder) unpack(dst, row []uint8, scale int) []uint8 {
	most := 1<<d.depth - 1
	for x := range dst {
		at := x * d.depth
		dst[x] = uint8((int(row[at/8]) >> (8 - d.depth - at%8) & most) * scale)
	}
	return dst
}
