package tiff

import (
	"encoding/binary"
	"fmt"
)

// Values of the predictor tag.
const (
	noPredictor    = 1
	differences    = 2 // between horizontal neighbours
	byteDifference = 3 // of floating point, whose bytes are sorted by significance
)

func (f *File) checkPredictor() error {
	switch {
	case f.predictor == noPredictor:
	case f.predictor == differences && (f.bits == 8 || f.bits == 16 || f.bits == 32):
	case f.predictor == byteDifference && f.format == floating && f.bits == 32:
	default:
		return fmt.Errorf("%w: predictor %d of samples of %d bits", ErrUnsupported, f.predictor, f.bits)
	}
	return nil
}

// undoPredictor brings a row back to what was predicted from its neighbours, in place.
// TIFF 6.0, section 14, and Adobe's Technical Note 3 of 2005.
func (f *File) undoPredictor(row []byte) {
	n := f.rowSamples()
	switch {
	case f.predictor == noPredictor:
	case f.predictor == byteDifference:
		f.undoByteDifferences(row, n)
	case f.bits == 8:
		for i := n; i < len(row); i++ {
			row[i] += row[i-n]
		}
	case f.bits == 16:
		for i := 2 * n; i+2 <= len(row); i += 2 {
			f.order.PutUint16(row[i:], f.order.Uint16(row[i:])+f.order.Uint16(row[i-2*n:]))
		}
	case f.bits == 32:
		for i := 4 * n; i+4 <= len(row); i += 4 {
			f.order.PutUint32(row[i:], f.order.Uint32(row[i:])+f.order.Uint32(row[i-4*n:]))
		}
	}
}

// undoByteDifferences is undoPredictor for floating point: first come the highest bytes
// of all samples, then the second ones, and so on, whatever the file's byte order.
func (f *File) undoByteDifferences(row []byte, samples int) {
	for i := samples; i < len(row); i++ {
		row[i] += row[i-samples]
	}
	n := len(row) / 4
	sorted := append([]byte(nil), row...)
	for i := range n {
		f.order.PutUint32(row[4*i:], binary.BigEndian.Uint32([]byte{sorted[i], sorted[n+i], sorted[2*n+i], sorted[3*n+i]}))
	}
}
