package jpeg

// Upsample returns the plane at the picture's size, as libjpeg enlarges it
// (jdsample.c, "fancy upsampling"): where two pixels share a sample along an
// axis, a pixel takes 3/4 of the nearer one and 1/4 of the next nearest one.
// Other ratios repeat the samples. All components of a file then have rows of the
// same stride.
func (p Plane) Upsample(width, height int) Plane {
	if p.SubX == 1 && p.SubY == 1 {
		return p
	}
	stride := 8 * ceilDiv(width, 8) // that of a component which is at the picture's size already
	out := Plane{Pix: make([]uint8, stride*height), Stride: stride, Width: width, Height: height, SubX: 1, SubY: 1}
	wide := make([]uint8, p.Width*p.SubX)
	sums := make([]int, p.Width)
	for y := range height {
		near := p.row(y / p.SubY)
		far := p.row(y/2 + 2*(y%2) - 1) // the next nearest if SubY is 2
		switch {
		case p.SubX == 2 && p.SubY == 2 && p.Width > 2:
			for x := range sums {
				sums[x] = 3*int(near[x]) + int(far[x])
			}
			double(wide, sums, 8, 7, 4)
		case p.SubX == 2 && p.SubY == 1 && p.Width > 2:
			for x := range sums {
				sums[x] = int(near[x])
			}
			double(wide, sums, 1, 2, 2)
		case p.SubX == 1 && p.SubY == 2:
			for x := range wide {
				wide[x] = uint8((3*int(near[x]) + int(far[x]) + 1 + y%2) >> 2)
			}
		default:
			for x := range wide {
				wide[x] = near[x/p.SubX]
			}
		}
		copy(out.Pix[y*stride:][:width], wide)
	}
	return out
}

// row is a row of samples; the edge goes on outside.
func (p Plane) row(y int) []uint8 {
	return p.Pix[min(max(y, 0), p.Height-1)*p.Stride:][:p.Width]
}

// double makes two samples of each in row: the left one rounded by left, the
// right one by right.
func double(dst []uint8, row []int, left, right, shift int) {
	last := len(row) - 1
	for x, v := range row {
		dst[2*x] = uint8((3*v + row[max(x-1, 0)] + left) >> shift)
		dst[2*x+1] = uint8((3*v + row[min(x+1, last)] + right) >> shift)
	}
}
