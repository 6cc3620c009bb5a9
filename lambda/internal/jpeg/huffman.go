package jpeg

import (
	"errors"
	"fmt"
	"io"
)

// codeLengths is a Huffman table as a file has it.
type codeLengths struct {
	counts  [17]int // of the codes of 1 to 16 bits
	symbols []byte  // in the order of their codes
}

// readCodeLengths reads one table of a DHT segment and returns what follows it.
func readCodeLengths(body []byte) (*codeLengths, []byte, error) {
	if len(body) < 16 {
		return nil, nil, io.ErrUnexpectedEOF
	}
	t := new(codeLengths)
	total := 0
	for n := 1; n <= 16; n++ {
		t.counts[n] = int(body[n-1])
		total += t.counts[n]
	}
	if total > 256 {
		return nil, nil, errors.New("bad Huffman table: more than 256 codes")
	}
	if len(body) < 16+total {
		return nil, nil, io.ErrUnexpectedEOF
	}
	t.symbols = body[16 : 16+total]
	return t, body[16+total:], nil
}

// check holds that a scan can be decoded by the table, whose symbols are most at most. A
// bad table that no scan uses does no harm.
func (t *codeLengths) check(most byte) error {
	if t == nil {
		return errors.New("scan without its Huffman table")
	}
	code, left := 0, len(t.symbols)
	for n := 1; n <= 16 && left > 0; n++ {
		code, left = code<<1+t.counts[n], left-t.counts[n]
		if code >= 1<<n { // no code has ones alone
			return errors.New("bad Huffman table: more codes than bits allow")
		}
	}
	for _, symbol := range t.symbols {
		if symbol > most {
			return fmt.Errorf("bad Huffman table: a value of %d bits", symbol)
		}
	}
	return nil
}

// lookupBits is how many bits are looked up at once: enough for most codes
// together with the value that follows them, few enough for four tables in the
// first cache.
const lookupBits = 10

// huffman decodes the codes of one table. A symbol is a run of zeros (high four
// bits) and the number of bits of the value that follows it (low four bits).
type huffman struct {
	// lookup holds, for the next lookupBits bits,
	//
	//	bits 0-7    the length of the code, and of its value if it is here
	//	bits 8-15   the symbol
	//	bits 16-31  the value as int16, if it is complete within these bits; a
	//	            value of 1 bit or more is never 0
	//
	// or 0, if the code is longer than that.
	lookup [1 << lookupBits]uint32
	// Longer codes: limit[n] is the first code beyond those of n bits, its bits at
	// the top of 16; offset[n] leads from a code to its symbol.
	limit   [17]int
	offset  [17]int
	symbols []byte
}

// build makes the table of its code lengths.
func (h *huffman) build(t *codeLengths) {
	*h = huffman{symbols: t.symbols}
	code, index := 0, 0
	for n := 1; n <= 16; n++ {
		h.offset[n] = index - code
		for range t.counts[n] {
			if n <= lookupBits {
				h.enter(code, n, t.symbols[index])
			}
			code++
			index++
		}
		h.limit[n] = code << (16 - n)
		code <<= 1
	}
}

// enter fills the places of lookup that start with a code of n bits.
func (h *huffman) enter(code, n int, symbol byte) {
	size := int(symbol & 15)
	free := lookupBits - n // bits after the code
	first := code << free
	for i := range 1 << free {
		entry := uint32(symbol)<<8 | uint32(n)
		if size > 0 && size <= free {
			value := extend(uint64(i)<<(64-free), size)
			entry = uint32(value)<<16 | uint32(symbol)<<8 | uint32(n+size)
		}
		h.lookup[first+i] = entry
	}
}

// long reads a code of more than lookupBits bits at the top of acc. A code that
// is in no table counts as 17 bits and the symbol 0, as in libjpeg.
func (h *huffman) long(acc uint64) (symbol byte, n int) {
	code := int(acc >> 48)
	for n = lookupBits + 1; n <= 16; n++ {
		if code < h.limit[n] {
			return h.symbols[code>>(16-n)+h.offset[n]], n
		}
	}
	return 0, 17
}

// extend reads the value of size bits, at least one, at the top of acc: values
// that start with a 0 bit are negative. T.81, figure F.12.
func extend(acc uint64, size int) int32 {
	negative := ^int32(int64(acc) >> 63) // all ones if so
	return int32(acc>>(64-uint(size)&63)) + negative&(-1<<uint(size&31)+1)
}
