package chroma

import (
	"image"
	"slices"
)

// Reader reads a YCbCr picture row by row, with its chroma at full size. Its zero
// value is ready to be opened, and it keeps its memory from picture to picture.
type Reader struct {
	img            *image.YCbCr
	cb, cr         Plane
	skipX, skipY   int     // the first pixel's place within its chroma sample, of a sub-image
	wideCb, wideCr []uint8 // a row at full size
}

// Open starts with another picture.
func (r *Reader) Open(img *image.YCbCr) {
	subX, subY := subsampling(img.SubsampleRatio)
	r.img = img
	r.skipX, r.skipY = max(img.Rect.Min.X%subX, 0), max(img.Rect.Min.Y%subY, 0)
	plane := func(pix []uint8) Plane {
		return Plane{
			Pix:    pix[img.COffset(img.Rect.Min.X, img.Rect.Min.Y):],
			Stride: img.CStride,
			Width:  (r.skipX + img.Rect.Dx() + subX - 1) / subX,
			Height: (r.skipY + img.Rect.Dy() + subY - 1) / subY,
			SubX:   subX, SubY: subY,
		}
	}
	r.cb, r.cr = plane(img.Cb), plane(img.Cr)
	n := r.cb.Width * subX
	r.wideCb, r.wideCr = slices.Grow(r.wideCb[:0], n)[:n], slices.Grow(r.wideCr[:0], n)[:n]
}

// Row is row y, counted from the top of the picture, valid until the next call.
func (r *Reader) Row(y int) (luma, cb, cr []uint8) {
	at := r.img.Rect.Min
	luma = r.img.Y[r.img.YOffset(at.X, at.Y+y):][:r.img.Rect.Dx()]
	y += r.skipY
	return luma, r.cb.Row(r.wideCb, y)[r.skipX:], r.cr.Row(r.wideCr, y)[r.skipX:]
}

// Close lets go of the picture.
func (r *Reader) Close() { r.img, r.cb, r.cr = nil, Plane{}, Plane{} }
