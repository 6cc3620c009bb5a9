package inflate

// entry is what the next bits say: bits 0 to 5 how many of them, with extra ones, belong to
// it; bits 8 to 11 how many without; bits 12 to 15 the kind; bits 16 to 31 the value.
//
//	literal   the value is one or two bytes, as bits 12 and 13 count; bits 8 to 11 are
//	          how many bits belong to the first
//	length, distance   the value is the least; the number in the extra bits adds to it
//	special   bits 12 and 13 are one of those below
type entry uint32

const (
	literal entry = 1 << 15
	special entry = 1 << 14

	invalid    = special
	endOfBlock = special | 1<<12
	subtable   = special | 2<<12 // the value is where it begins, bits 0 to 5 how many bits it takes
	whichKind  = special | 3<<12
)

func (e entry) length() uint { return uint(e & 63) }
func (e entry) code() uint   { return uint(e >> 8 & 15) }
func (e entry) value() int   { return int(e >> 16) }

const (
	maxCode      = 15 // bits
	literalBits  = 11
	distanceBits = 9
	// A subtable is for at least two codes, all of which are longer than the bits of the
	// table before it.
	literalSize  = 1<<literalBits + 288/2<<(maxCode-literalBits)
	distanceSize = 1<<distanceBits + 32/2<<(maxCode-distanceBits)
)

// tables are those of a block.
type tables struct {
	literals  [literalSize]entry
	distances [distanceSize]entry
	paired    bool // see pair
}

// build makes the tables for codes of so many bits each.
func (t *tables) build(literals, distances []uint8) bool {
	t.paired = false
	return build(t.literals[:], literalBits, literals, literalSymbols[:]) &&
		build(t.distances[:], distanceBits, distances, distanceSymbols[:])
}

// build fills the table, which finds entries by the bits that come next, for Huffman codes
// of so many bits each, 0 for symbols without.
// RFC 1951, 3.2.2. It reports whether the codes are complete: all bits lead to a symbol, as
// they must, unless there is no code at all or a single one of one bit.
func build(table []entry, tableBits uint, lengths []uint8, symbols []entry) bool {
	var numbers [maxCode + 1]int
	used, room := 0, 1
	for _, n := range lengths {
		if n > 0 {
			numbers[n&maxCode]++
			used++
		}
	}
	for n := 1; n <= maxCode; n++ {
		if room = room<<1 - numbers[n]; room < 0 {
			return false
		}
	}
	if room > 0 && used > 0 && (used > 1 || numbers[1] != 1) {
		return false
	}
	table[0] = invalid // and with it all that no code leads to
	var starts [maxCode + 2]int
	for n, sum := 1, 0; n <= maxCode; n++ {
		sum += numbers[n]
		starts[n+1] = sum
	}
	var sorted [288]uint16 // symbols by the length of their codes
	next := starts
	for symbol, n := range lengths {
		if n > 0 {
			sorted[next[n]] = uint16(symbol)
			next[n]++
		}
	}
	// Codes come with their first bit lowest. code is the one of the symbol, and filled
	// how many entries are there, which repeat until the table is full.
	code, filled, at := uint(0), uint(1), 0
	for n := uint(1); n <= tableBits; n++ {
		copy(table[filled:2*filled], table[:filled])
		filled *= 2
		for range numbers[n] {
			table[code] = symbols[sorted[at]] + entry(n) + entry(n)<<8
			code, at = after(code, n), at+1
		}
	}
	free := 1 << tableBits
	for n := tableBits + 1; n <= maxCode; n++ {
		for range numbers[n] {
			low := code & (1<<tableBits - 1)
			sub := table[low]
			if code>>tableBits == 0 { // the first of its subtable
				sub = subtable | entry(free)<<16 | entry(subtableBits(&numbers, at, starts[n+1], n, tableBits))
				table[low] = sub
				free += 1 << sub.length()
			}
			for i := code >> tableBits; i < 1<<sub.length(); i += 1 << (n - tableBits) {
				table[sub.value()+int(i)] = symbols[sorted[at]] + entry(n) + entry(n)<<8
			}
			code, at = after(code, n), at+1
		}
	}
	return true
}

// after is the code of n bits after another one, both with their first bit lowest.
func after(code, n uint) uint {
	bit := uint(1) << (n - 1)
	for code&bit != 0 {
		code ^= bit
		bit >>= 1
	}
	return code | bit
}

// subtableBits is how many bits a subtable takes whose first code has n: as many codes
// follow as fill it. That code is at of all, and those of its length end at end.
func subtableBits(numbers *[maxCode + 1]int, at, end int, n, tableBits uint) uint {
	codes := end - at
	for ; codes < 1<<(n-tableBits) && n < maxCode; codes = codes<<1 + numbers[n] {
		n++
	}
	return n - tableBits
}

// pair puts two literals in one entry where the bits of a table suffice. It takes longer
// than a short block.
func (t *tables) pair() {
	t.paired = true
	for i := 1<<literalBits - 1; i >= 0; i-- {
		e := t.literals[i]
		if e&literal == 0 {
			continue
		}
		// Lower entries are not paired yet.
		if f := t.literals[i>>(e.length()&63)]; f&literal != 0 && e.length()+f.length() <= literalBits {
			t.literals[i] = literal | 2<<12 | (e>>16|f>>16<<8)<<16 | e&0xf00 | (e+f)&63
		}
	}
}
