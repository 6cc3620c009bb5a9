package yolo

import "image"

// upsampler brings the chroma of a YCbCr picture to full size row by row with
// libjpeg's "fancy upsampling" (jdsample.c): where chroma is halved, a pixel
// takes 3/4 of the nearer sample and 1/4 of the other one along that axis. The
// rounding alternates as it does there.
//
// Cb and Cr are made together, as the low and the high half of a uint32.
type upsampler struct {
	img          *image.YCbCr
	subX, subY   int
	skipX, skipY int      // the first pixel's place within its chroma sample, of a sub-image
	w, h         int      // samples of a chroma plane
	sums         []uint32 // a row of samples blended vertically
	wide         []uint32 // the row at full size
}

// open starts with another picture.
func (u *upsampler) open(img *image.YCbCr) {
	u.img = img
	u.subX, u.subY = Subsampling(img.SubsampleRatio)
	u.skipX, u.skipY = max(img.Rect.Min.X%u.subX, 0), max(img.Rect.Min.Y%u.subY, 0)
	u.w, u.h = (u.skipX+img.Rect.Dx()+u.subX-1)/u.subX, (u.skipY+img.Rect.Dy()+u.subY-1)/u.subY
	u.sums, u.wide = ofLength(u.sums, u.w), ofLength(u.wide, u.w*u.subX)
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

// halves has a 1 in both halves.
const halves = 1<<16 | 1

// row is the chroma of picture row y, valid until the next call.
func (u *upsampler) row(y int) []uint32 {
	y += u.skipY
	cb, cr := u.samples(u.img.Cb, y/u.subY), u.samples(u.img.Cr, y/u.subY)
	// The other row that contributes: above for an even row, below for an odd.
	other := y/2 + 2*(y%2) - 1
	farCb, farCr := u.samples(u.img.Cb, other), u.samples(u.img.Cr, other)
	switch {
	case u.subX == 2 && u.subY == 2 && u.w > 2:
		mix(u.sums, cb, cr, farCb, farCr)
		widen(u.wide, u.sums, 8*halves, 7*halves, 4)
	case u.subX == 2 && u.subY == 1 && u.w > 2:
		repeat(u.sums, cb, cr, 1)
		widen(u.wide, u.sums, 1*halves, 2*halves, 2)
	case u.subX == 1 && u.subY == 2:
		mix(u.wide, cb, cr, farCb, farCr)
		bias := uint32(1+y%2) * halves
		for x, v := range u.wide {
			u.wide[x] = (v + bias) >> 2 & (255 * halves)
		}
	default: // libjpeg repeats the samples
		repeat(u.wide, cb, cr, u.subX)
	}
	return u.wide[u.skipX:]
}

// samples is row y of a chroma plane; the edge continues outside.
func (u *upsampler) samples(plane []uint8, y int) []uint8 {
	y = min(max(y, 0), u.h-1)
	start := u.img.COffset(u.img.Rect.Min.X, u.img.Rect.Min.Y) + y*u.img.CStride
	return plane[start:][:u.w]
}

// repeat puts each sample n times.
func repeat(dst []uint32, cb, cr []uint8, n int) {
	cr = cr[:len(cb)]
	for x, v := range cb {
		both := uint32(v) | uint32(cr[x])<<16
		for i := range dst[n*x:][:n] {
			dst[n*x+i] = both
		}
	}
}

// mix takes three times the samples of a row and once those of another.
func mix(dst []uint32, cb, cr, farCb, farCr []uint8) {
	dst, cr, farCb, farCr = dst[:len(cb)], cr[:len(cb)], farCb[:len(cb)], farCr[:len(cb)]
	for x, v := range cb {
		dst[x] = 3*uint32(v) + uint32(farCb[x]) + (3*uint32(cr[x])+uint32(farCr[x]))<<16
	}
}

// widen doubles a row. The two biases are of a sample's left and right pixel.
func widen(dst, row []uint32, left, right uint32, shift uint) {
	before, v := row[0], row[0]
	for _, after := range row[1:] {
		d := (*[2]uint32)(dst)
		d[0] = (3*v + before + left) >> (shift & 31) & (255 * halves)
		d[1] = (3*v + after + right) >> (shift & 31) & (255 * halves)
		before, v, dst = v, after, dst[2:]
	}
	dst[0] = (3*v + before + left) >> shift & (255 * halves)
	dst[1] = (4*v + right) >> shift & (255 * halves)
}
