package vp8

import "math/bits"

// positions are coefficientProbabilities of a kind of block by the position of the coefficient, in zigzag order,
// instead of by the band that it is in.
type positions [16][contexts][branches]uint8

// bandOf is the band of a position (13.3).
var bandOf = [16]uint8{0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7}

// zigzag is the place in a block of the coefficient at a position.
var zigzag = [16]uint8{0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15}

// byPosition is what of the probabilities is of a kind of block.
func (p *coefficientProbabilities) byPosition(kind int) (all positions) {
	for n, band := range bandOf {
		all[n] = p[kind][band]
	}
	return all
}

// readBlock reads the coefficients of a block that has some, from a position on, times q, and tells the position behind the
// last one (13.2). Most decisions are here: the decoder's state is in variables meanwhile.
func (d *boolDecoder) readBlock(b *block, probabilities *positions, context uint8, first int, q *[2]int32) int {
	value, count, most := d.value, d.count, d.most
	n := first
	p := &probabilities[n&15][context]
	for {
		for {
			if count < 0 {
				value, count = d.fill(value, count)
			}
			part, limit := split(most, p[1])
			if value >= limit {
				value, count, most = widen(value-limit, count, most-part-1)
				break
			}
			value, count, most = widen(value, count, part)
			if n++; n == 16 { // the last one is zero, which no encoder writes
				d.value, d.count, d.most = value, count, most
				return n
			}
			p = &probabilities[n&15][0]
		}
		if count < 0 {
			value, count = d.fill(value, count)
		}
		v := int32(1)
		part, limit := split(most, p[2])
		if value < limit {
			value, count, most = widen(value, count, part)
			p = &probabilities[(n+1)&15][1]
		} else {
			d.value, d.count, d.most = widen(value-limit, count, most-part-1)
			v = d.large(p)
			value, count, most = d.value, d.count, d.most
			p = &probabilities[(n+1)&15][2]
		}
		if count < 0 {
			value, count = d.fill(value, count)
		}

		// The sign is as often one as the other, so that no branch could be predicted. Either part is at most
		// 127 wide, since the first decision of all is behind, and takes one doubling.
		part, limit = split(most, even)
		rest, positive := bits.Sub64(value, limit, 0)
		negative := int32(positive) - 1 // all ones, or 0
		value = (rest + limit&-positive) << 1
		most = (part+uint32(negative)&(most-2*part-1))<<1 + 1
		count--
		factor := q[1]
		if n == 0 {
			factor = q[0]
		}
		b[zigzag[n&15]&15] = int16((v*factor ^ negative) - negative)
		if n++; n == 16 {
			d.value, d.count, d.most = value, count, most
			return n
		}

		if count < 0 {
			value, count = d.fill(value, count)
		}
		part, limit = split(most, p[0])
		if value < limit { // no more coefficients
			d.value, d.count, d.most = widen(value, count, part)
			return n
		}
		value, count, most = widen(value-limit, count, most-part-1)
	}
}

// Probabilities of the bits of numbers that are added to a category's least number (13.2).
var categories = [...]struct {
	least int32
	extra []uint8
}{
	{5, []uint8{159}},
	{7, []uint8{165, 145}},
	{11, []uint8{173, 148, 140}},
	{19, []uint8{176, 155, 140, 135}},
	{35, []uint8{180, 157, 141, 134, 130}},
	{67, []uint8{254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}},
}

// large reads a number from 2 on, without its sign.
func (d *boolDecoder) large(p *[branches]uint8) int32 {
	if !d.bit(p[3]) {
		if !d.bit(p[4]) {
			return 2
		}
		if !d.bit(p[5]) {
			return 3
		}
		return 4
	}
	category := 0
	if !d.bit(p[6]) {
		if d.bit(p[7]) {
			category = 1
		}
	} else if !d.bit(p[8]) {
		category = 2
		if d.bit(p[9]) {
			category = 3
		}
	} else {
		category = 4
		if d.bit(p[10]) {
			category = 5
		}
	}
	c := &categories[category]
	extra := int32(0)
	for _, probability := range c.extra {
		extra <<= 1
		if d.bit(probability) {
			extra |= 1
		}
	}
	return c.least + extra
}
