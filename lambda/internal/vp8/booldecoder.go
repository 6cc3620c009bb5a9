package vp8

import (
	"encoding/binary"
	"math/bits"
)

// boolDecoder reads a partition: decisions between false and true, each coded with the probability of false, in
// 1/256 (section 7).
type boolDecoder struct {
	data  []byte
	next  int    // of data, is not in value yet
	value uint64 // what is ahead, from its highest bit on; the highest byte is compared
	count int    // bits in value, less the 8 that a decision needs
	most  uint32 // width of the interval that is divided, less 1: 127 to 254. The RFC's range is the width
	dry   bool   // a decision needed more data than there is
}

// newBoolDecoder refuses what decoders read in different ways, as their numbers overflow: a first byte beyond the interval.
func newBoolDecoder(data []byte) (boolDecoder, error) {
	d := boolDecoder{data: data, count: -8, most: 254}
	if len(data) > 0 && uint32(data[0]) > d.most {
		return boolDecoder{}, errInterval
	}
	return d, nil
}

// fill is called when a decision needs bits that are not in value: count is negative. Zeros follow the data.
//
//go:noinline
func (d *boolDecoder) fill(value uint64, count int) (uint64, int) {
	rest := d.data[d.next:]
	shift := uint(count+8) & 63
	if len(rest) >= 8 {
		d.next += 7
		return value | binary.BigEndian.Uint64(rest)&^0xff>>shift, count + 56
	}
	if len(rest) > 0 {
		d.next++
		value |= uint64(rest[0]) << 56 >> shift
	} else {
		d.dry = true
	}
	return value, count + 8
}

// split is how wide the part of the interval is that stands for false, less 1, and the least value beyond it.
func split(most uint32, probability uint8) (part uint32, limit uint64) {
	part = most * uint32(probability) >> 8
	return part, uint64(part+1) << 56
}

// widen doubles an interval until it is at least 128 wide.
func widen(value uint64, count int, most uint32) (uint64, int, uint32) {
	n := bits.LeadingZeros32(most+1) - 24
	return value << (n & 63), count - n, (most+1)<<(n&31) - 1
}

// bit is a decision.
func (d *boolDecoder) bit(probability uint8) bool {
	value, count := d.value, d.count
	if count < 0 {
		value, count = d.fill(value, count)
	}
	part, limit := split(d.most, probability)
	set := value >= limit
	if set {
		value, part = value-limit, d.most-part-1
	}
	d.value, d.count, d.most = widen(value, count, part)
	return set
}

// even is the probability of what is as likely as not.
const even = 128

// flag is a bit of a header.
func (d *boolDecoder) flag() bool { return d.bit(even) }

// number is one of n bits, the highest first.
func (d *boolDecoder) number(n int) int {
	v := 0
	for range n {
		v <<= 1
		if d.flag() {
			v |= 1
		}
	}
	return v
}

// signed is a number of n bits before its sign.
func (d *boolDecoder) signed(n int) int {
	v := d.number(n)
	if d.flag() {
		return -v
	}
	return v
}

// optional is a signed number, or 0 where a flag says that there is none.
func (d *boolDecoder) optional(n int) int {
	if !d.flag() {
		return 0
	}
	return d.signed(n)
}

// tree goes down a tree of decisions to a leaf (8.1). A node has two entries in the tree, for false and for true:
// the place of the next node, or a leaf's value, negated. Its probability is at half its own place.
func (d *boolDecoder) tree(tree []int8, probabilities []uint8) uint8 {
	value, count, most := d.value, d.count, d.most
	i := 0
	for {
		if count < 0 {
			value, count = d.fill(value, count)
		}
		part, limit := split(most, probabilities[i>>1])
		if value >= limit {
			value, count, most = widen(value-limit, count, most-part-1)
			i = int(tree[i+1])
		} else {
			value, count, most = widen(value, count, part)
			i = int(tree[i])
		}
		if i <= 0 {
			d.value, d.count, d.most = value, count, most
			return uint8(-i)
		}
	}
}
