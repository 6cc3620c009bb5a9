package vp8l

import (
	"errors"
	"io"
	"math/bits"
)

var errCodes = errors.New("invalid prefix codes")

// rootBits is how many bits of a code the first look-up takes; most codes are no longer.
const rootBits = 8

// prefixCode looks codes up by the bits ahead. An entry is a symbol, times 256, and how many bits its code has; or, where
// codes are longer than rootBits, the place of a table in more, and by how many bits in all it is looked up.
type prefixCode struct {
	root [1 << rootBits]uint32
	more []uint32
}

// look is the symbol ahead and how many bits its code has.
func (c *prefixCode) look(value uint64) (symbol uint32, n int) {
	e := c.root[uint8(value)]
	if e&0xff > rootBits {
		e = c.more[uint64(e>>8)+value>>rootBits&(1<<(e&0xff-rootBits)-1)]
		return e >> 8, int(e & 0xff)
	}
	return e >> 8, int(e & 0xff)
}

// next reads a symbol of up to 15 bits, which are ahead.
func (c *prefixCode) next(r *bitReader) int {
	symbol, n := c.look(r.value)
	r.value >>= n & 63
	r.count -= n
	return int(symbol)
}

// longest is how many bits a code has at the most.
const longest = 15

// newPrefixCode makes the canonical code with these lengths. A symbol alone takes no bits.
func newPrefixCode(lengths []uint8) (*prefixCode, error) {
	var counts [longest + 1]int
	only := 0
	for symbol, n := range lengths {
		if counts[n]++; n != 0 {
			only = symbol
		}
	}
	switch len(lengths) - counts[0] {
	case 0:
		return nil, errCodes
	case 1:
		return everywhere(only), nil
	}
	var next [longest + 1]int // code, and then of the next symbol
	code := 0
	for n := 1; n <= longest; n++ {
		next[n] = code
		if code += counts[n]; code > 1<<n {
			return nil, errCodes
		}
		code <<= 1
	}
	if code != 1<<(longest+1) {
		return nil, errCodes // some bits mean nothing
	}

	c := new(prefixCode)
	var deepest [1 << rootBits]int // by the first bits, of codes that have more
	codes := next
	for _, n := range lengths {
		if n != 0 {
			if n > rootBits {
				root := reverse(codes[n], int(n)) & (1<<rootBits - 1)
				deepest[root] = max(deepest[root], int(n))
			}
			codes[n]++
		}
	}
	for root, n := range deepest {
		if n > 0 {
			c.root[root] = uint32(len(c.more)<<8 | n)
			c.more = append(c.more, make([]uint32, 1<<(n-rootBits))...)
		}
	}
	for symbol, n := range lengths {
		if n == 0 {
			continue
		}
		code := reverse(next[n], int(n))
		next[n]++
		if n <= rootBits {
			for i := code; i < 1<<rootBits; i += 1 << n {
				c.root[i] = uint32(symbol<<8 | int(n))
			}
			continue
		}
		e := c.root[code&(1<<rootBits-1)]
		sub := c.more[e>>8:][:1<<(e&0xff-rootBits)]
		for i := code >> rootBits; i < len(sub); i += 1 << (n - rootBits) {
			sub[i] = uint32(symbol<<8 | int(n))
		}
	}
	return c, nil
}

// everywhere is a code of one symbol.
func everywhere(symbol int) *prefixCode {
	c := new(prefixCode)
	for i := range c.root {
		c.root[i] = uint32(symbol << 8)
	}
	return c
}

// reverse turns the bits of a code around, whose first one comes first in the data.
func reverse(code, n int) int { return int(bits.Reverse16(uint16(code)) >> (16 - n)) }

// lengthOrder is the order of code lengths' own code lengths (3.7.2.1.2).
var lengthOrder = [19]uint8{17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// readPrefixCode reads a code of so many symbols (3.7.2.1).
func readPrefixCode(r *bitReader, symbols int) (*prefixCode, error) {
	if r.flag() {
		return readSimpleCode(r, symbols)
	}
	var own [19]uint8
	for _, i := range lengthOrder[:min(4+r.bits(4), len(lengthOrder))] {
		own[i] = uint8(r.bits(3))
	}
	code, err := newPrefixCode(own[:])
	if err != nil {
		return nil, err
	}
	most := symbols // lengths that are coded
	if r.flag() {
		n := 2 + 2*r.bits(3)
		if most = 2 + r.bits(n); most > symbols {
			return nil, errCodes
		}
	}
	lengths := make([]uint8, symbols)
	last := uint8(8)
	for i := 0; i < symbols && most > 0; most-- {
		r.fill()
		n := code.next(r)
		if r.count < 0 {
			return nil, io.ErrUnexpectedEOF
		}
		if n < 16 {
			lengths[i] = uint8(n)
			i++
			if n != 0 {
				last = uint8(n)
			}
			continue
		}
		repeat, length := 0, uint8(0)
		switch n {
		case 16:
			repeat, length = 3+r.bits(2), last
		case 17:
			repeat = 3 + r.bits(3)
		default:
			repeat = 11 + r.bits(7)
		}
		if repeat > symbols-i {
			return nil, errCodes
		}
		for range repeat {
			lengths[i] = length
			i++
		}
	}
	return newPrefixCode(lengths)
}

// readSimpleCode reads a code of one or two symbols.
func readSimpleCode(r *bitReader, symbols int) (*prefixCode, error) {
	two := r.flag()
	n := 1
	if r.flag() {
		n = 8
	}
	first := r.bits(n)
	if first >= symbols {
		return nil, errCodes
	}
	c := everywhere(first)
	if two {
		second := r.bits(8)
		if second >= symbols {
			return nil, errCodes
		}
		for i := 0; i < len(c.root); i += 2 {
			c.root[i], c.root[i+1] = uint32(first<<8|1), uint32(second<<8|1)
		}
	}
	return c, nil
}
