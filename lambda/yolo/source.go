package yolo

import (
	"image"
	"image/draw"
)

// rowReader reads a picture row by row as RGBX bytes: red, green, blue and one
// of no meaning. Alpha is ignored, not composited, as Pillow's convert("RGB")
// and OpenCV do.
type rowReader struct {
	img image.Image
	buf []uint8 // one row of RGBX
	ycc *upsampler
}

func newRowReader(img image.Image) *rowReader {
	switch src := img.(type) {
	case *image.RGBA, *image.NRGBA:
		return &rowReader{img: img}
	case *image.Gray:
		return &rowReader{img: img, buf: make([]uint8, 4*src.Rect.Dx())}
	case *image.YCbCr:
		return &rowReader{img: img, buf: make([]uint8, 4*src.Rect.Dx()), ycc: newUpsampler(src)}
	}
	// No decoder of this project returns another type.
	converted := image.NewNRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(converted, converted.Rect, img, img.Bounds().Min, draw.Src)
	return &rowReader{img: converted}
}

// row is row y, counted from the top of the picture. It is valid until the next
// call.
func (r *rowReader) row(y int) []uint8 {
	switch src := r.img.(type) {
	case *image.RGBA:
		return src.Pix[src.PixOffset(src.Rect.Min.X, src.Rect.Min.Y+y):][:4*src.Rect.Dx()]
	case *image.NRGBA:
		return src.Pix[src.PixOffset(src.Rect.Min.X, src.Rect.Min.Y+y):][:4*src.Rect.Dx()]
	case *image.Gray:
		for x, v := range src.Pix[src.PixOffset(src.Rect.Min.X, src.Rect.Min.Y+y):][:src.Rect.Dx()] {
			p := r.buf[4*x:][:4]
			p[0], p[1], p[2] = v, v, v
		}
	case *image.YCbCr:
		cb, cr := r.ycc.row(y)
		toRGB(r.buf, src.Y[src.YOffset(src.Rect.Min.X, src.Rect.Min.Y+y):][:src.Rect.Dx()], cb, cr)
	}
	return r.buf
}

// The contributions of chroma to R, G and B, in libjpeg's fixed point of 16
// bits (jdcolor.c): BT.601, full range.
var crToR, cbToB, crToG, cbToG = func() (rr, bb, rg, bg [256]int32) {
	const half = 1 << 15
	for i := range rr {
		x := int32(i) - 128
		rr[i] = (91881*x + half) >> 16  // 1.402
		bb[i] = (116130*x + half) >> 16 // 1.772
		rg[i] = -46802 * x              // 0.71414
		bg[i] = -22554*x + half         // 0.34414
	}
	return
}()

// toRGB converts a row of YCbCr at full size.
func toRGB(rgbx, luma, cb, cr []uint8) {
	cb, cr = cb[:len(luma)], cr[:len(luma)]
	for x, l := range luma {
		y, u, v := int32(l), cb[x], cr[x]
		p := rgbx[4*x:][:4]
		p[0] = clamp(y + crToR[v])
		p[1] = clamp(y + (cbToG[u]+crToG[v])>>16)
		p[2] = clamp(y + cbToB[u])
	}
}

func clamp(v int32) uint8 {
	if uint32(v) > 255 {
		return uint8(^(v >> 31)) // 0 below, 255 above
	}
	return uint8(v)
}
