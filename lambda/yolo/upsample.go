package yolo

import "image"

// upsampler brings the chroma of a YCbCr picture to full size row by row with
// libjpeg's "fancy upsampling" (jdsample.c): where chroma is halved, a pixel
// takes 3/4 of the nearer sample and 1/4 of the other one along that axis. The
// rounding alternates as it does there.
type upsampler struct {
	img          *image.YCbCr
	subX, subY   int
	skipX, skipY int // the first pixel's place within its chroma sample, of a sub-image
	w, h         int // samples of a chroma plane
	cb, cr       []uint8
	sums         []int32 // a row blended vertically, times 4
}

func newUpsampler(img *image.YCbCr) *upsampler {
	u := &upsampler{img: img}
	u.subX, u.subY = subsampling(img.SubsampleRatio)
	u.skipX, u.skipY = max(img.Rect.Min.X%u.subX, 0), max(img.Rect.Min.Y%u.subY, 0)
	u.w, u.h = (u.skipX+img.Rect.Dx()+u.subX-1)/u.subX, (u.skipY+img.Rect.Dy()+u.subY-1)/u.subY
	u.cb, u.cr = make([]uint8, u.w*u.subX), make([]uint8, u.w*u.subX)
	u.sums = make([]int32, u.w)
	return u
}

// subsampling is how many picture pixels share a chroma sample along x and y.
func subsampling(r image.YCbCrSubsampleRatio) (x, y int) {
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

// row is the chroma of picture row y, valid until the next call.
func (u *upsampler) row(y int) (cb, cr []uint8) {
	if u.subX == 1 && u.subY == 1 {
		return u.samples(u.img.Cb, y), u.samples(u.img.Cr, y)
	}
	u.upsample(u.cb, u.img.Cb, y+u.skipY)
	u.upsample(u.cr, u.img.Cr, y+u.skipY)
	return u.cb[u.skipX:], u.cr[u.skipX:]
}

// samples is row y of a chroma plane; the edge continues outside.
func (u *upsampler) samples(plane []uint8, y int) []uint8 {
	y = min(max(y, 0), u.h-1)
	start := u.img.COffset(u.img.Rect.Min.X, u.img.Rect.Min.Y) + y*u.img.CStride
	return plane[start:][:u.w]
}

func (u *upsampler) upsample(dst, plane []uint8, y int) {
	near := u.samples(plane, y/u.subY)
	// The other row that contributes: above for an even row, below for an odd.
	far := u.samples(plane, y/2+2*(y%2)-1)
	switch {
	case u.subX == 2 && u.subY == 2 && u.w > 2:
		for x := range u.sums {
			u.sums[x] = 3*int32(near[x]) + int32(far[x])
		}
		u.widen(dst, 8, 7, 4)
	case u.subX == 2 && u.subY == 1 && u.w > 2:
		for x := range u.sums {
			u.sums[x] = int32(near[x])
		}
		u.widen(dst, 1, 2, 2)
	case u.subX == 1 && u.subY == 2:
		bias := int32(1 + y%2)
		for x := range near {
			dst[x] = uint8((3*int32(near[x]) + int32(far[x]) + bias) >> 2)
		}
	default: // libjpeg repeats the samples
		for x := range dst {
			dst[x] = near[x/u.subX]
		}
	}
}

// widen doubles the row in u.sums. The two biases are of a pixel's left and
// right half.
func (u *upsampler) widen(dst []uint8, left, right int32, shift int) {
	last := len(u.sums) - 1
	for x, sum := range u.sums {
		before, after := u.sums[max(x-1, 0)], u.sums[min(x+1, last)]
		dst[2*x] = uint8((3*sum + before + left) >> shift)
		dst[2*x+1] = uint8((3*sum + after + right) >> shift)
	}
}
