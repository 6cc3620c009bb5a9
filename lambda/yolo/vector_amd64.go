//go:build !purego

package yolo

// resizePairs is resizeRowPlain for pairs of output pixels. Each takes so many times four
// taps. Their weights, of at most 22 bits, come in halves, since the multiplication of
// words with a sum of 32 bits is the fast one: the lower 11 bits of four and the upper ones,
// of the one output and of the other. pairs and fours are at least 1; shift is below 32.
//
//go:noescape
func resizePairs(dst *uint16, src *uint8, first *int32, weights *int16, pairs, fours int, round, shift uint32)

func vectorRowResizer(columns taps, width int, a arithmetic) rowResizer {
	fours, pairs := (columns.n+3)/4, len(columns.first)/2
	if width < 4*fours || pairs == 0 {
		return plainRowResizer(columns, width, a)
	}
	first, weights := make([]int32, 2*pairs), make([]int16, 2*pairs*fours*8)
	for x := range first {
		t := columns.of(x)
		// Taps that fill the last four up must not be behind the row's end.
		at := min(t.first, width-4*fours)
		first[x] = int32(at)
		for k, weight := range t.weights {
			k += t.first - at
			halves := weights[((x/2*fours+k/4)*2+x%2)*8+k%4:]
			halves[0], halves[4] = int16(weight&(1<<11-1)), int16(weight>>11)
		}
	}
	return func(dst []uint16, src []uint8) {
		// first never falls, so that its ends are enough to check.
		_, _ = src[4*first[0]], src[4*(int(first[2*pairs-1])+4*fours)-1]
		_ = dst[4*2*pairs-1]
		resizePairs(&dst[0], &src[0], &first[0], &weights[0], pairs, fours, a.rowRound, a.rowShift)
		resizeRowPlain(dst, src, columns, 2*pairs, a.rowRound, a.rowShift)
	}
}
