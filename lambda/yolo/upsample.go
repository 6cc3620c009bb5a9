package yolo

import (
	"image"

	"github.com/yolambda/yolambda/lambda/internal/jpeg"
)

// upsampler brings the chroma of a YCbCr picture to full size row by row, as
// libjpeg does.
type upsampler struct {
	cb, cr         jpeg.Plane
	skipX, skipY   int     // the first pixel's place within its chroma sample, of a sub-image
	wideCb, wideCr []uint8 // a row at full size
}

// open starts with another picture.
func (u *upsampler) open(img *image.YCbCr) {
	subX, subY := Subsampling(img.SubsampleRatio)
	u.skipX, u.skipY = max(img.Rect.Min.X%subX, 0), max(img.Rect.Min.Y%subY, 0)
	plane := func(pix []uint8) jpeg.Plane {
		return jpeg.Plane{
			Pix:    pix[img.COffset(img.Rect.Min.X, img.Rect.Min.Y):],
			Stride: img.CStride,
			Width:  (u.skipX + img.Rect.Dx() + subX - 1) / subX,
			Height: (u.skipY + img.Rect.Dy() + subY - 1) / subY,
			SubX:   subX, SubY: subY,
		}
	}
	u.cb, u.cr = plane(img.Cb), plane(img.Cr)
	u.wideCb, u.wideCr = ofLength(u.wideCb, u.cb.Width*subX), ofLength(u.wideCr, u.cr.Width*subX)
}

// row is the chroma of picture row y, valid until the next call.
func (u *upsampler) row(y int) (cb, cr []uint8) {
	y += u.skipY
	return u.cb.UpsampleRow(u.wideCb, y)[u.skipX:], u.cr.UpsampleRow(u.wideCr, y)[u.skipX:]
}

// close lets go of the picture.
func (u *upsampler) close() { u.cb, u.cr = jpeg.Plane{}, jpeg.Plane{} }

// Subsampling is how many picture pixels share a chroma sample along x and y.
func Subsampling(r image.YCbCrSubsampleRatio) (x, y int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}
