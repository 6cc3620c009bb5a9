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
	start, end int  // of the spectral band, in zigzag order, both included
	high, low  uint // successive approximation: bit positions before and after
	interval   int  // MCUs between restart markers, 0 for none
	data       []byte
}

// readScan reads a scan header (SOS) and finds the end of the entropy-coded data
// after it.
func (p *parser) readScan(body []byte) error {
	f := &p.file
	f.NumScans++
	if f.components == nil {
		return errors.New("a scan comes before the frame header")
	}
	if len(body) < 1 || len(body) < 4+2*int(body[0]) {
		return errors.New("bad scan header")
	}
	if f.NumScans == 1 && !f.progressive {
		p.addStandard()
	}
	n := int(body[0])
	params := body[1+2*n:]
	s := scanHeader{
		start: int(params[0]), end: int(params[1]),
		high: uint(params[2] >> 4), low: uint(params[2] & 15),
		interval: p.interval,
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
		id, tables := body[1+2*i], body[2+2*i]
		c := slices.IndexFunc(f.components, func(c component) bool { return c.id == id })
		if c < 0 || slices.Contains(s.components, c) {
			return fmt.Errorf("scan of an unknown component %d", id)
		}
		blocks += f.components[c].h * f.components[c].v
		if tables>>4 > 3 || tables&15 > 3 {
			return errors.New("scan with a Huffman table that can't exist")
		}
		dc, ac := p.dc[tables>>4], p.ac[tables&15]
		if s.start == 0 && s.high == 0 && dc == nil || s.end > 0 && ac == nil {
			return errors.New("scan without its Huffman table")
		}
		s.components, s.dc, s.ac = append(s.components, c), append(s.dc, dc), append(s.ac, ac)
		if f.components[c].quant == nil {
			f.components[c].quant = p.quant[f.components[c].quantID]
		}
		if f.components[c].quant == nil {
			return errors.New("scan without its quantization table")
		}
	}
	if n == 0 || n > 1 && blocks > 10 {
		return fmt.Errorf("scan of %d components with %d blocks", n, blocks)
	}
	start := p.at
	p.at = entropyEnd(p.data, p.at)
	s.data = p.data[start:p.at]
	f.scans = append(f.scans, s)
	return nil
}

// entropyEnd is where the entropy-coded data that starts at at ends: at a marker
// other than a restart marker, or with the file.
func entropyEnd(data []byte, at int) int {
	for {
		i := bytes.IndexByte(data[at:], 0xff)
		if i < 0 || at+i+1 >= len(data) {
			return len(data)
		}
		at += i
		switch next := data[at+1]; {
		case next == 0 || markerRST0 <= next && next <= markerRST7:
			at += 2
		case next == 0xff:
			at++
		default:
			return at
		}
	}
}
