package jpeg

import (
	"slices"
	"sync"
)

// scanDecoder decodes the entropy-coded data of one scan.
type scanDecoder struct {
	bitReader
	file   *File
	header *scanHeader
	decode func(s *scanDecoder, b *block, last *uint8, i int)
	dc, ac [4]*huffman // by component of the scan
	twos   [4]*pairs   // beside ac, of a frame that is not progressive
	arith  arithmetic  // instead of Huffman tables

	interval
	good   int  // the last row of MCUs that had data
	left   int  // MCUs up to the next restart marker
	dry    bool // this interval has no data any more; its blocks stay as they are
	ranDry bool // it was the file that ended
	dcPred [4]int32
	eobRun int // blocks whose band has no new coefficients (EOBRUN)

	tables [8]huffman
	pairs  [4]*pairs // memory for twos
}

// scanDecoders are used again: one takes some 35 kB, 16 more for pairs, and the length of its data. All
// scans of a progressive picture are decoded at the same time, while a slot keeps one
// value, so that they are in a pool.
var scanDecoders = sync.Pool{New: func() any { return new(scanDecoder) }}

func newScanDecoder(f *File, h *scanHeader) *scanDecoder {
	s := scanDecoders.Get().(*scanDecoder)
	s.file, s.header = f, h
	s.rest, s.ended = h.data, h.ended
	s.decode = s.decoderOf(f, h)
	if f.arithmetic {
		return s
	}
	for i := range h.components {
		if h.start == 0 && h.high == 0 {
			s.dc[i] = &s.tables[i]
			s.dc[i].build(h.dc[i])
		}
		if h.end > 0 {
			s.buildAC(i)
		}
	}
	return s
}

// buildAC makes the tables of component i, unless it shares those of one before it.
func (s *scanDecoder) buildAC(i int) {
	h := s.header
	if same := slices.Index(h.ac, h.ac[i]); same < i {
		s.ac[i], s.twos[i] = s.ac[same], s.twos[same]
		return
	}
	s.ac[i] = &s.tables[4+i]
	s.ac[i].build(h.ac[i])
	if s.file.progressive {
		return
	}
	if s.pairs[i] == nil {
		s.pairs[i] = new(pairs)
	}
	s.twos[i] = s.pairs[i]
	s.twos[i].build(s.ac[i])
}

// decoderOf chooses what decodes a block of the scan.
func (s *scanDecoder) decoderOf(f *File, h *scanHeader) func(s *scanDecoder, b *block, last *uint8, i int) {
	first := h.high == 0
	switch {
	case !f.progressive && f.arithmetic:
		return (*scanDecoder).arithSequential
	case !f.progressive:
		return (*scanDecoder).sequential
	case h.start == 0 && first && f.arithmetic:
		return (*scanDecoder).arithFirstDC
	case h.start == 0 && first:
		return (*scanDecoder).firstDC
	case h.start == 0 && f.arithmetic:
		return (*scanDecoder).arithRefineDC
	case h.start == 0:
		return (*scanDecoder).refineDC
	case first && f.arithmetic:
		return (*scanDecoder).arithFirstAC
	case first:
		return (*scanDecoder).firstAC
	case f.arithmetic:
		return (*scanDecoder).arithRefineAC
	}
	return (*scanDecoder).refineAC
}

// release keeps the scan's memory for another one, and lets go of its file.
func (s *scanDecoder) release() {
	plain := s.plain
	if cap(plain) > mostKept {
		plain = nil
	}
	*s = scanDecoder{interval: interval{plain: plain}, pairs: s.pairs}
	scanDecoders.Put(s)
}

// row decodes the blocks in one row of MCUs of the frame.
func (s *scanDecoder) row(y int, into *strip) {
	if s.file.arithmetic { // whose codes never lack data
		s.good = y
	}
	if len(s.header.components) == 1 {
		s.rowOfOne(y, into)
		return
	}
	for x := range s.file.mcusAcross() {
		if !s.nextMCU() {
			continue
		}
		s.good = y
		for i, c := range s.header.components {
			comp := &s.file.components[c]
			for v := range comp.v {
				at := v*comp.stride + x*comp.h
				for h := range comp.h {
					s.decode(s, &into.blocks[c][at+h], &into.last[c][at+h], i)
				}
			}
		}
		s.checkDry()
	}
}

// rowOfOne is row for a scan of one component, in which each block is an MCU,
// and those beyond the component's edge are left out.
func (s *scanDecoder) rowOfOne(y int, into *strip) {
	c := s.header.components[0]
	comp := &s.file.components[c]
	for v := range min(comp.v, comp.down-y*comp.v) {
		for x := range comp.across {
			if s.nextMCU() {
				s.good = y
				at := v*comp.stride + x
				s.decode(s, &into.blocks[c][at], &into.last[c][at], 0)
				s.checkDry()
			}
		}
	}
}
