package vp8

// limits decide how the edges of a macroblock are filtered (15.2 to 15.4).
type limits struct {
	edge     uint8 // what may be between the two sides, of edges of macroblocks; 4 less of those of subblocks. 0 for no filter
	interior uint8 // what may be between neighbours on either side
	variance uint8 // beyond it between the nearest two of a side, only the nearest is changed
}

// limits are those of macroblocks of a segment (9.6).
func (h *header) limits(segment int, subblocks bool) limits {
	level := h.filter.level
	if h.segments.on {
		level = h.segments.filterLevel[segment]
		if !h.segments.absolute {
			level += h.filter.level
		}
	}
	if h.filter.adjusted {
		level += h.filter.keyFrame
		if subblocks {
			level += h.filter.subblocks
		}
	}
	level = min(max(level, 0), 63)
	if level == 0 || h.filter.level == 0 {
		return limits{}
	}
	interior := level
	if s := h.filter.sharpness; s > 0 {
		if interior /= 2; s > 4 {
			interior /= 2
		}
		interior = min(interior, 9-s)
	}
	interior = max(interior, 1)
	variance := 0
	switch {
	case level >= 40:
		variance = 2
	case level >= 15:
		variance = 1
	}
	return limits{uint8(2*(level+2) + interior), uint8(interior), uint8(variance)}
}

// An edge is 16 samples long: twice 8, from pix[a] and from pix[b] on, which are the first behind it. Along it the next
// sample is along further, across it across.

// filterEdge filters an edge of macroblocks, or with inner one of subblocks (15.3).
var filterEdge = filterEdgePlain

func filterEdgePlain(pix []uint8, a, b, along, across int, l limits, inner bool) {
	for _, at := range [...]int{a, b} {
		for range 8 {
			filterNormal(pix, at, across, l, inner)
			at += along
		}
	}
}

// filterNormal filters across the edge before pix[at].
func filterNormal(pix []uint8, at, across int, l limits, inner bool) {
	sample := func(i int) int32 { return int32(pix[at+i*across]) }
	p3, p2, p1, p0 := sample(-4), sample(-3), sample(-2), sample(-1)
	q0, q1, q2, q3 := sample(0), sample(1), sample(2), sample(3)
	if 2*abs(p0-q0)+abs(p1-q1)/2 > int32(l.edge) ||
		max(abs(p3-p2), abs(p2-p1), abs(p1-p0), abs(q1-q0), abs(q2-q1), abs(q3-q2)) > int32(l.interior) {
		return
	}
	switch {
	case max(abs(p1-p0), abs(q1-q0)) > int32(l.variance):
		common(pix, at, across, 3*(q0-p0)+clampSigned(p1-q1))
	case inner:
		a := (common(pix, at, across, 3*(q0-p0)) + 1) >> 1
		pix[at-2*across], pix[at+across] = uint8(clamp(p1+a)), uint8(clamp(q1-a))
	default:
		w := clampSigned(3*(q0-p0) + clampSigned(p1-q1))
		a := (27*w + 63) >> 7
		pix[at-across], pix[at] = uint8(clamp(p0+a)), uint8(clamp(q0-a))
		a = (18*w + 63) >> 7
		pix[at-2*across], pix[at+across] = uint8(clamp(p1+a)), uint8(clamp(q1-a))
		a = (9*w + 63) >> 7
		pix[at-3*across], pix[at+2*across] = uint8(clamp(p2+a)), uint8(clamp(q2-a))
	}
}

// common brings the two samples next to the edge nearer to one another and tells by how much the second was changed (15.2).
func common(pix []uint8, at, across int, w int32) int32 {
	a, b := min(clampSigned(w)+4, 127)>>3, min(clampSigned(w)+3, 127)>>3
	pix[at-across], pix[at] = uint8(clamp(int32(pix[at-across])+b)), uint8(clamp(int32(pix[at])-a))
	return a
}

// filterSimple filters an edge of luma as frames ask for that are to be decoded in less time (15.2).
func filterSimple(pix []uint8, at, along, across int, edge uint8) {
	for range 16 {
		p1, p0, q0, q1 := int32(pix[at-2*across]), int32(pix[at-across]), int32(pix[at]), int32(pix[at+across])
		if 2*abs(p0-q0)+abs(p1-q1)/2 <= int32(edge) {
			common(pix, at, across, 3*(q0-p0)+clampSigned(p1-q1))
		}
		at += along
	}
}

func abs(v int32) int32 { return max(v, -v) }

// clampSigned brings a difference of samples into eight bits.
func clampSigned(v int32) int32 { return min(max(v, -128), 127) }
