package jpeg

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// overrun is how many bytes a damaged MCU may read beyond its data: ten blocks of
// 64 codes of 17 bits with values of 15, and the 8 bytes of a refill ahead of 8 that
// are still in the reader.
const overrun = 10*64*(17+15)/8 + 16

// unstuff appends to buf the entropy-coded data up to the next marker, without the zero after
// each 0xff, that marker, and what follows it. Behind the end of the scan the marker is 0.
// overrun zero bytes follow plain.
func unstuff(buf, data []byte) (plain []byte, marker byte, rest []byte) {
	for {
		i := bytes.IndexByte(data, 0xff)
		if i < 0 || i+1 == len(data) { // what ends with 0xff is a marker's fill byte
			if i < 0 {
				i = len(data)
			}
			buf, data = append(buf, data[:i]...), nil
			break
		}
		buf = append(buf, data[:i]...)
		next := data[i+1]
		if next == 0xff { // a fill byte
			data = data[i+1:]
			continue
		}
		data = data[i+2:]
		if next != 0 {
			marker = next
			break
		}
		buf = append(buf, 0xff)
	}
	n := len(buf)
	buf = slices.Grow(buf, overrun)
	clear(buf[n : n+overrun])
	return buf[:n], marker, data
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
	acc |= binary.BigEndian.Uint64(data[pos:pos+8:pos+8]) >> uint(n&63)
	return pos + (63-n)>>3, acc, n | 56
}

// seek goes to a byte.
func (r *bitReader) seek(pos int) { r.pos, r.acc, r.n = pos, 0, 0 }

// past reports whether bits at or beyond the byte end were read.
func (r *bitReader) past(end int) bool { return r.pos*8-r.n > end*8 }
