package vp8

import (
	"encoding/binary"
	"math/rand/v2"
)

// boolEncoder writes what a boolDecoder reads (7.3).
type boolEncoder struct {
	data   []byte
	width  uint32
	bottom uint32 // of the interval; its highest bit is a carry
	count  int    // shifts until a byte is complete
}

func newBoolEncoder() *boolEncoder { return &boolEncoder{width: 255, count: 24} }

func (e *boolEncoder) bit(probability uint8, set bool) {
	part := 1 + (e.width-1)*uint32(probability)>>8
	if set {
		e.bottom += part
		e.width -= part
	} else {
		e.width = part
	}
	for ; e.width < 128; e.width <<= 1 {
		e.shift()
	}
}

func (e *boolEncoder) shift() {
	if e.bottom>>31 != 0 {
		i := len(e.data) - 1
		for ; e.data[i] == 255; i-- {
			e.data[i] = 0
		}
		e.data[i]++
	}
	e.bottom <<= 1
	if e.count--; e.count == 0 {
		e.data = append(e.data, byte(e.bottom>>24))
		e.bottom &= 1<<24 - 1
		e.count = 8
	}
}

// end writes what is left.
func (e *boolEncoder) end() []byte {
	for range 32 {
		e.shift()
	}
	return e.data
}

func (e *boolEncoder) number(n, v int) {
	for n--; n >= 0; n-- {
		e.bit(even, v>>n&1 == 1)
	}
}

// optional writes a signed number, or a flag that there is none.
func (e *boolEncoder) optional(n, v int) {
	e.bit(even, v != 0)
	if v != 0 {
		e.number(n, max(v, -v))
		e.bit(even, v < 0)
	}
}

// made is a frame with headers of any kind. Of the macroblocks it has random bytes, which
// an arithmetic decoder takes for modes and coefficients that are as frequent as its probabilities say.
func made(random *rand.Rand, width, height int) []byte {
	e := newBoolEncoder()
	maybe := func() bool { set := random.IntN(2) == 1; e.bit(even, set); return set }
	any := func(most int) int { return random.IntN(2*most+1) - most }
	maybe()
	maybe()
	if maybe() { // segments
		mapped := maybe()
		if maybe() {
			maybe()
			for range maxSegments {
				e.optional(7, any(127))
			}
			for range maxSegments {
				e.optional(6, any(50))
			}
		}
		for i := 0; mapped && i < maxSegments-1; i++ {
			if maybe() {
				e.number(8, random.IntN(256))
			}
		}
	}
	maybe() // simple filter
	e.number(6, random.IntN(64))
	e.number(3, random.IntN(8))
	if maybe() { // levels by kind of macroblock
		if maybe() {
			for range 8 {
				e.optional(6, any(6))
			}
		}
	}
	partitions := random.IntN(4)
	e.number(2, partitions)
	e.number(7, random.IntN(128))
	for range 5 {
		e.optional(4, any(15))
	}
	maybe()
	sparse := random.IntN(2) == 0
	for i := range updateProbabilities {
		for j := range updateProbabilities[i] {
			for k := range updateProbabilities[i][j] {
				for l, probability := range updateProbabilities[i][j][k] {
					update := random.IntN(20) == 0
					if e.bit(probability, update); update {
						v := random.IntN(256)
						if sparse && l == 0 {
							v = 255 // the end is likely
						}
						e.number(8, v)
					}
				}
			}
		}
	}
	if maybe() {
		e.number(8, random.IntN(256))
	}

	macroblocks := (width + 15) / 16 * ((height + 15) / 16)
	first := append(e.end(), noise(random, 64*macroblocks+64)...)
	var lengths, data []byte
	for i := range 1 << partitions {
		part := noise(random, 1024*macroblocks+64)
		if i < 1<<partitions-1 {
			lengths = append(lengths, byte(len(part)), byte(len(part)>>8), byte(len(part)>>16))
		}
		data = append(data, part...)
	}
	return frame(width, height, first, append(lengths, data...))
}

// noise is n bytes: any, or such that one decision is more frequent.
func noise(random *rand.Rand, n int) []byte {
	b := make([]byte, n)
	mask := [...]byte{0, 0xf0, 0xfe, 0x80}[random.IntN(4)]
	invert := byte(random.IntN(2)) * 255
	for i := range b {
		b[i] = byte(random.IntN(256))&^mask ^ invert
		if random.IntN(4) == 0 {
			b[i] = byte(random.IntN(256))
		}
	}
	b[0] &= 254 // no encoder begins with 255, which is beyond the interval
	return b
}

// frame puts a frame together of its first partition and the rest.
func frame(width, height int, first, rest []byte) []byte {
	tag := uint32(len(first)) << 5
	b := []byte{byte(tag), byte(tag >> 8), byte(tag >> 16), 0x9d, 0x01, 0x2a}
	b = binary.LittleEndian.AppendUint16(b, uint16(width))
	b = binary.LittleEndian.AppendUint16(b, uint16(height))
	return append(append(b, first...), rest...)
}
