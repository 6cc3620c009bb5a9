package yolo

import (
	"image"
	"image/color"

	"github.com/yolambda/yolambda/lambda/internal/chroma"
)

// rowReader reads a picture row by row.
type rowReader struct {
	img   image.Image
	rgb   []uint8 // a row as bytes R, G, B and one of no meaning
	ycbcr chroma.Reader
}

// open starts with another picture.
func (r *rowReader) open(img image.Image) {
	w := img.Bounds().Dx()
	if src, ok := img.(*image.NYCbCrA); ok {
		img = &src.YCbCr
	}
	r.img, r.rgb = img, ofLength(r.rgb, 4*w)
	if src, ok := img.(*image.YCbCr); ok {
		r.ycbcr.Open(src)
	}
}

// row is row y, counted from the top of the picture, in four bytes a pixel: R, G, B
// and one of no meaning. Alpha is ignored, not composited, as Pillow's
// convert("RGB") and OpenCV do. The row is valid until the next call.
func (r *rowReader) row(y int) []uint8 {
	at := r.img.Bounds().Min.Add(image.Pt(0, y))
	switch src := r.img.(type) {
	case *image.RGBA:
		return src.Pix[src.PixOffset(at.X, at.Y):][:len(r.rgb)]
	case *image.NRGBA:
		return src.Pix[src.PixOffset(at.X, at.Y):][:len(r.rgb)]
	case *image.Gray:
		fromGrey(r.rgb, src.Pix[src.PixOffset(at.X, at.Y):][:len(r.rgb)/4])
	case *image.YCbCr:
		luma, cb, cr := r.ycbcr.Row(y)
		chroma.RGB(r.rgb, luma, cb, cr)
	default: // no decoder of this project returns another type
		for x := range len(r.rgb) / 4 {
			r.rgb[4*x], r.rgb[4*x+1], r.rgb[4*x+2] = withoutAlpha(src.At(at.X+x, at.Y))
		}
	}
	return r.rgb
}

// withoutAlpha is a colour as if it were opaque. Colours that are multiplied by their alpha
// are divided by it; of a wholly transparent one nothing is left but black.
func withoutAlpha(c color.Color) (r, g, b uint8) {
	switch c := c.(type) {
	case nil: // of a palette without colours
		return 0, 0, 0
	case color.NRGBA64:
		return uint8(c.R >> 8), uint8(c.G >> 8), uint8(c.B >> 8)
	}
	plain := color.NRGBAModel.Convert(c).(color.NRGBA)
	return plain.R, plain.G, plain.B
}

// close lets go of the picture.
func (r *rowReader) close() {
	r.img = nil
	r.ycbcr.Close()
}

func fromGrey(dst, src []uint8) {
	for x, v := range src {
		d := (*[4]uint8)(dst[4*x:])
		d[0], d[1], d[2] = v, v, v
	}
}
