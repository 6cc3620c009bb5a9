package vp8

import "io"

// neighbour is what the macroblocks below one and on its right need to know of it.
type neighbour struct {
	modes  [4]uint8 // of subblocks
	luma   [4]uint8 // 1 where the block next to them has coefficients
	chroma [2][2]uint8
	dc     uint8 // the same of the block of luma's DCs, of the last macroblock that had one
}

// reader reads a frame's macroblocks.
type reader struct {
	*header
	tokens [blockKinds]positions
	above  []neighbour
	row    int // the next one
}

func newReader(h *header) *reader {
	r := &reader{header: h, above: make([]neighbour, h.across)}
	for kind := range r.tokens {
		r.tokens[kind] = h.probabilities.byPosition(kind)
	}
	return r
}

// read reads the next row of macroblocks.
func (r *reader) read(to *row) error {
	d := &r.partitions[r.row%len(r.partitions)]
	r.row++
	var left neighbour
	blocks := to.blocks
	for x := range to.macroblocks {
		m, above := &to.macroblocks[x], &r.above[x]
		r.parseModes(m, &above.modes, &left.modes)
		m.blocks = 0
		if !m.skipped {
			blocks = blocks[r.readBlocks(d, m, (*[24]block)(blocks), above, &left):]
			continue
		}
		for _, n := range []*neighbour{above, &left} {
			n.luma, n.chroma = [4]uint8{}, [2][2]uint8{}
			if m.luma != modeSubblocks {
				n.dc = 0
			}
		}
	}
	if d.dry || r.modes.dry {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// readBlocks reads the blocks of a macroblock and tells how many of them are not empty.
func (r *reader) readBlocks(d *boolDecoder, m *macroblock, blocks *[24]block, above, left *neighbour) int {
	q := &r.quantizers[m.segment]
	kind, first := lumaWithDC, 0
	var dcs block
	if m.luma != modeSubblocks {
		p := &r.tokens[lumaDC]
		context := above.dc + left.dc
		above.dc, left.dc = 0, 0
		if d.bit(p[0][context][0]) {
			d.readBlock(&dcs, p, context, 0, &q.lumaDC)
			dcs.inverseWalshHadamard()
			above.dc, left.dc = 1, 1
		}
		kind, first = lumaWithoutDC, 1
	}
	luma, used := d.readPlane(&r.tokens[kind], first, &q.luma, &dcs, blocks[:], above.luma[:], left.luma[:])
	cb, n := d.readPlane(&r.tokens[chroma], 0, &q.chroma, new(block), blocks[used:], above.chroma[0][:], left.chroma[0][:])
	used += n
	cr, n := d.readPlane(&r.tokens[chroma], 0, &q.chroma, new(block), blocks[used:], above.chroma[1][:], left.chroma[1][:])
	m.blocks = luma | cb<<32 | cr<<40
	return used + n
}

// readPlane reads the blocks of a plane, one for each of above and left, from a coefficient on. It puts those that are
// not empty into blocks, with a DC of dcs if the DC is not read, and tells what each has, as in macroblock, and how many there are.
func (d *boolDecoder) readPlane(
	probabilities *positions, first int, q *[2]int32, dcs *block, blocks []block, above, left []uint8,
) (has uint64, used int) {
	value, count, most := d.value, d.count, d.most
	i := 0
	for y, coded := range left {
		for x := range above {
			context := above[x] + coded
			if count < 0 {
				value, count = d.fill(value, count)
			}
			part, limit := split(most, probabilities[first&15][context][0])
			if value < limit { // most have no coefficients
				value, count, most = widen(value, count, part)
				coded = 0
				if dc := dcs[i&15]; dc != 0 {
					blocks[used] = block{dc}
					used++
					has |= blockDC << (2 * i)
				}
			} else {
				d.value, d.count, d.most = widen(value-limit, count, most-part-1)
				b := &blocks[used]
				*b = block{dcs[i&15]}
				end := d.readBlock(b, probabilities, context, first, q)
				value, count, most = d.value, d.count, d.most
				coded = 1
				used++
				switch {
				case end > 3:
					has |= blockFull << (2 * i)
				case end > 1:
					has |= blockFew << (2 * i)
				default:
					has |= blockDC << (2 * i)
				}
			}
			above[x] = coded
			i++
		}
		left[y] = coded
	}
	d.value, d.count, d.most = value, count, most
	return has, used
}
