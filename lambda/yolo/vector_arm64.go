//go:build !purego

package yolo

// resizePixels is resizeRowPlain for a number of output pixels of n taps each, both at
// least 1; shift is below 32.
//
//go:noescape
func resizePixels(dst *uint16, src *uint8, first *int32, weights *uint32, outputs, n int, round, shift uint32)

func vectorRowResizer(columns taps, width int, a arithmetic) rowResizer {
	outputs := len(columns.first)
	if outputs == 0 {
		return plainRowResizer(columns, width, a)
	}
	return func(dst []uint16, src []uint8) {
		// first never falls, so that its ends are enough to check.
		_, _ = src[4*columns.first[0]], src[4*(int(columns.first[outputs-1])+columns.n)-1]
		_, _ = dst[4*outputs-1], columns.weights[outputs*columns.n-1]
		resizePixels(&dst[0], &src[0], &columns.first[0], &columns.weights[0], outputs, columns.n, a.rowRound, a.rowShift)
	}
}
