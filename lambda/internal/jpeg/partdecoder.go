package jpeg

// mcus is what the MCUs are of a scan of all components.
type mcus struct {
	total, across int
	blocks        []blockOfMCU // of each, in the order of the data
}

// blockOfMCU is a block's place among those of its component in an MCU.
type blockOfMCU struct {
	component    int
	x, y         int
	across, down int // how many there are
}

func (f *File) mcus() mcus {
	if len(f.components) == 1 { // each block is one
		c := &f.components[0]
		return mcus{c.across * c.down, c.across, []blockOfMCU{{across: 1, down: 1}}}
	}
	m := mcus{total: f.mcusAcross() * f.mcuRows(), across: f.mcusAcross()}
	for i, c := range f.components {
		for y := range c.v {
			for x := range c.h {
				m.blocks = append(m.blocks, blockOfMCU{i, x, y, c.h, c.v})
			}
		}
	}
	return m
}

// partDecoder decodes parts of a scan on one CPU: pieces (selfsync.go), or groups of
// intervals (groups.go).
type partDecoder struct {
	*scanDecoder
	layout mcus

	start, end int     // of the piece, in bits of the data that are loaded
	blocks     []block // of the MCUs that are decoded, one after the other; zero behind them
	last       []uint8
	decoded    int // MCUs
}

// newPartDecoders makes some that share the memory, and whose tables are yet to be made, by the
// CPU that each works on (prepare). There is room for four average parts
// of n in each, as some pieces of a picture are flat and have many MCUs, but no more for
// groups of long intervals.
func newPartDecoders(f *File, n, decoders int, memory *coefficients) []partDecoder {
	layout := f.mcus()
	room := 4 * min(ceilDiv(layout.total, n), partBlocks/len(layout.blocks)) * len(layout.blocks)
	memory.reserve(decoders * room)
	all := make([]partDecoder, decoders)
	for i := range all {
		all[i] = partDecoder{
			layout: layout,
			blocks: memory.blocks[i*room : (i+1)*room], last: memory.last[i*room : (i+1)*room],
		}
	}
	return all
}

// prepare is called before the first part of the file's scan.
func (p *partDecoder) prepare(f *File) { p.scanDecoder = newScanDecoder(f, &f.scans[0]) }

// load unstuffs the data of piece k, what a guess reads ahead of it, and its last MCU's
// behind it.
func (p *partDecoder) load(pieces []int, k int) {
	data := p.header.data
	start, end := pieces[k], pieces[k+1]
	guess := afterStuffing(data, max(start-ahead*len(data)/p.layout.total, 0))
	p.plain, _, _ = unstuff(p.plain[:0], data[guess:start])
	p.start = 8 * len(p.plain)
	p.plain, _, _ = unstuff(p.plain, data[start:end])
	p.end = 8 * len(p.plain)
	if end == len(data) {
		p.end++ // an MCU may begin behind the last bit, and lack data
	} else {
		p.plain, _, _ = unstuff(p.plain, data[end:min(end+2*overrun, len(data))])
	}
	p.data = p.plain[:len(p.plain)+overrun]
}

// at is the next bit.
func (p *partDecoder) at() int { return 8*p.pos - p.n }

// begin goes to the first bit of an MCU.
func (p *partDecoder) begin(bit int, dcPred [4]int32) {
	p.seek(bit / 8)
	p.pos, p.acc, p.n = refill(p.data, p.pos, p.acc, p.n)
	p.acc, p.n = p.acc<<uint(bit%8), p.n-bit%8
	p.dcPred = dcPred
}

// guess goes to the first MCU of the piece, or where one seems to begin, and says how many
// bits behind the piece's start that is.
func (p *partDecoder) guess() int {
	p.begin(0, [4]int32{})
	var dropped block
	var last uint8
	for p.at() < p.start {
		for _, b := range p.layout.blocks {
			p.sequential(&dropped, &last, b.component)
		}
	}
	p.dcPred = [4]int32{}
	return p.at() - p.start
}

// decode decodes the MCUs that begin in the piece, as far as there is room.
func (p *partDecoder) decode() {
	n := 0 // not p.decoded, whose cache line is the next decoder's too
	for at := 0; p.at() < p.end && at < len(p.blocks); n++ {
		for _, b := range p.layout.blocks {
			p.sequential(&p.blocks[at], &p.last[at], b.component)
			at++
		}
	}
	p.decoded = n
}

// reached adds what is decoded to what was reached before, as far as the scan has MCUs,
// and says whether nothing more is to come in this piece. The predictions lack dc.
func (p *partDecoder) reached(before reached, dc [4]int32) (to reached, ended bool) {
	to.mcus = min(before.mcus+p.decoded, p.layout.total)
	to.bits = p.at() - p.end
	for i := range dc {
		to.dcPred[i] = p.dcPred[i] + dc[i]
	}
	to.dry = p.past(len(p.plain)) && to.mcus == before.mcus+p.decoded
	return to, p.at() >= p.end || to.mcus == p.layout.total
}

// clear makes room.
func (p *partDecoder) clear() {
	n := p.decoded * len(p.layout.blocks)
	clear(p.blocks[:n])
	clear(p.last[:n])
	p.decoded = 0
}

// place transforms the first n MCUs of p, of which the first is MCU first of the scan, after dc
// is added to their DC coefficients. That comes first for all, as the transform would wait for
// each sum to leave the CPU behind the samples.
func (d *decoder) place(p *partDecoder, first, n int, dc [4]int32) {
	l := &p.layout
	if dc != [4]int32{} {
		for at := 0; at < n*len(l.blocks); {
			for _, b := range l.blocks {
				p.blocks[at][0] += int16(dc[b.component])
				at++
			}
		}
	}
	for at := 0; n > 0; {
		x, y := first%l.across, first/l.across
		m := min(n, l.across-x) // those in this row
		d.placeRow(p, at, x, y, m)
		first, n, at = first+m, n-m, at+m*len(l.blocks)
	}
}

// placeRow transforms the n MCUs from column x of row y, whose blocks begin at that place.
func (d *decoder) placeRow(p *partDecoder, at, x, y, n int) {
	l := &p.layout
	for i, b := range l.blocks {
		c, plane := &d.components[b.component], &d.samples.Planes[b.component]
		row := y*b.down + b.y
		if row >= c.down {
			continue
		}
		pix := plane.Pix[8*row*plane.Stride:]
		from, column := at+i, x*b.across+b.x
		for range n {
			if column >= c.across {
				break
			}
			inverse(pix[8*column:], plane.Stride, &p.blocks[from], c.quant, p.last[from])
			from, column = from+len(l.blocks), column+b.across
		}
	}
}
