package jpeg

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// scanHeader is a scan with the tables in force at its place in the file.
type scanHeader struct {
	components []int // indices into File.components
	dc, ac     []*codeLengths
	tables     []tableNumbers // of arithmetic codes
	conditions [16]conditioning
	start, end int  // of the spectral band, in zigzag order, both included
	high, low  uint // successive approximation: bit positions before and after
	interval   int  // MCUs between restart markers, 0 for none
	data       []byte
	ended      bool // a marker follows, not the end of the file
	bare       bool // there is nothing else in data than codes and their stuffing
}

// tableNumbers are those of a component in a scan.
type tableNumbers struct{ dc, ac uint8 }

// readScan reads a scan header (SOS) and finds the end of the entropy-coded data
// after it.
func (p *parser) readScan(body []byte) error {
	f := &p.file
	f.NumScans++
	if f.components == nil {
		return errors.New("a scan comes before the frame header")
	}
	if len(body) < 1 || len(body) != 4+2*int(body[0]) {
		return errors.New("bad scan header")
	}
	n := int(body[0])
	switch {
	case f.NumScans > 1 && !f.severalScans:
		return errors.New("a second scan of all components")
	case f.NumScans == 1:
		f.severalScans = f.progressive || n < len(f.components)
		if !f.progressive {
			p.addStandard()
		}
	}
	params := body[1+2*n:]
	s := scanHeader{
		start: int(params[0]), end: int(params[1]),
		high: uint(params[2] >> 4), low: uint(params[2] & 15),
		interval: p.interval, conditions: p.conditions,
	}
	if !f.progressive { // libjpeg too reads past odd values here
		s.start, s.end, s.high, s.low = 0, 63, 0, 0
	}
	if s.start > s.end || s.end > 63 || s.low > 13 || s.high != 0 && s.high != s.low+1 ||
		f.progressive && s.start == 0 && s.end != 0 || s.start > 0 && n != 1 {
		return fmt.Errorf("scan of the coefficients %d to %d, bits %d to %d, of %d components", s.start, s.end, s.high, s.low, n)
	}
	blocks := 0
	for i := range n {
		if err := p.readScanComponent(&s, body[1+2*i], body[2+2*i]); err != nil {
			return err
		}
		c := &f.components[s.components[i]]
		blocks += c.h * c.v
	}
	if n == 0 || n > 1 && blocks > 10 {
		return fmt.Errorf("scan of %d components with %d blocks", n, blocks)
	}
	start := p.at
	p.at, s.bare = entropyEnd(p.data, p.at, s.interval > 0)
	s.data, s.ended = p.data[start:p.at], p.at < len(p.data)
	f.scans = append(f.scans, s)
	return nil
}

// readScanComponent adds the next component to a scan: its name, and the numbers of its
// tables. Components come in the order of the frame, where several may have one name.
func (p *parser) readScanComponent(s *scanHeader, id, tables byte) error {
	f := &p.file
	i := len(s.components)
	c := -1
	for k := len(f.components) - 1; k >= i; k-- {
		if f.components[k].id == id {
			c = k
		}
	}
	if c < 0 || slices.Contains(s.components, c) {
		return fmt.Errorf("scan of an unknown component %d", id)
	}
	s.components = append(s.components, c)
	s.tables = append(s.tables, tableNumbers{tables >> 4, tables & 15})
	comp := &f.components[c]
	if comp.quant == nil {
		comp.quant = p.quant[comp.quantID]
	}
	if comp.quant == nil {
		return errors.New("scan without its quantization table")
	}
	if f.arithmetic {
		return nil
	}
	var dc, ac *codeLengths // only what the scan needs has to be there
	if n := tables >> 4; n < 4 {
		dc = p.dc[n]
	}
	if n := tables & 15; n < 4 {
		ac = p.ac[n]
	}
	if s.start == 0 && s.high == 0 {
		if err := dc.check(15); err != nil {
			return err
		}
	}
	if s.end > 0 {
		if err := ac.check(255); err != nil {
			return err
		}
	}
	s.dc, s.ac = append(s.dc, dc), append(s.ac, ac)
	return nil
}

// entropyEnd is where the entropy-coded data that starts at at ends: at a marker
// other than a restart marker, or with the file. Where restart markers are due, libjpeg
// looks for them behind markers that mean nothing. bare says that there are no markers
// and fill bytes before that.
func entropyEnd(data []byte, at int, restarts bool) (end int, bare bool) {
	bare = true
	for {
		i := bytes.IndexByte(data[at:], 0xff)
		if i < 0 || at+i+1 >= len(data) {
			return len(data), bare && i < 0
		}
		at += i
		switch next := data[at+1]; {
		case next == 0 || markerRST0 <= next && next <= markerRST7, restarts && next < markerSOF0:
			at += 2
			bare = bare && next == 0
		case next == 0xff:
			at++
			bare = false
		default:
			return at, bare
		}
	}
}
