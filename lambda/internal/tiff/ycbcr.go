package tiff

import "math"

// fromYCbCr converts as Pillow does what is not compressed: in fixed point of 6 bits
// (ConvertYCbCr.c).
func fromYCbCr(dst, src []uint8, samples int) {
	for ; len(dst) > 0; dst, src = dst[4:], src[samples:] {
		y, cb, cr := int32(src[0]), float64(src[1])-128, float64(src[2])-128
		fixed := func(v float64) int32 { return int32(float64(v*64) + 0.5) }
		dst[0] = clip(y + fixed(1.402*cr)>>6)
		dst[1] = clip(y + (fixed(-0.34414*cb)+fixed(-0.71414*cr))>>6)
		dst[2] = clip(y + fixed(1.772*cb)>>6)
		dst[3] = 255
	}
}

// levels converts YCbCr as libtiff does, and Pillow with it, what is compressed
// (TIFFYCbCrToRGBInit): by the file's own factors of luma and levels of black and white.
type levels struct {
	y, crToRed, cbToBlue [256]int32
	crToGreen, cbToGreen [256]int32 // in 1/65536
}

func (f *File) levels() *levels {
	luma := f.fractions(tagYCbCrFactors)
	if len(luma) < 3 || luma[1] == 0 {
		luma = []float64{0.299, 0.587, 0.114}
	}
	reference := f.fractions(tagReferenceLevels)
	if len(reference) < 6 {
		reference = []float64{0, 255, 128, 255, 128, 255}
	}
	red, green, blue := float32(luma[0]), float32(luma[1]), float32(luma[2])
	fixed := func(v float32) int32 { return int32(float64(v)*65536 + 0.5) }
	redOfCr, blueOfCb := fixed(2-2*red), fixed(2-2*blue)
	greenOfCr, greenOfCb := -fixed(red*(2-2*red)/green), -fixed(blue*(2-2*blue)/green)
	value := func(code int, black, white, span float64) int32 {
		if white == black {
			white = black + 1
		}
		v := float32(code-int(black)) * float32(span) / float32(white-black)
		return int32(math.Min(math.Max(float64(v), -512), 512))
	}
	const half = 1 << 15
	l := new(levels)
	for i := range 256 {
		cb := value(i-128, reference[2]-128, reference[3]-128, 127)
		cr := value(i-128, reference[4]-128, reference[5]-128, 127)
		l.y[i] = value(i, reference[0], reference[1], 255)
		l.crToRed[i], l.cbToBlue[i] = (redOfCr*cr+half)>>16, (blueOfCb*cb+half)>>16
		l.crToGreen[i], l.cbToGreen[i] = greenOfCr*cr, greenOfCb*cb+half
	}
	return l
}

func (l *levels) convert(dst, src []uint8, samples int) {
	for ; len(dst) > 0; dst, src = dst[4:], src[samples:] {
		y, cb, cr := l.y[src[0]], src[1], src[2]
		dst[0] = clip(y + l.crToRed[cr])
		dst[1] = clip(y + (l.cbToGreen[cb]+l.crToGreen[cr])>>16)
		dst[2] = clip(y + l.cbToBlue[cb])
		dst[3] = 255
	}
}
