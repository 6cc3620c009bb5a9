package jpeg

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
)

// made is a baseline picture of 16x16 pixels, quantized by 1. dc and ac are
// Huffman tables; sampling has a byte for each component, the factors as in its
// frame header. Every scan has all components.
func made(dc, ac codeLengths, sampling []byte, scans ...[]byte) []byte {
	b := []byte{0xff, markerSOI, 0xff, markerDQT, 0, 67, 0}
	b = append(b, bytes.Repeat([]byte{1}, 64)...)
	b = append(b, 0xff, markerSOF0, 0, byte(8+3*len(sampling)), 8, 0, 16, 0, 16, byte(len(sampling)))
	for i, s := range sampling {
		b = append(b, byte(i), s, 0)
	}
	for class, t := range []codeLengths{dc, ac} {
		b = append(b, 0xff, markerDHT, 0, byte(19+len(t.symbols)), byte(class<<4))
		for _, n := range t.counts[1:] {
			b = append(b, byte(n))
		}
		b = append(b, t.symbols...)
	}
	for _, data := range scans {
		b = append(b, 0xff, markerSOS, 0, byte(6+2*len(sampling)), byte(len(sampling)))
		for i := range sampling {
			b = append(b, byte(i), 0)
		}
		b = append(b, 0, 63, 0)
		b = append(b, data...)
	}
	return append(b, 0xff, markerEOI)
}

// greedy is a picture that reads as far beyond its data as one can: its MCU has
// ten blocks, and the zero bits that follow the data are codes of 16 bits for
// values of 15.
func greedy() []byte {
	longest := codeLengths{counts: [17]int{16: 1}, symbols: []byte{15}}
	return made(longest, longest, []byte{0x42, 0x11, 0x11}, []byte{0})
}

// TestOverrun reads far beyond the data.
func TestOverrun(t *testing.T) {
	if _, planes := decode(t, greedy()); len(planes) != 3 {
		t.Errorf("%d planes", len(planes))
	}
}

// TestScanTwice refuses a baseline picture of two scans of all components, as libjpeg does.
func TestScanTwice(t *testing.T) {
	dc := codeLengths{counts: [17]int{1: 1}, symbols: []byte{4}}          // 0: a value of 4 bits
	ac := codeLengths{counts: [17]int{1: 1, 2: 1}, symbols: []byte{0, 4}} // 0: end of block; 10: a value of 4 bits
	full := packed(strings.Repeat("0 1000 10 1111 0 ", 4))                // blocks with a DC difference of 8 and an AC value of 15
	decode(t, made(dc, ac, []byte{0x11}, full))
	if _, err := Parse(made(dc, ac, []byte{0x11}, full, full), 100); err == nil {
		t.Error("the second scan was taken")
	}
}

// packed makes bytes of zeros and ones, filled up with ones.
func packed(bits string) (out []byte) {
	bits = strings.ReplaceAll(bits, " ", "")
	for bits += "1111111"; len(bits) >= 8; bits = bits[8:] {
		v, _ := strconv.ParseUint(bits[:8], 2, 8)
		out = append(out, byte(v))
	}
	return out
}
