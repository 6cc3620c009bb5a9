package jpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Markers, the byte after 0xff. ITU-T T.81, table B.1.
const (
	markerTEM   = 0x01
	markerSOF0  = 0xc0 // baseline
	markerSOF1  = 0xc1 // extended sequential
	markerSOF2  = 0xc2 // progressive
	markerDHT   = 0xc4
	markerJPG   = 0xc8
	markerDAC   = 0xcc
	markerSOF15 = 0xcf
	markerRST0  = 0xd0
	markerRST7  = 0xd7
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerDQT   = 0xdb
	markerDRI   = 0xdd
	markerAPP0  = 0xe0
	markerAPP1  = 0xe1
	markerAPP14 = 0xee
)

// ErrUnsupported says that a file is of a kind that this package does not decode.
var ErrUnsupported = errors.New("unsupported JPEG")

// File is what the marker segments of a JPEG file tell. It refers to the bytes
// that it was parsed from.
type File struct {
	Width, Height int // pixels, as stored
	// Scans is the number of passes over the picture: one if it is not
	// progressive, as a rule.
	Scans int
	// Exif is the body of the first EXIF segment, a TIFF structure, or nil.
	Exif []byte

	progressive bool
	components  []component
	hmax, vmax  int // greatest sampling factors
	scans       []scanHeader
	ended       bool // it has its end marker
	jfif        bool
	adobe       bool
	transform   byte // of the Adobe marker
}

// component is one of the planes of a frame.
type component struct {
	id      byte
	h, v    int // sampling factors, 1 to 4
	quantID byte
	quant   *[64]uint16 // in natural order; that of its first scan
	width   int         // samples
	height  int
	across  int // blocks in a row
	down    int // rows of blocks
	stride  int // blocks in a row up to the end of the last MCU
}

// samples is how many samples its blocks have.
func (c *component) samples() int { return 64 * c.across * c.down }

// scanHeader is a scan with the tables in force at its place in the file.
type scanHeader struct {
	components []int // indices into File.components
	dc, ac     []*codeLengths
	start, end int  // of the spectral band, in zigzag order, both included
	high, low  uint // successive approximation: bit positions before and after
	interval   int  // MCUs between restart markers, 0 for none
	data       []byte
}

// Parse reads all marker segments, also those between the scans, and decodes
// nothing. Scans beyond maxScans are counted but not kept: such a file can't be
// decoded. Its error wraps ErrUnsupported or, for a file that ends too early,
// io.ErrUnexpectedEOF.
func Parse(data []byte, maxScans int) (*File, error) {
	p := parser{data: data}
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
		if p.file.Scans >= maxScans && marker == markerSOS {
			p.file.Scans++
			continue
		}
		if err := p.segment(marker, body); err != nil {
			return nil, err
		}
	}
	if p.file.components == nil || p.file.Scans == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return &p.file, nil
}

// parser walks through the segments and holds the tables in force.
type parser struct {
	file     File
	data     []byte
	at       int
	quant    [4]*[64]uint16
	dc, ac   [4]*codeLengths
	interval int
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
		if marker == 0 || marker == markerTEM || markerRST0 <= marker && marker <= markerSOI {
			continue // entropy-coded data, or no body
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
			return 0, nil, fmt.Errorf("a segment's length is %d", n)
		}
		if p.at+n > len(p.data) {
			return 0, nil, io.ErrUnexpectedEOF
		}
		body = p.data[p.at+2 : p.at+n]
		p.at += n
		return marker, body, nil
	}
}

func (p *parser) segment(marker byte, body []byte) error {
	f := &p.file
	switch {
	case marker == markerSOS:
		return p.scan(body)
	case marker == markerDHT:
		return p.huffman(body)
	case marker == markerDQT:
		return p.quantization(body)
	case marker == markerDRI:
		if len(body) < 2 {
			return errors.New("restart interval without a value")
		}
		p.interval = int(binary.BigEndian.Uint16(body))
	case marker == markerAPP0 && bytes.HasPrefix(body, []byte("JFIF\x00")):
		f.jfif = true
	case marker == markerAPP1 && f.Exif == nil && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
		f.Exif = body[6:]
	case marker == markerAPP14 && len(body) >= 12 && bytes.HasPrefix(body, []byte("Adobe")):
		f.adobe, f.transform = true, body[11]
	case marker == markerJPG || marker == markerDAC:
	case markerSOF0 <= marker && marker <= markerSOF15:
		return f.frame(marker, body)
	}
	return nil
}

// frame reads a frame header (SOF): precision, height, width, components.
func (f *File) frame(marker byte, body []byte) error {
	if f.components != nil {
		return errors.New("it has two frame headers")
	}
	if marker > markerSOF2 {
		return fmt.Errorf("%w: lossless, hierarchical or arithmetic coding", ErrUnsupported)
	}
	if len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return io.ErrUnexpectedEOF
	}
	if body[0] != 8 {
		return fmt.Errorf("%w: %d bits a sample", ErrUnsupported, body[0])
	}
	n := int(body[5])
	if n != 1 && n != 3 && n != 4 {
		return fmt.Errorf("%w: %d components", ErrUnsupported, n)
	}
	f.progressive = marker == markerSOF2
	f.Height, f.Width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	components := make([]component, n)
	for i := range components {
		b := body[6+3*i:]
		c := component{id: b[0], h: int(b[1] >> 4), v: int(b[1] & 15), quantID: b[2]}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.quantID > 3 {
			return fmt.Errorf("component %d is sampled %dx%d with table %d", i+1, c.h, c.v, c.quantID)
		}
		f.hmax, f.vmax = max(f.hmax, c.h), max(f.vmax, c.v)
		components[i] = c
	}
	for i := range components {
		c := &components[i]
		if f.hmax%c.h != 0 || f.vmax%c.v != 0 {
			return fmt.Errorf("%w: component %d is sampled %d of %d times across, %d of %d down", ErrUnsupported, i+1, c.h, f.hmax, c.v, f.vmax)
		}
		c.width, c.height = ceilDiv(f.Width*c.h, f.hmax), ceilDiv(f.Height*c.v, f.vmax)
		c.across, c.down = ceilDiv(c.width, 8), ceilDiv(c.height, 8)
		c.stride = f.mcusAcross() * c.h
	}
	f.components = components
	return nil
}

// mcusAcross is the number of MCUs in a row of a scan of all components. Such an
// MCU has hmax x vmax blocks of the most finely sampled component.
func (f *File) mcusAcross() int { return ceilDiv(f.Width, 8*f.hmax) }

// mcuRows is the number of rows of such MCUs.
func (f *File) mcuRows() int { return ceilDiv(f.Height, 8*f.vmax) }

func ceilDiv(a, b int) int { return (a + b - 1) / b }

func (p *parser) quantization(body []byte) error {
	for len(body) > 0 {
		wide, id := int(body[0]>>4), body[0]&15
		body = body[1:]
		if wide > 1 || id > 3 || len(body) < 64*(1+wide) {
			return errors.New("bad quantization table")
		}
		table := new([64]uint16)
		for k := range 64 {
			if wide == 1 {
				table[natural[k]] = binary.BigEndian.Uint16(body[2*k:])
			} else {
				table[natural[k]] = uint16(body[k])
			}
		}
		p.quant[id] = table
		body = body[64*(1+wide):]
	}
	return nil
}

func (p *parser) huffman(body []byte) error {
	for len(body) > 0 {
		class, id := body[0]>>4, body[0]&15
		table, rest, err := readCodeLengths(body[1:])
		if err != nil {
			return err
		}
		switch {
		case class == 0 && id < 4:
			p.dc[id] = table
		case class == 1 && id < 4:
			p.ac[id] = table
		default:
			return fmt.Errorf("bad Huffman table %d of class %d", id, class)
		}
		body = rest
	}
	return nil
}

// scan reads a scan header (SOS) and finds the end of the entropy-coded data
// after it.
func (p *parser) scan(body []byte) error {
	f := &p.file
	f.Scans++
	if f.components == nil {
		return errors.New("a scan comes before the frame header")
	}
	if len(body) < 1 || len(body) < 4+2*int(body[0]) {
		return errors.New("bad scan header")
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
