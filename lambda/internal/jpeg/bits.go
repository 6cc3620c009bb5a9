package jpeg

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// overrun is how many bytes a damaged MCU may read beyond its data: ten blocks of
// 64 codes of 16 bits with values of 15, and the 8 bytes of a refill.
const overrun = 10*64*(16+15)/8 + 8

// unstuff returns the entropy-coded data of a scan without the zero after each
// 0xff and without its restart markers, and where each of the intervals between
// them ends. overrun zero bytes follow the last one. It writes to buf's memory, if
// that is enough.
func unstuff(buf, data []byte) (plain []byte, ends []int) {
	buf = slices.Grow(buf[:0], len(data)+overrun)
	for {
		i := bytes.IndexByte(data, 0xff)
		if i < 0 || i+1 == len(data) {
			buf = append(buf, data...)
			break
		}
		buf = append(buf, data[:i]...)
		switch data[i+1] {
		case 0:
			buf = append(buf, 0xff)
			data = data[i+2:]
		case 0xff: // a fill byte
			data = data[i+1:]
		default: // a restart marker
			ends = append(ends, len(buf))
			data = data[i+2:]
		}
	}
	ends = append(ends, len(buf))
	return append(buf, make([]byte, overrun)...), ends
}

// bitReader reads bits, most significant first.
//
// The decoders of blocks copy it into local variables, refill it by hand and
// write it back, so that it stays in registers.
type bitReader struct {
	data []byte // from unstuff
	pos  int    // of the next byte to load into acc
	acc  uint64 // the next bits, from the top
	n    int    // how many of them are valid; those below agree with data too
}

// refill brings at least 56 bits into acc.
func refill(data []byte, pos int, acc uint64, n int) (int, uint64, int) {
	acc |= binary.BigEndian.Uint64(data[pos:]) >> uint(n&63)
	return pos + (63-n)>>3, acc, n | 56
}

// seek goes to a byte.
func (r *bitReader) seek(pos int) { r.pos, r.acc, r.n = pos, 0, 0 }

// past reports whether bits at or beyond the byte end were read.
func (r *bitReader) past(end int) bool { return r.pos*8-r.n > end*8 }
