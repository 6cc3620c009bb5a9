package chroma

// Upsample returns the plane at the picture's size, in [Plane.Row]'s rows. Rows are
// padded to a multiple of 8 samples, as a JPEG's blocks are, so that all components of a
// picture have rows of the same stride.
func (p Plane) Upsample(width, height int) Plane {
	if p.SubX == 1 && p.SubY == 1 {
		return p
	}
	stride := (width + 7) &^ 7
	out := Plane{Pix: make([]uint8, stride*height), Stride: stride, Width: width, Height: height, SubX: 1, SubY: 1}
	wide := make([]uint8, p.Width*p.SubX)
	for y := range height {
		copy(out.Pix[y*stride:][:width], p.Row(wide, y))
	}
	return out
}

// Row returns row y of the picture, as libjpeg enlarges planes (jdsample.c,
// "fancy upsampling"): where two pixels share a sample along an axis, a pixel takes
// 3/4 of the nearer one and 1/4 of the next nearest one. Other ratios repeat the
// samples. wide is memory for Width*SubX samples; a plane at the picture's size gives
// its own row instead.
func (p Plane) Row(wide []uint8, y int) []uint8 {
	near := p.row(y / p.SubY)
	far := p.row(y/2 + 2*(y%2) - 1) // the next nearest if SubY is 2
	switch {
	case p.SubX == 1 && p.SubY == 1:
		return near
	case p.SubX == 2 && p.SubY == 2 && p.Width > 2:
		widen(wide, near, far, 8, 7)
	case p.SubX == 2 && p.SubY == 1 && p.Width > 2:
		widen(wide, near, near, 4, 8)
	case p.SubX == 1 && p.SubY == 2:
		for x, v := range near {
			wide[x] = uint8((3*int(v) + int(far[x]) + 1 + y%2) >> 2)
		}
	default:
		for x := range wide {
			wide[x] = near[x/p.SubX]
		}
	}
	return wide
}

// widen makes two samples of each of a row: 9/16 of it, 3/16 of the one next to it,
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
