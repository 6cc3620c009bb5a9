package chroma

import "image"

// ratios are how many pixels share a chroma sample along x and y.
var ratios = map[image.YCbCrSubsampleRatio][2]int{
	image.YCbCrSubsampleRatio444: {1, 1},
	image.YCbCrSubsampleRatio422: {2, 1},
	image.YCbCrSubsampleRatio420: {2, 2},
	image.YCbCrSubsampleRatio440: {1, 2},
	image.YCbCrSubsampleRatio411: {4, 1},
	image.YCbCrSubsampleRatio410: {4, 2},
}

// subsampling is how many pixels share a chroma sample along x and y.
func subsampling(r image.YCbCrSubsampleRatio) (x, y int) {
	return ratios[r][0], ratios[r][1]
}

// RatioOf is Go's name for a subsampling, where it has one.
func RatioOf(x, y int) (r image.YCbCrSubsampleRatio, ok bool) {
	for r, sub := range ratios {
		if sub == [2]int{x, y} {
			return r, true
		}
	}
	return 0, false
}
