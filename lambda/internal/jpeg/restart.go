package jpeg

import "errors"

// interval is the data between two restart markers.
type interval struct {
	plain   []byte // of this one, from unstuff
	marker  byte   // that ends it; 0 at the end of the scan's data
	rest    []byte // of the scan's data, behind the marker
	ended   bool   // a marker follows the scan's data, not the end of the file
	restart byte   // number of the next restart marker, 0 to 7
}

// nextInterval goes on behind the marker.
func (s *scanDecoder) nextInterval() {
	s.plain, s.marker, s.rest = unstuff(s.plain[:0], s.rest)
	s.data, s.dry = s.plain[:len(s.plain)+overrun], false
	s.seek(0)
	s.startInterval()
}

// startInterval sets what each interval starts with. T.81, E.2.4.
func (s *scanDecoder) startInterval() {
	s.left, s.dcPred, s.eobRun = s.header.interval, [4]int32{}, 0
	if s.file.arithmetic {
		s.arith.start()
	}
}

// nextMCU goes over a restart marker where one is due. It reports whether there is
// data for the next MCU.
func (s *scanDecoder) nextMCU() bool {
	if s.header.interval > 0 {
		if s.left == 0 {
			s.resync()
		}
		s.left--
	}
	return !s.dry
}

// resync goes to the interval behind the next restart marker. Where another marker comes
// instead, it does what libjpeg does (jpeg_resync_to_restart): it goes over what is no
// marker of a frame, and over the last two restart markers; it waits for the next two,
// with zeros instead of data; any other restart marker is taken for the one that is due.
func (s *scanDecoder) resync() {
	due := s.restart
	s.restart = (due + 1) & 7
	for s.marker != 0 {
		ahead := (s.marker - markerRST0 - due) & 7
		switch {
		case s.marker < markerSOF0, markerRST0 <= s.marker && s.marker <= markerRST7 && (ahead == 6 || ahead == 7):
			s.plain, s.marker, s.rest = unstuff(s.plain[:0], s.rest)
		case markerRST0 <= s.marker && s.marker <= markerRST7 && ahead != 1 && ahead != 2:
			s.nextInterval()
			return
		default:
			s.wait()
			return
		}
	}
	s.ranDry = s.ranDry || !s.ended
	s.wait()
}

// wait starts an interval that has no data.
func (s *scanDecoder) wait() {
	s.data = s.plain[:len(s.plain)+overrun]
	s.dry = s.dry && !s.file.arithmetic
	s.seek(len(s.plain))
	s.startInterval()
}

// checkDry notices that an MCU took more bits than there were. As in libjpeg, the rest of
// its interval has none. Arithmetic codes may end with zeros that are left out.
func (s *scanDecoder) checkDry() {
	if s.past(len(s.plain)) {
		s.dry = s.dry || !s.file.arithmetic
		s.ranDry = s.ranDry || s.marker == 0 && !s.ended
	}
}

// finish checks what no interval took: libjpeg stops at markers of no meaning.
func (s *scanDecoder) finish() error {
	for s.marker != 0 {
		if s.marker < markerSOF0 && s.marker != markerTEM {
			return errors.New("a marker of no meaning")
		}
		s.plain, s.marker, s.rest = unstuff(s.plain[:0], s.rest)
	}
	return nil
}
