package yolo

import "image"

// upsampler brings the chroma of a YCbCr picture to full size row by row with
// libjpeg's "fancy upsampling" (jdsample.c): where chroma is halved, a pixel
// takes 3/4 of the nearer sample and 1/4 of the other one along that axis. The
// rounding alternates as it does there.
type upsampler struct {
	img          *image.YCbCr
	subX, subY   int
	skipX, skipY int     // the first pixel's place within its chroma sample, of a sub-image
	w, h         int     // samples of a chroma plane
	cb, cr       []uint8 // a row at full size
}

// open starts with another picture.
func (u *upsampler) open(img *image.YCbCr) {
	u.img = img
	u.subX, u.subY = Subsampling(img.SubsampleRatio)
	u.skipX, u.skipY = max(img.Rect.Min.X%u.subX, 0), max(img.Rect.Min.Y%u.subY, 0)
	u.w, u.h = (u.skipX+img.Rect.Dx()+u.subX-1)/u.subX, (u.skipY+img.Rect.Dy()+u.subY-1)/u.subY
	u.cb, u.cr = ofLength(u.cb, u.w*u.subX), ofLength(u.cr, u.w*u.subX)
}

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

// row is the chroma of picture row y, valid until the next call.
func (u *upsampler) row(y int) (cb, cr []uint8) {
	return u.plane(u.cb, u.img.Cb, y), u.plane(u.cr, u.img.Cr, y)
}

// plane is row y of one chroma plane at full size; wide is memory for it.
func (u *upsampler) plane(wide, plane []uint8, y int) []uint8 {
	y += u.skipY
	near := u.samples(plane, y/u.subY)
	// The other row that contributes: above for an even row, below for an odd.
	far := u.samples(plane, y/2+2*(y%2)-1)
	switch {
	case u.subX == 1 && u.subY == 1:
		return near
	case u.subX == 2 && u.subY == 2 && u.w > 2:
		widen(wide, near, far, 8, 7)
	case u.subX == 2 && u.subY == 1 && u.w > 2:
		widen(wide, near, near, 4, 8)
	case u.subX == 1 && u.subY == 2:
		for x, v := range near {
			wide[x] = uint8((3*int(v) + int(far[x]) + 1 + y%2) >> 2)
		}
	default: // libjpeg repeats the samples
		for x := range wide {
			wide[x] = near[x/u.subX]
		}
	}
	return wide[u.skipX:]
}

// samples is row y of a chroma plane; the edge continues outside.
func (u *upsampler) samples(plane []uint8, y int) []uint8 {
	y = min(max(y, 0), u.h-1)
	start := u.img.COffset(u.img.Rect.Min.X, u.img.Rect.Min.Y) + y*u.img.CStride
	return plane[start:][:u.w]
}

// widen makes two samples of each of a row: 9/16 of it, 3/16 of the one beside it,
// on the left for the left one, and as much of the row far: 3/16 and 1/16. left and
// right are what is added to the sixteenths before they are cut off. near has one sample at
// least.
var widen = widenPlain

func widenPlain(dst, near, far []uint8, left, right uint16) {
	widenSpan(dst, near, far, left, right, 0, len(near))
}

// widenSpan is widen for the samples from…to-1; the edge continues outside.
func widenSpan(dst, near, far []uint8, left, right uint16, from, to int) {
	mixed := func(x int) uint16 {
		x = min(max(x, 0), len(near)-1)
		return 3*uint16(near[x]) + uint16(far[x])
	}
	for x := from; x < to; x++ {
		v := 3 * mixed(x)
		dst[2*x] = uint8((v + mixed(x-1) + left) >> 4)
		dst[2*x+1] = uint8((v + mixed(x+1) + right) >> 4)
	}
}
