package vp8

import "encoding/binary"

// reconstructor makes samples of macroblocks.
type reconstructor struct {
	*header
	*planes
	kinds     [2 * maxSegments]limits // of segments, of macroblocks without and with subblocks' modes
	filtering []filtering             // of all macroblocks
	rows      int                     // of macroblocks that are made
}

// filtering says how the edges of a macroblock are filtered.
type filtering struct {
	kind  uint8 // of reconstructor.kinds
	inner bool  // those between subblocks too
}

func newReconstructor(h *header) *reconstructor {
	r := &reconstructor{header: h, planes: newPlanes(h.across, h.down), filtering: make([]filtering, h.across*h.down)}
	for i := range r.kinds {
		r.kinds[i] = h.limits(i/2, i%2 == 1)
	}
	return r
}

// row makes the samples of the next row of macroblocks, and filters the row above, which they were predicted from.
func (r *reconstructor) row(from *row) {
	y := r.rows
	blocks := from.blocks
	for x := range from.macroblocks {
		m := &from.macroblocks[x]
		blocks = blocks[r.macroblock(x, y, m, blocks):]
		subblocks := m.luma == modeSubblocks
		kind := 2 * m.segment
		if subblocks {
			kind++
		}
		r.filtering[y*r.across+x] = filtering{kind, subblocks || m.blocks != 0}
	}
	if y > 0 {
		r.filterRow(y - 1)
	}
	if r.rows++; r.rows == r.down {
		r.filterRow(y)
	}
}

// final is how many rows of pixels will not change any more. The filter of an edge changes three samples on either side,
// which are six pixels of chroma, and the next row of chroma is part of a pixel too.
func (r *reconstructor) final() int {
	if r.rows == r.down {
		return 16 * r.rows
	}
	return max(16*(r.rows-1)-8, 0)
}

// macroblock predicts a macroblock and adds its coefficients, and tells how many blocks they are.
func (r *reconstructor) macroblock(x, y int, m *macroblock, blocks []block) int {
	stride := r.luma
	at := r.starts[ofLuma] + 16*y*stride + 16*x
	used := 0
	if m.luma != modeSubblocks {
		predict(m.luma, r.pix, at, stride, 16, y > 0, x > 0)
		for i := range 16 {
			used += add(m.blocks>>(2*i)&3, blocks[used:], r.pix[at+i/4*4*stride+i%4*4:], stride)
		}
	} else {
		if y > 0 && x == r.across-1 { // the columns beyond the frame repeat the last sample
			last := uint32(r.pix[at-stride+15])
			binary.LittleEndian.PutUint32(r.pix[at-stride+16:], 0x01010101*last)
		}
		beyond := binary.LittleEndian.Uint32(r.pix[at-stride+16:])
		for i, mode := range m.subblocks {
			at := at + i/4*4*stride + i%4*4
			right := beyond // of the macroblock above, for all rows
			if i%4 < 3 {
				right = binary.LittleEndian.Uint32(r.pix[at-stride+4:])
			}
			predictSubblock(mode, r.pix, at, stride, right)
			used += add(m.blocks>>(2*i)&3, blocks[used:], r.pix[at:], stride)
		}
	}
	stride = r.chroma
	for i, plane := range [...]int{ofCb, ofCr} {
		at := r.starts[plane] + 8*y*stride + 8*x
		predict(m.chroma, r.pix, at, stride, 8, y > 0, x > 0)
		has := m.blocks >> (32 + 8*i)
		for j := range 4 {
			used += add(has>>(2*j)&3, blocks[used:], r.pix[at+j/2*4*stride+j%2*4:], stride)
		}
	}
	return used
}

// add adds to 4x4 samples the first of the blocks, if there is one for them, and tells whether there was: 1 or 0.
func add(has uint64, blocks []block, pix []uint8, stride int) int {
	switch has {
	case blockEmpty:
		return 0
	case blockDC:
		addDC(pix, stride, &blocks[0])
	default:
		addBlock(pix, stride, &blocks[0])
	}
	return 1
}

// filterRow filters the edges of a row of macroblocks: of each the left one, those between its columns of subblocks,
// the upper one, those between rows (15.1).
func (r *reconstructor) filterRow(y int) {
	if r.filter.level == 0 {
		return
	}
	for x, e := range r.filtering[y*r.across:][:r.across] {
		l := r.kinds[e.kind]
		switch {
		case l.edge == 0:
		case r.filter.simple:
			r.filterSimple(x, y, l, e.inner)
		default:
			r.filterNormal(x, y, l, e.inner)
		}
	}
}

func (r *reconstructor) filterNormal(x, y int, l limits, inner bool) {
	luma, chroma := r.luma, r.chroma
	at := r.starts[ofLuma] + 16*y*luma + 16*x
	cb, cr := r.starts[ofCb]+8*y*chroma+8*x, r.starts[ofCr]+8*y*chroma+8*x
	within := l
	within.edge -= 4
	if x > 0 {
		filterEdge(r.pix, at, at+8*luma, luma, 1, l, false)
		filterEdge(r.pix, cb, cr, chroma, 1, l, false)
	}
	if inner {
		for i := 4; i < 16; i += 4 {
			filterEdge(r.pix, at+i, at+i+8*luma, luma, 1, within, true)
		}
		filterEdge(r.pix, cb+4, cr+4, chroma, 1, within, true)
	}
	if y > 0 {
		filterEdge(r.pix, at, at+8, 1, luma, l, false)
		filterEdge(r.pix, cb, cr, 1, chroma, l, false)
	}
	if inner {
		for i := 4; i < 16; i += 4 {
			filterEdge(r.pix, at+i*luma, at+i*luma+8, 1, luma, within, true)
		}
		filterEdge(r.pix, cb+4*chroma, cr+4*chroma, 1, chroma, within, true)
	}
}

func (r *reconstructor) filterSimple(x, y int, l limits, inner bool) {
	at := r.starts[ofLuma] + 16*y*r.luma + 16*x
	if x > 0 {
		filterSimple(r.pix, at, r.luma, 1, l.edge)
	}
	for i := 4; inner && i < 16; i += 4 {
		filterSimple(r.pix, at+i, r.luma, 1, l.edge-4)
	}
	if y > 0 {
		filterSimple(r.pix, at, 1, r.luma, l.edge)
	}
	for i := 4; inner && i < 16; i += 4 {
		filterSimple(r.pix, at+i*r.luma, 1, r.luma, l.edge-4)
	}
}
