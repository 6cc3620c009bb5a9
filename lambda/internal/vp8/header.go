package vp8

import "io"

// header is what a frame says before its macroblocks.
type header struct {
	across, down  int           // macroblocks
	modes         boolDecoder   // the first partition, behind the header
	partitions    []boolDecoder // of the coefficients: row n is in partition n mod their number
	segments      segmentHeader
	filter        filterHeader
	quantizers    [maxSegments]quantizer
	probabilities coefficientProbabilities
	skips         bool  // macroblocks without coefficients may be marked
	skipFalse     uint8 // probability that one is not
}

// maxSegments is how many segments, kinds of macroblocks, there may be.
const maxSegments = 4

// segmentHeader says how macroblocks of a segment differ from others (9.3).
type segmentHeader struct {
	on            bool
	mapped        bool // each macroblock says which segment it is in; otherwise all are in the first
	absolute      bool // a segment's numbers stand for the frame's; otherwise they are added
	quantizer     [maxSegments]int
	filterLevel   [maxSegments]int
	probabilities [maxSegments - 1]uint8
}

// filterHeader is about the loop filter (9.3, 9.6).
type filterHeader struct {
	simple    bool
	level     int // 0 for no filter at all
	sharpness int
	adjusted  bool // by kind of macroblock
	keyFrame  int  // is added to the level of all
	subblocks int  // is added to that of macroblocks whose subblocks have modes of their own
}

// parseHeader reads what the first partition begins with (9.2 to 9.11). Behind that partition are the others.
func parseHeader(f *Frame) (*header, error) {
	if f.first > len(f.data) {
		return nil, io.ErrUnexpectedEOF
	}
	modes, err := newBoolDecoder(f.data[:f.first])
	if err != nil {
		return nil, err
	}
	h := &header{
		across: (f.Width + 15) / 16, down: (f.Height + 15) / 16,
		modes: modes, probabilities: defaultProbabilities,
	}
	d := &h.modes
	d.flag() // colour space
	d.flag() // whether samples need not be clamped, which they are anyway
	h.segments = parseSegmentHeader(d)
	h.filter = parseFilterHeader(d)
	if err := h.split(1<<d.number(2), f.data[f.first:]); err != nil {
		return nil, err
	}
	h.parseQuantizers()
	d.flag() // whether the next frame has these probabilities
	h.updateProbabilities()
	if h.skips = d.flag(); h.skips {
		h.skipFalse = uint8(d.number(8))
	}
	if d.dry {
		return nil, io.ErrUnexpectedEOF
	}
	return h, nil
}

func parseSegmentHeader(d *boolDecoder) segmentHeader {
	s := segmentHeader{on: d.flag(), absolute: true, probabilities: [...]uint8{255, 255, 255}}
	if !s.on {
		return s
	}
	s.mapped = d.flag()
	if d.flag() {
		s.absolute = d.flag()
		for i := range s.quantizer {
			s.quantizer[i] = d.optional(7)
		}
		for i := range s.filterLevel {
			s.filterLevel[i] = d.optional(6)
		}
	}
	if s.mapped {
		for i := range s.probabilities {
			if d.flag() {
				s.probabilities[i] = uint8(d.number(8))
			}
		}
	}
	return s
}

func parseFilterHeader(d *boolDecoder) filterHeader {
	f := filterHeader{simple: d.flag(), level: d.number(6), sharpness: d.number(3), adjusted: d.flag()}
	if f.adjusted && d.flag() {
		f.keyFrame = d.optional(6)
		for range 3 { // other reference frames
			d.optional(6)
		}
		f.subblocks = d.optional(6)
		for range 3 { // other modes of frames that are not key frames
			d.optional(6)
		}
	}
	return f
}

// split divides what follows the first partition into n others (9.5): their lengths, but for the last one's, come
// before them.
func (h *header) split(n int, data []byte) error {
	lengths := 3 * (n - 1)
	if lengths > len(data) {
		return io.ErrUnexpectedEOF
	}
	rest := data[lengths:]
	for i := range n {
		length := len(rest)
		if i < n-1 {
			length = int(data[3*i]) | int(data[3*i+1])<<8 | int(data[3*i+2])<<16
		}
		if length > len(rest) {
			return io.ErrUnexpectedEOF
		}
		partition, err := newBoolDecoder(rest[:length])
		if err != nil {
			return err
		}
		h.partitions = append(h.partitions, partition)
		rest = rest[length:]
	}
	return nil
}

// updateProbabilities changes those of coefficients as the frame says (13.4).
func (h *header) updateProbabilities() {
	for i := range h.probabilities {
		for j := range h.probabilities[i] {
			for k := range h.probabilities[i][j] {
				for l := range h.probabilities[i][j][k] {
					if h.modes.bit(updateProbabilities[i][j][k][l]) {
						h.probabilities[i][j][k][l] = uint8(h.modes.number(8))
					}
				}
			}
		}
	}
}
