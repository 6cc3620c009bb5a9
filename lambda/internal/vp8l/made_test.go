package vp8l

import (
	"encoding/binary"
	"math/rand/v2"
)

// bitWriter writes what a bitReader reads.
type bitWriter struct {
	data  []byte
	count int // bits
}

func (w *bitWriter) bits(n, v int) {
	for i := range n {
		if w.count%8 == 0 {
			w.data = append(w.data, 0)
		}
		w.data[w.count/8] |= byte(v>>i&1) << (w.count % 8)
		w.count++
	}
}

// bytesCode writes a prefix code in which each of 256 symbols has 8 bits.
func (w *bitWriter) bytesCode() {
	w.bits(1, 0)
	w.bits(4, 12-4)
	w.bits(12*3, 1<<(11*3)) // lengths are 8, which takes no bits
	w.bits(1, 1)
	w.bits(3, 3)
	w.bits(8, 256-2)
}

// simpleCode writes a prefix code of the symbol 0, or of 0 and 1.
func (w *bitWriter) simpleCode(two int) {
	w.bits(1, 1)
	w.bits(1, two)
	w.bits(1, 0)
	w.bits(1, 0)
	if two == 1 {
		w.bits(8, 1)
	}
}

// picture writes literals of any kind.
func (w *bitWriter) picture(random *rand.Rand, width, height int, outer bool) {
	w.bits(1, 0) // no recent colours
	groups := 1
	if outer {
		groups += random.IntN(2)
		w.bits(1, groups-1)
		if groups > 1 { // a group for each block
			bits := 2 + random.IntN(8)
			w.bits(3, bits-2)
			w.bits(1, 0)
			for _, two := range []int{1, 0, 0, 0, 0} {
				w.simpleCode(two)
			}
			for range blocks(width, bits) * blocks(height, bits) {
				w.bits(1, random.IntN(2))
			}
		}
	}
	for range groups {
		for range 4 {
			w.bytesCode()
		}
		w.simpleCode(0)
	}
	smooth := random.IntN(2) * 3 // differences are small where something was predicted
	for range 4 * width * height {
		v := random.IntN(256)
		if smooth > 0 {
			v = (random.IntN(9) - 4) & 255
		}
		w.bits(8, int(reverse(v, 8)))
	}
}

// made is a picture with transforms of any kind, in any order.
func made(random *rand.Rand, width, height int) []byte {
	w := &bitWriter{data: []byte{0x2f}, count: 8}
	w.bits(14, width-1)
	w.bits(14, height-1)
	w.bits(4, random.IntN(2))
	coded := width
	for _, kind := range random.Perm(4)[:random.IntN(5)] {
		w.bits(1, 1)
		w.bits(2, kind)
		switch kind {
		case predictor, crossColour:
			bits := 2 + random.IntN(8)
			w.bits(3, bits-2)
			w.picture(random, blocks(coded, bits), blocks(height, bits), false)
		case palette:
			n := 1 << random.IntN(9)
			w.bits(8, n-1)
			w.picture(random, n, 1, false)
			for few := 3; few > 0; few-- {
				if n <= []int{0, 16, 4, 2}[few] {
					coded = blocks(coded, few)
					break
				}
			}
		}
	}
	w.bits(1, 0)
	w.picture(random, coded, height, true)
	return binary.LittleEndian.AppendUint64(w.data, 0)
}
