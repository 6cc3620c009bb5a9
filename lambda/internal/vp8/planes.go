package vp8

import (
	"image"

	"github.com/yolambda/yolambda/lambda/internal/hugepage"
	"github.com/yolambda/yolambda/lambda/internal/slot"
)

// Around a plane are a row above it and columns on both sides, where predictions look for samples that the frame does
// not have (12.2, 12.3).
const (
	margin    = 16 // columns on each side, of which one on the left and four on the right are looked at
	outAbove  = 127
	outLeft   = 129
	ofLuma    = 0
	ofCb      = 1
	ofCr      = 2
	numPlanes = 3
)

// planes are the samples of a frame, in whole macroblocks.
type planes struct {
	pix    []uint8
	starts [numPlanes]int // of the first samples in pix
	luma   int            // stride
	chroma int
}

func newPlanes(across, down int) *planes {
	p := &planes{luma: 16*across + 2*margin, chroma: 8*across + 2*margin}
	rows := [numPlanes]int{16*down + 1, 8*down + 1, 8*down + 1}
	n := 0
	for i, rows := range rows {
		p.starts[i] = n + p.stride(i) + margin
		n += rows * p.stride(i)
	}
	p.take(n)
	for i, rows := range rows {
		stride := p.stride(i)
		above := p.pix[p.starts[i]-stride-margin:][:stride]
		for x := range above {
			above[x] = outAbove
		}
		for y := range rows - 1 {
			p.pix[p.starts[i]+y*stride-1] = outLeft
		}
	}
	return p
}

// stride is how far apart rows of a plane are.
func (p *planes) stride(plane int) int {
	if plane == ofLuma {
		return p.luma
	}
	return p.chroma
}

// spare is the memory of planes that are not needed any more.
var spare slot.Slot[[]uint8]

// mostSpare is how much is kept for the next frame: 20 megapixels.
const mostSpare = 30 << 20

// take gives the planes memory for n samples, of any values.
func (p *planes) take(n int) {
	if kept := spare.Take(); kept != nil && cap(*kept) >= n {
		p.pix = (*kept)[:n]
	} else {
		p.pix = make([]uint8, n)
		hugepage.Advise(p.pix)
	}
}

// release keeps the planes' memory for the next frame. They must not be used any more.
func (p *planes) release() {
	if cap(p.pix) <= mostSpare {
		spare.Keep(&p.pix)
	}
}

// image is the frame's picture.
func (p *planes) image(width, height int) *image.YCbCr {
	return &image.YCbCr{
		Y: p.pix[p.starts[ofLuma]:p.starts[ofCb]], Cb: p.pix[p.starts[ofCb]:p.starts[ofCr]], Cr: p.pix[p.starts[ofCr]:],
		YStride: p.luma, CStride: p.chroma, SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, width, height),
	}
}
