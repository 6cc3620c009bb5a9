package yolo

import (
	"image"
	"image/draw"
)

// pixel has red in the low half of rg, green in its high half, and blue.
type pixel struct{ rg, b uint64 }

// rowReader reads a picture row by row. Alpha is ignored, not composited, as
// Pillow's convert("RGB") and OpenCV do.
type rowReader struct {
	img    image.Image
	buf    []pixel
	chroma upsampler
}

// open starts with another picture.
func (r *rowReader) open(img image.Image) {
	w := img.Bounds().Dx()
	r.img, r.buf = img, ofLength(r.buf, w)
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

// row is row y, counted from the top of the picture. It is valid until the next
// call.
func (r *rowReader) row(y int) []pixel {
	at := r.img.Bounds().Min.Add(image.Pt(0, y))
	switch src := r.img.(type) {
	case *image.RGBA:
		fromRGBA(r.buf, src.Pix[src.PixOffset(at.X, at.Y):])
	case *image.NRGBA:
		fromRGBA(r.buf, src.Pix[src.PixOffset(at.X, at.Y):])
	case *image.Gray:
		fromGrey(r.buf, src.Pix[src.PixOffset(at.X, at.Y):])
	case *image.YCbCr:
		fromYCbCr(r.buf, src.Y[src.YOffset(at.X, at.Y):], r.chroma.row(y))
	}
	return r.buf
}

func fromRGBA(dst []pixel, src []uint8) {
	for x := range dst {
		s := src[4*x:][:4]
		dst[x] = pixel{uint64(s[0]) | uint64(s[1])<<32, uint64(s[2])}
	}
}

func fromGrey(dst []pixel, src []uint8) {
	src = src[:len(dst)]
	for x, v := range src {
		dst[x] = pixel{uint64(v) * twice, uint64(v)}
	}
}

// fromYCbCr converts to RGB. The three sums of a pixel are made in one uint64:
//
//	bits 0-31   green, with 16 fractional bits
//	bits 32-47  red
//	bits 48-63  blue
//
// each with outside added, so that none is negative.
func fromYCbCr(dst []pixel, luma []uint8, chroma []uint32) {
	luma, chroma = luma[:len(dst)], chroma[:len(dst)]
	for x, c := range chroma {
		sum := uint64(luma[x])*(1<<16|1<<32|1<<48) + cbTo[uint8(c)] + crTo[uint8(c>>16)]
		dst[x] = pixel{uint64(clipped[sum>>32%1024]) | uint64(clipped[sum>>16%1024])<<32, uint64(clipped[sum>>48%1024])}
	}
}

// outside is how far a sum may be below 0 or above 255.
const outside = 256

// crTo and cbTo are what chroma adds to red, green and blue, in libjpeg's fixed
// point of 16 bits (jdcolor.c): BT.601, full range.
var crTo, cbTo = func() (cr, cb [256]uint64) {
	const half = 1 << 15
	for i := range cr {
		x := i - 128
		red := (91881*x+half)>>16 + outside                            // 1.402
		blue := (116130*x+half)>>16 + outside                          // 1.772
		cr[i] = uint64(red)<<32 + uint64(-46802*x+outside/2<<16)       // 0.71414
		cb[i] = uint64(blue)<<48 + uint64(-22554*x+half+outside/2<<16) // 0.34414
	}
	return
}()

// clipped brings a sum with outside added into a byte.
var clipped = func() (c [1024]uint8) {
	for i := range c {
		c[i] = uint8(min(max(i-outside, 0), 255))
	}
	return
}()
