package jpeg

import "io"

// How several CPUs decode a scan in Huffman codes without restart markers.
//
// Nothing says where in its data an MCU begins, and so one CPU would have to read them from
// the start. But Huffman codes synchronize themselves: a decoder that begins anywhere reads
// nonsense, and some MCUs later it happens to begin one where the right decoder does. From
// there on both read the same, since what bits mean depends on nothing but the place of the
// MCU's first one. Two sums are unknown to it: how many MCUs came before, and the DC
// predictions.
//
// So the data are cut into pieces. The MCUs of a piece are those that begin within it, and
// each CPU takes the next piece. It begins some MCUs ahead of it, as a guess, drops what
// begins before the piece, and keeps the coefficients of what begins in it. Then it waits
// until the piece before tells where its last MCU ended. If the guess began the piece at that
// same bit, it was right, and lacks only the sums, which are known by now; otherwise
// the piece is decoded again, from that bit. So chance decides on the time it takes and not
// on what comes out: the first piece begins at the true place, and each one tells the next.
//
// The inverse DCT follows on the same CPU, whose cache still has the coefficients.

const (
	// ahead is how many MCUs of average size a guess begins before its piece. In photographs
	// at 4:2:0 three suffice for every second guess, and twenty for 99 of 100; MCUs of fewer
	// blocks need less.
	ahead = 24
	// mostUnlucky is how many more guesses are wrong than right until nobody guesses any more.
	// Where components share their tables, as those of RGB and CMYK do, a guess that takes
	// one for another goes on like that.
	mostUnlucky = 3
)

// cuttable reports whether all of the picture is in the Huffman codes of one scan, with
// no marker in between.
func (f *File) cuttable() bool {
	h := &f.scans[0]
	return !f.progressive && !f.arithmetic && len(h.components) == len(f.components) && h.interval == 0 && h.bare
}

// cut gives the places where the n pieces of data begin, and the end.
func cut(data []byte, n int) []int {
	at := make([]int, n+1)
	for i := range at {
		at[i] = afterStuffing(data, i*len(data)/n)
	}
	return at
}

// afterStuffing is the place at, or the one behind it if a stuffed zero is there.
func afterStuffing(data []byte, at int) int {
	if at > 0 && data[at-1] == 0xff {
		return at + 1
	}
	return at
}

// reached is how far the MCUs of a scan are decoded.
type reached struct {
	mcus   int      // all before this one
	bits   int      // from the start of the next piece up to the end of the last MCU
	dcPred [4]int32 // after it
	dry    bool     // it took more bits than there were
}

// byPieces decodes the only scan of a frame.
func (d *decoder) byPieces(pieces []int, memory *coefficients) {
	n := len(pieces) - 1
	told := make([]chan reached, n+1) // before each piece, and at the end
	for i := range told {
		told[i] = make(chan reached, 1)
	}
	told[0] <- reached{}
	d.share(n, memory, func(p *partDecoder, k int) { d.piece(p, pieces, k, told[k], told[k+1]) })
	if len(told[n]) == 1 {
		d.fillUp(<-told[n])
	}
}

// piece decodes and transforms piece k, and tells what is reached with it. If there is an
// error in it, or before, it closes the channel without a word.
func (d *decoder) piece(p *partDecoder, pieces []int, k int, before <-chan reached, after chan<- reached) {
	defer close(after)
	if err := d.ctx.Err(); err != nil {
		d.fail(err)
		return
	}
	p.load(pieces, k)
	guess := -1
	if len(before) == 0 && d.unlucky.Load() < mostUnlucky {
		guess = p.guess()
		p.decode()
	}
	from, ok := <-before
	if !ok {
		return
	}
	if from.dry || from.mcus == p.layout.total { // what comes now belongs to no MCU
		p.clear()
		after <- from
		return
	}
	switch {
	case guess == from.bits:
		d.unlucky.Add(-1)
	case guess >= 0:
		d.unlucky.Add(1)
	}
	dc := from.dcPred // what the coefficients lack
	if guess != from.bits {
		p.clear()
		p.begin(p.start+from.bits, from.dcPred)
		p.decode()
		dc = [4]int32{}
	}
	for {
		to, ended := p.reached(from, dc)
		if ended {
			after <- to
		}
		d.place(p, from.mcus, to.mcus-from.mcus, dc)
		p.clear()
		if ended {
			return
		}
		from, dc = to, [4]int32{}
		p.dcPred = to.dcPred
		p.decode()
	}
}

// fillUp makes the MCUs grey that a scan lacks, if another marker ended it and not the
// file.
func (d *decoder) fillUp(end reached) {
	if end.dry && !d.scans[0].ended {
		d.fail(io.ErrUnexpectedEOF)
		return
	}
	layout := d.mcus()
	p := partDecoder{layout: layout, blocks: make([]block, len(layout.blocks)), last: make([]uint8, len(layout.blocks))}
	for m := end.mcus; m < layout.total; m++ {
		d.place(&p, m, 1, [4]int32{})
	}
}
