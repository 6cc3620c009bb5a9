package picture

import (
	"bytes"
	"encoding/binary"
	"image"
)

// JPEG markers, the byte after 0xff. ITU-T T.81, table B.1.
const (
	markerSOF0  = 0xc0 // baseline
	markerSOF1  = 0xc1 // extended sequential
	markerSOF2  = 0xc2 // progressive
	markerSOF15 = 0xcf
	markerDHT   = 0xc4
	markerJPG   = 0xc8
	markerDAC   = 0xcc
	markerRST0  = 0xd0
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerAPP1  = 0xe1
	markerAPP14 = 0xee
	markerTEM   = 0x01
)

// A jpegHeader is what the marker segments of a JPEG tell about its decoding.
type jpegHeader struct {
	width, height int  // pixels, as stored
	frame         byte // the marker of its frame header, one of SOF0, 1, 2
	components    []jpegComponent
	rgb           bool // components are not YCbCr
	scans         int
	ended         bool // it has its end marker
	orientation   int  // EXIF, 1 to 8
}

type jpegComponent struct {
	id   byte
	h, v int // sampling factors, 1 to 4
}

// readJPEGHeader goes through all segments, also those between the scans. It
// stops early at one scan too many.
func readJPEGHeader(data []byte) (*jpegHeader, error) {
	h := &jpegHeader{orientation: 1}
	sawExif := false
	for at := 2; h.scans <= MaxScans; {
		// Skips the entropy-coded data of a scan, in which 0xff is followed by
		// 0 or by a restart marker.
		i := bytes.IndexByte(data[at:], 0xff)
		if i < 0 || at+i+1 >= len(data) {
			break
		}
		at += i + 1
		marker := data[at]
		if marker == 0xff { // fill byte
			continue
		}
		at++
		if marker == 0 || marker == markerTEM || markerRST0 <= marker && marker <= markerSOI {
			continue
		}
		if marker == markerEOI {
			h.ended = true
			break
		}
		if at+2 > len(data) {
			break
		}
		n := int(binary.BigEndian.Uint16(data[at:]))
		if n < 2 || at+n > len(data) {
			break // the decoder will say
		}
		body := data[at+2 : at+n]
		at += n
		switch {
		case marker == markerSOS:
			h.scans++
		case marker == markerAPP1 && !sawExif && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
			sawExif = true
			h.orientation = readIFD(body[6:]).orientation()
		case marker == markerAPP14 && len(body) >= 12 && bytes.HasPrefix(body, []byte("Adobe")):
			h.rgb = h.rgb || body[11] == 0
		case marker == markerDHT || marker == markerJPG || marker == markerDAC:
		case markerSOF0 <= marker && marker <= markerSOF15:
			if err := h.readFrame(marker, body); err != nil {
				return nil, err
			}
		}
	}
	if h.frame == 0 || h.scans == 0 {
		return nil, truncated(JPEG)
	}
	return h, nil
}

// readFrame reads a frame header (SOF): precision, height, width, components.
func (h *jpegHeader) readFrame(marker byte, body []byte) error {
	if h.frame != 0 {
		return brokenf(JPEG, "it has two frame headers")
	}
	if marker > markerSOF2 {
		return unsupportedf(JPEG, "lossless or arithmetic coding")
	}
	if len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return truncated(JPEG)
	}
	if body[0] != 8 {
		return unsupportedf(JPEG, "%d bits a sample", body[0])
	}
	h.frame = marker
	h.height, h.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	ids := ""
	for c := body[6 : 6+3*int(body[5])]; len(c) > 0; c = c[3:] {
		h.components = append(h.components, jpegComponent{c[0], int(c[1] >> 4), int(c[1] & 15)})
		ids += string(rune(c[0]))
	}
	h.rgb = h.rgb || ids == "RGB"
	return nil
}

// check holds the limits against a file of size bytes.
func (h *jpegHeader) check(size int) error {
	if err := checkSize(JPEG, h.width, h.height); err != nil {
		return err
	}
	switch {
	case h.scans > MaxScans:
		return tooLarge("the JPEG picture has more than %d scans: save it as a baseline JPEG", MaxScans)
	case h.scans*h.width*h.height > MaxScanPixels:
		return tooLarge("the JPEG picture has %d scans of %dx%d pixels; %d million pixels in all are allowed: save it as a baseline JPEG",
			h.scans, h.width, h.height, MaxScanPixels/1_000_000)
	case h.width*h.height > size*8*64: // a block of 8x8 takes a bit at the very least
		return truncated(JPEG)
	}
	return nil
}

// fast tells if jpegn decodes this one exactly, and into planes: not RGB, CMYK,
// extended sequential, or baseline with a scan for each component. jpegn fills
// a scan that ends too early with grey, so the end marker must be there; a scan
// damaged inside passes with it, as it does with libjpeg.
func (h *jpegHeader) fast() bool {
	if h.rgb || !h.ended || h.frame != markerSOF0 && h.frame != markerSOF2 || h.frame == markerSOF0 && h.scans > 1 {
		return false
	}
	return len(h.components) == 1 || len(h.components) == 3 && h.ratio() >= 0
}

// ratio returns Go's name for the subsampling of three components, or -1.
func (h *jpegHeader) ratio() image.YCbCrSubsampleRatio {
	y, cb, cr := h.components[0], h.components[1], h.components[2]
	if cb.h != 1 || cb.v != 1 || cr.h != 1 || cr.v != 1 {
		return -1
	}
	switch [2]int{y.h, y.v} {
	case [2]int{1, 1}:
		return image.YCbCrSubsampleRatio444
	case [2]int{2, 1}:
		return image.YCbCrSubsampleRatio422
	case [2]int{2, 2}:
		return image.YCbCrSubsampleRatio420
	case [2]int{1, 2}:
		return image.YCbCrSubsampleRatio440
	case [2]int{4, 1}:
		return image.YCbCrSubsampleRatio411
	case [2]int{4, 2}:
		return image.YCbCrSubsampleRatio410
	}
	return -1
}

// oddSampling tells if jpegn may enlarge the components of a subsampling without
// a name in Go: it does so in plain Go code, unless one is half as wide and half as
// high, where it takes assembly without bounds checks.
func (h *jpegHeader) oddSampling() bool {
	if h.rgb || !h.ended || len(h.components) != 3 {
		return false
	}
	hmax, vmax := 0, 0
	for _, c := range h.components {
		hmax, vmax = max(hmax, c.h), max(vmax, c.v)
	}
	for _, c := range h.components {
		if 2*c.h == hmax && 2*c.v == vmax {
			return false
		}
	}
	return true
}
