package jpeg

import "sync"

// scanDecoder decodes the entropy-coded data of one scan.
type scanDecoder struct {
	bitReader
	file   *File
	header *scanHeader
	decode func(s *scanDecoder, b *block, last *uint8, i int)
	dc, ac [4]*huffman // by component of the scan

	ends   []int // of the intervals between restart markers, in bitReader.data
	left   int   // MCUs in this interval
	dry    bool  // this interval has no data any more; its blocks stay as they are
	ranDry bool  // some interval had too little
	dcPred [4]int32
	eobRun int // blocks whose band has no new coefficients (EOBRUN)

	tables [8]huffman
	buffer []byte
}

// scanDecoders are used again: one takes some 40 kB and the length of its data. All
// scans of a progressive picture are decoded at the same time, while a slot keeps one
// value, so that they are in a pool.
var scanDecoders = sync.Pool{New: func() any { return new(scanDecoder) }}

func newScanDecoder(f *File, h *scanHeader) *scanDecoder {
	s := scanDecoders.Get().(*scanDecoder)
	s.file, s.header = f, h
	s.buffer, s.ends = unstuff(s.buffer, h.data)
	s.data = s.buffer
	s.startInterval(0)
	switch {
	case !f.progressive:
		s.decode = (*scanDecoder).sequential
	case h.start == 0 && h.high == 0:
		s.decode = (*scanDecoder).firstDC
	case h.start == 0:
		s.decode = (*scanDecoder).refineDC
	case h.high == 0:
		s.decode = (*scanDecoder).firstAC
	default:
		s.decode = (*scanDecoder).refineAC
	}
	for i := range h.components {
		if h.start == 0 && h.high == 0 {
			s.dc[i] = &s.tables[i]
			s.dc[i].build(h.dc[i])
		}
		if h.end > 0 {
			s.ac[i] = &s.tables[4+i]
			s.ac[i].build(h.ac[i])
		}
	}
	return s
}

// release keeps the scan's memory for another one, and lets go of its file.
func (s *scanDecoder) release() {
	if cap(s.buffer) > mostKept {
		s.buffer = nil
	}
	*s = scanDecoder{buffer: s.buffer}
	scanDecoders.Put(s)
}

func (s *scanDecoder) startInterval(pos int) {
	s.seek(pos)
	s.left, s.dry, s.dcPred, s.eobRun = s.header.interval, false, [4]int32{}, 0
}

// row decodes the blocks in one row of MCUs of the frame.
func (s *scanDecoder) row(y int, into *strip) {
	if len(s.header.components) == 1 {
		s.rowOfOne(y, into)
		return
	}
	for x := range s.file.mcusAcross() {
		if !s.nextMCU() {
			continue
		}
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
				at := v*comp.stride + x
				s.decode(s, &into.blocks[c][at], &into.last[c][at], 0)
				s.checkDry()
			}
		}
	}
}

// nextMCU goes over a restart marker where one is due. It reports whether there is
// data for the next MCU.
func (s *scanDecoder) nextMCU() bool {
	if s.header.interval > 0 {
		if s.left == 0 && len(s.ends) > 1 {
			next := s.ends[0]
			s.ends = s.ends[1:]
			s.startInterval(next)
		}
		s.left--
	}
	return !s.dry
}

// checkDry notices that an MCU took more bits than there were. As in libjpeg,
// the rest of its interval has none.
func (s *scanDecoder) checkDry() {
	if s.past(s.ends[0]) {
		s.dry, s.ranDry = true, true
	}
}
