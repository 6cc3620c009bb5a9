package vp8l

import "encoding/binary"

// bitReader reads numbers from the lowest bit of each byte on. Zeros follow the data.
type bitReader struct {
	data  []byte
	next  int    // of data, is not in value yet
	value uint64 // what is ahead
	count int    // bits of it; negative if more was read than there is
}

// fill has at least 56 bits ahead, if the data has them.
func (r *bitReader) fill() {
	if r.next+8 <= len(r.data) {
		r.value |= binary.LittleEndian.Uint64(r.data[r.next:]) << (r.count & 63)
		n := (63 - r.count) >> 3
		r.next += n
		r.count += 8 * n
		return
	}
	for r.count >= 0 && r.count <= 55 && r.next < len(r.data) {
		r.value |= uint64(r.data[r.next]) << r.count
		r.next++
		r.count += 8
	}
}

// bits is a number of n bits, at most 32.
func (r *bitReader) bits(n int) int {
	if r.count < n {
		r.fill()
	}
	v := int(r.value & (1<<n - 1))
	r.value >>= n
	r.count -= n
	return v
}

func (r *bitReader) flag() bool { return r.bits(1) == 1 }
