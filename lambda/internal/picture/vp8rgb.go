package picture

import "image"

// vp8RGB converts a VP8 frame, which has the range of video (16 to 235) and
// halved chroma, to RGB with the arithmetic of libwebp (yuv.h, upsampling.c),
// so that a picture has the pixels that its other readers see.
func vp8RGB(m *image.YCbCr) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	u, v := make([]uint8, w+1), make([]uint8, w+1)
	samples, last := (w+1)/2, (h+1)/2-1 // of a chroma plane
	for y := range h {
		// A row takes 3/4 of its own chroma row and 1/4 of the next above (even
		// rows) or below (odd rows).
		near, far := y/2, min(max(y/2+2*(y%2)-1, 0), last)
		widenVP8(u, m.Cb[near*m.CStride:][:samples], m.Cb[far*m.CStride:][:samples])
		widenVP8(v, m.Cr[near*m.CStride:][:samples], m.Cr[far*m.CStride:][:samples])
		dst := out.Pix[y*out.Stride:][:4*w]
		for x, luma := range m.Y[y*m.YStride:][:w] {
			l, cb, cr := int(luma)*19077>>8, int(u[x]), int(v[x])
			p := dst[4*x:][:4]
			p[0] = clip6(l + cr*26149>>8 - 14234)
			p[1] = clip6(l - cb*6419>>8 - cr*13320>>8 + 8708)
			p[2] = clip6(l + cb*33050>>8 - 17685)
			p[3] = 255
		}
	}
	return out
}

// widenVP8 doubles a chroma row, blending it with the row on the other side: a
// sample is 9/16, 3/16, 3/16 and 1/16 of the four around it. dst holds an even
// number of samples.
func widenVP8(dst, near, far []uint8) {
	n0, f0 := int(near[0]), int(far[0])
	dst[0] = uint8((3*n0 + f0 + 2) >> 2)
	for x := 1; x < len(near); x++ {
		n1, f1 := int(near[x]), int(far[x])
		sum := n0 + n1 + f0 + f1 + 8
		dst[2*x-1] = uint8(((sum+2*(n1+f0))>>3 + n0) >> 1)
		dst[2*x] = uint8(((sum+2*(n0+f1))>>3 + n1) >> 1)
		n0, f0 = n1, f1
	}
	dst[2*len(near)-1] = uint8((3*n0 + f0 + 2) >> 2)
}

// clip6 drops six fractional bits and keeps the rest within a byte.
func clip6(v int) uint8 { return uint8(min(max(v>>6, 0), 255)) }
