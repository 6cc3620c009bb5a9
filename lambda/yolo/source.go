package yolo

import (
	"image"
	"image/draw"

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
	r.img, r.rgb = img, ofLength(r.rgb, 4*w)
	switch src := img.(type) {
	case *image.RGBA, *image.NRGBA, *image.Gray:
	case *image.YCbCr:
		r.ycbcr.Open(src)
	default: // no decoder of this project returns another type
		converted := image.NewNRGBA(image.Rect(0, 0, w, img.Bounds().Dy()))
		draw.Draw(converted, converted.Rect, img, img.Bounds().Min, draw.Src)
		r.img = converted
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
	}
	return r.rgb
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
