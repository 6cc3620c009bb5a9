package jpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Parse reads all marker segments, also those between the scans, and decodes
// nothing. Scans beyond maxScans are counted but not kept: such a file can't be
// decoded. Its error wraps ErrUnsupported or, for a file that ends too early,
// io.ErrUnexpectedEOF.
func Parse(data []byte, maxScans int) (*File, error) { return new(Tables).Parse(data, maxScans) }

// Parse is [Parse] of a file that may lack tables which are in t.
func (t *Tables) Parse(data []byte, maxScans int) (*File, error) {
	p := parser{data: data, Tables: *t}
	for i := range p.conditions {
		p.conditions[i] = standardConditioning
	}
	if len(data) < 2 || data[0] != 0xff || data[1] != markerSOI {
		return nil, errors.New("no start marker")
	}
	p.at = 2
	for {
		marker, body, err := p.next()
		if err != nil {
			return nil, err
		}
		if marker == 0 {
			break
		}
		if p.file.NumScans >= maxScans && marker == markerSOS {
			p.file.NumScans++
			continue
		}
		if err := p.segment(marker, body); err != nil {
			return nil, err
		}
	}
	if p.file.components == nil || p.file.NumScans == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return &p.file, nil
}

// ParseTables reads a file of nothing but tables, which the files of a TIFF's blocks share.
// Without data there are no tables.
func ParseTables(data []byte) (*Tables, error) {
	p := parser{data: data}
	if bytes.HasPrefix(data, []byte{0xff, markerSOI}) {
		p.at = 2
	}
	for {
		marker, body, err := p.next()
		if err != nil {
			return nil, err
		}
		switch marker {
		case 0:
			return &p.Tables, nil
		case markerDHT, markerDQT:
			if err := p.segment(marker, body); err != nil {
				return nil, err
			}
		}
	}
}

// parser walks through the segments and holds the tables in force.
type parser struct {
	Tables
	file     File
	data     []byte
	at       int
	interval int // MCUs between restart markers
}

// next finds the next segment that has a body. There is none, and its marker is
// 0, after the end marker or the end of the file.
func (p *parser) next() (marker byte, body []byte, err error) {
	for {
		i := bytes.IndexByte(p.data[p.at:], 0xff)
		if i < 0 || p.at+i+1 >= len(p.data) {
			return 0, nil, nil
		}
		p.at += i + 1
		marker = p.data[p.at]
		if marker == 0xff { // a fill byte
			continue
		}
		p.at++
		if marker == 0 || marker == markerTEM || markerRST0 <= marker && marker <= markerRST7 {
			continue // entropy-coded data, or no body
		}
		if marker == markerSOI {
			return 0, nil, errors.New("it starts twice")
		}
		if marker == markerEOI {
			p.file.ended = true
			return 0, nil, nil
		}
		if p.at+2 > len(p.data) {
			return 0, nil, io.ErrUnexpectedEOF
		}
		n := int(binary.BigEndian.Uint16(p.data[p.at:]))
		if n < 2 {
			if !skipped(marker) {
				return 0, nil, fmt.Errorf("a segment's length is %d", n)
			}
			n = 2 // as in libjpeg
		}
		if p.at+n > len(p.data) {
			if skipped(marker) && p.file.NumScans > 0 && !p.file.severalScans {
				return 0, nil, nil // damage after, or in, the only scan
			}
			return 0, nil, io.ErrUnexpectedEOF
		}
		body = p.data[p.at+2 : p.at+n]
		p.at += n
		return marker, body, nil
	}
}

// skipped reports whether a segment may say anything: application's data and comments,
// and a number of lines, which libjpeg does not read.
func skipped(marker byte) bool {
	return marker == markerDNL || markerAPP0 <= marker && marker <= markerAPP15 || marker == markerCOM
}

func (p *parser) segment(marker byte, body []byte) error {
	f := &p.file
	switch {
	case marker == markerSOS:
		return p.readScan(body)
	case marker == markerDHT:
		return p.readHuffman(body)
	case marker == markerDQT:
		return p.readQuantization(body)
	case marker == markerDRI:
		if len(body) != 2 {
			return errors.New("bad restart interval")
		}
		p.interval = int(binary.BigEndian.Uint16(body))
	case marker == markerAPP0 && len(body) >= 14 && bytes.HasPrefix(body, []byte("JFIF\x00")):
		f.jfif = true
	case marker == markerAPP1 && f.Exif == nil && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
		f.Exif = body[6:]
	case marker == markerAPP14 && len(body) >= 12 && bytes.HasPrefix(body, []byte("Adobe")):
		f.adobe, f.adobeTransform = true, body[11]
	case marker == markerDAC:
		return p.readConditioning(body)
	case skipped(marker):
	case markerSOF0 <= marker && marker <= markerSOF15:
		return f.readFrame(marker, body)
	default:
		return fmt.Errorf("a marker of no meaning, 0x%02x", marker)
	}
	return nil
}
