package jpeg

// mcus is what the MCUs are of a scan of all components.
type mcus struct {
	total, across int
	h, v          [4]int // blocks of each component
	blocks        int    // of all
}

func (f *File) mcus() mcus {
	if len(f.components) == 1 { // each block is one
		c := &f.components[0]
		return mcus{c.across * c.down, c.across, [4]int{1}, [4]int{1}, 1}
	}
	m := mcus{total: f.mcusAcross() * f.mcuRows(), across: f.mcusAcross()}
	for i, c := range f.components {
		m.h[i], m.v[i] = c.h, c.v
		m.blocks += c.h * c.v
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

// newPartDecoders makes some that share the memory. There is room for four average parts
// of n in each, as some pieces of a picture are flat and have many MCUs, but no more for
// groups of long intervals.
func newPartDecoders(f *File, n, decoders int, memory *coefficients) []partDecoder {
	layout := f.mcus()
	room := 4 * min(ceilDiv(layout.total, n), partBlocks/layout.blocks) * layout.blocks
	memory.reserve(decoders * room)
	all := make([]partDecoder, decoders)
	for i := range all {
		all[i] = partDecoder{
			scanDecoder: newScanDecoder(f, &f.scans[0]), layout: layout,
			blocks: memory.blocks[i*room : (i+1)*room], last: memory.last[i*room : (i+1)*room],
		}
	}
	return all
}

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
		for i := range p.file.components {
			for range p.layout.h[i] * p.layout.v[i] {
				p.sequential(&dropped, &last, i)
			}
		}
	}
	p.dcPred = [4]int32{}
	return p.at() - p.start
}

// decode decodes the MCUs that begin in the piece, as far as there is room.
func (p *partDecoder) decode() {
	for at := 0; p.at() < p.end && at < len(p.blocks); p.decoded++ {
		for i := range p.file.components {
			for range p.layout.h[i] * p.layout.v[i] {
				p.sequential(&p.blocks[at], &p.last[at], i)
				at++
			}
		}
	}
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
	n := p.decoded * p.layout.blocks
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
		at := 0
		for range n {
			for i := range d.components {
				for range l.h[i] * l.v[i] {
					p.blocks[at][0] += int16(dc[i])
					at++
				}
			}
		}
	}
	at := 0
	for m := first; m < first+n; m++ {
		x, y := m%l.across, m/l.across
		for i := range d.components {
			c, plane := &d.components[i], &d.samples.Planes[i]
			for v := range l.v[i] {
				row := y*l.v[i] + v
				for h := range l.h[i] {
					if column := x*l.h[i] + h; column < c.across && row < c.down {
						inverse(plane.Pix[8*(row*plane.Stride+column):], plane.Stride, &p.blocks[at], c.quant, p.last[at])
					}
					at++
				}
			}
		}
	}
}
