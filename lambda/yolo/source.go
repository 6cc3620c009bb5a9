package yolo

import (
	"image"
	"image/draw"
)

// rowReader reads a picture row by row.
type rowReader struct {
	img    image.Image
	rgb    []uint8 // a row as bytes R, G, B and one of no meaning
	chroma upsampler
}

// open starts with another picture.
func (r *rowReader) open(img image.Image) {
	w := img.Bounds().Dx()
	r.img, r.rgb = img, ofLength(r.rgb, 4*w)
	switch src := img.(type) {
	case *image.RGBA, *image.NRGBA, *image.Gray:
	case *image.YCbCr:
		r.chroma.open(src)
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
		cb, cr := r.chroma.row(y)
		fromYCbCr(r.rgb, src.Y[src.YOffset(at.X, at.Y):][:len(r.rgb)/4], cb, cr)
	}
	return r.rgb
}

func fromGrey(dst, src []uint8) {
	for x, v := range src {
		d := (*[4]uint8)(dst[4*x:])
		d[0], d[1], d[2] = v, v, v
	}
}

// fromYCbCr converts a row to four bytes a pixel: R, G, B and one of no meaning.
var fromYCbCr = fromYCbCrPlain

// fromYCbCrPlain has libjpeg's fixed point of 16 bits (jdcolor.c): BT.601, full range.
func fromYCbCrPlain(dst, luma, cb, cr []uint8) {
	const half = 1 << 15
	cb, cr = cb[:len(luma)], cr[:len(luma)]
	for x, v := range luma {
		y, u, v := int32(v), int32(cb[x])-128, int32(cr[x])-128
		d := (*[4]uint8)(dst[4*x:])
		d[0] = toByte(y + (91881*v+half)>>16)          // 1.402
		d[1] = toByte(y + (-22554*u-46802*v+half)>>16) // -0.34414, -0.71414
		d[2] = toByte(y + (116130*u+half)>>16)         // 1.772
	}
}

func toByte(v int32) uint8 { return uint8(min(max(v, 0), 255)) }
