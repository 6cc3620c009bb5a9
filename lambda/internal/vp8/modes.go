package vp8

// Modes of prediction of a macroblock's luma and chroma (8.2).
const (
	modeDC         = iota
	modeVertical   // the row above
	modeHorizontal // the column on the left
	modeTrueMotion // what changes along them
	modeSubblocks  // luma only: each subblock has a mode of its own
)

// Modes of prediction of a subblock, 4x4 of luma: the four above, and directions in between (12.3).
const (
	subDC = iota
	subTrueMotion
	subVertical
	subHorizontal
	subLeftDown
	subRightDown
	subVerticalRight
	subVerticalLeft
	subHorizontalDown
	subHorizontalUp
	subblockModes // their number
)

// The trees of modes and, where they do not depend on anything, their probabilities (11.2 to 11.4).
var (
	lumaModeTree            = []int8{-modeSubblocks, 2, 4, 6, -modeDC, -modeVertical, -modeHorizontal, -modeTrueMotion}
	lumaModeProbabilities   = []uint8{145, 156, 163, 128}
	chromaModeTree          = []int8{-modeDC, 2, -modeVertical, 4, -modeHorizontal, -modeTrueMotion}
	chromaModeProbabilities = []uint8{142, 114, 183}
	subblockModeTree        = []int8{
		-subDC, 2, -subTrueMotion, 4, -subVertical, 6, 8, 12, -subHorizontal, 10, -subRightDown, -subVerticalRight,
		-subLeftDown, 14, -subVerticalLeft, 16, -subHorizontalDown, -subHorizontalUp,
	}
	segmentTree = []int8{2, 4, -0, -1, -2, -3} // 9.3
)

// subblockLike is the mode that a macroblock's subblocks count as having to their neighbours, where they have none
// of their own.
var subblockLike = [...]uint8{modeDC: subDC, modeVertical: subVertical, modeHorizontal: subHorizontal, modeTrueMotion: subTrueMotion}

// parseModes reads the modes of a macroblock (19.3). above holds those of the four subblocks above it and left of
// the four on its left; both get its own.
func (h *header) parseModes(m *macroblock, above, left *[4]uint8) {
	d := &h.modes
	m.segment = 0
	if h.segments.mapped {
		m.segment = d.tree(segmentTree, h.segments.probabilities[:])
	}
	m.skipped = h.skips && d.bit(h.skipFalse)
	m.luma = d.tree(lumaModeTree, lumaModeProbabilities)
	if m.luma == modeSubblocks {
		for y := range 4 {
			mode := left[y]
			for x := range 4 {
				mode = d.tree(subblockModeTree, subblockModeProbabilities[above[x]][mode][:])
				above[x] = mode
				m.subblocks[4*y+x] = mode
			}
			left[y] = mode
		}
	} else {
		like := subblockLike[m.luma]
		*above = [4]uint8{like, like, like, like}
		*left = *above
	}
	m.chroma = d.tree(chromaModeTree, chromaModeProbabilities)
}
