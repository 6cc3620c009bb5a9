package vp8

import (
	"encoding/binary"
	"image"

	"github.com/yolambda/yolambda/lambda/internal/rgba"
)

// converter makes pixels of a frame's samples, which have the range of video (16 to 235) and halved chroma, with the
// arithmetic of libwebp (yuv.h, upsampling.c), so that a picture has the pixels that its other readers see.
type converter struct {
	in   *image.YCbCr
	out  *image.RGBA
	rows int     // that are made
	u, v []uint8 // a row of chroma at full size
}

func newConverter(in *image.YCbCr) *converter {
	w := (in.Rect.Dx() + 1) &^ 1
	return &converter{in: in, out: rgba.New(in.Rect.Dx(), in.Rect.Dy()), u: make([]uint8, w), v: make([]uint8, w)}
}

// convert goes on to a row.
func (c *converter) convert(end int) {
	w, h := c.in.Rect.Dx(), c.in.Rect.Dy()
	samples, last := (w+1)/2, (h+1)/2-1 // of a chroma plane
	for ; c.rows < min(end, h); c.rows++ {
		// A row takes 3/4 of its own chroma row and 1/4 of the next above (even
		// rows) or below (odd rows).
		y := c.rows
		near, far := y/2*c.in.CStride, min(max(y/2+2*(y%2)-1, 0), last)*c.in.CStride
		upsample(c.u, c.in.Cb[near:][:samples], c.in.Cb[far:][:samples])
		upsample(c.v, c.in.Cr[near:][:samples], c.in.Cr[far:][:samples])
		pixels(c.out.Pix[y*c.out.Stride:][:4*w], c.in.Y[y*c.in.YStride:][:w], c.u[:w], c.v[:w])
	}
}

// pixels converts a row of full chroma.
var pixels = pixelsPlain

func pixelsPlain(dst, luma, u, v []uint8) {
	u, v = u[:len(luma)], v[:len(luma)]
	for x, y := range luma {
		l, cb, cr := int32(y)*19077>>8, int32(u[x]), int32(v[x])
		r := l + cr*26149>>8 - 14234 // with six fractional bits
		g := l - cb*6419>>8 - cr*13320>>8 + 8708
		b := l + cb*33050>>8 - 17685
		if uint32(r|g|b) >= 256<<6 { // one of them is negative or too great, which is seldom
			r, g, b = clip6(r), clip6(g), clip6(b)
		}
		if len(dst) < 4 {
			return
		}
		binary.LittleEndian.PutUint32(dst, uint32(r>>6|g>>6<<8|b>>6<<16|-1<<24))
		dst = dst[4:]
	}
}

// clip6 keeps what has six fractional bits within a byte.
func clip6(v int32) int32 { return min(max(v, 0), 256<<6-1) }

// upsample doubles a chroma row, blending it with the row on the other side: a sample is 9/16, 3/16, 3/16 and 1/16 of
// the four around it. dst holds twice as many samples.
func upsample(dst, near, far []uint8) {
	dst, far = dst[:2*len(near)], far[:len(near)]
	last := len(near) - 1
	dst[0] = uint8((3*int(near[0]) + int(far[0]) + 2) >> 2)
	upsampleInner(dst[1:2*last+1], near, far)
	dst[2*last+1] = uint8((3*int(near[last]) + int(far[last]) + 2) >> 2)
}

// upsampleInner makes the two samples between each two.
var upsampleInner = upsampleInnerPlain

func upsampleInnerPlain(dst, near, far []uint8) {
	n0, f0 := int(near[0]), int(far[0])
	for x := 1; x < len(near) && x < len(far) && len(dst) >= 2; x++ {
		n1, f1 := int(near[x]), int(far[x])
		sum := n0 + n1 + f0 + f1 + 8
		dst[0] = uint8(((sum+2*(n1+f0))>>3 + n0) >> 1)
		dst[1] = uint8(((sum+2*(n0+f1))>>3 + n1) >> 1)
		n0, f0 = n1, f1
		dst = dst[2:]
	}
}
