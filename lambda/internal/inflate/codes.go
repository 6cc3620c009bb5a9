package inflate

import "sync"

// lengthBase and lengthExtra are of the symbols from 257 on, distanceBase and
// distanceExtra of those of distances. RFC 1951, 3.2.5.
var (
	lengthBase   = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthExtra  = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	distanceBase = [30]uint16{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
		4097, 6145, 8193, 12289, 16385, 24577}
	distanceExtra = [30]uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}
)

// Entries of symbols, to which the number of bits of their codes is added.
var literalSymbols, distanceSymbols, lengthSymbols = func() (literals [288]entry, distances [32]entry, lengths [19]entry) {
	for i := range literals {
		switch {
		case i < 256:
			literals[i] = literal | 1<<12 | entry(i)<<16
		case i == 256:
			literals[i] = endOfBlock
		case i-257 < len(lengthBase):
			literals[i] = entry(lengthBase[i-257])<<16 | entry(lengthExtra[i-257])
		default:
			literals[i] = invalid
		}
	}
	for i := range distances {
		distances[i] = invalid
		if i < len(distanceBase) {
			distances[i] = entry(distanceBase[i])<<16 | entry(distanceExtra[i])
		}
	}
	for i := range lengths {
		lengths[i] = literal | entry(i)<<16
	}
	return
}()

// fixedTables are those of fixed codes. RFC 1951, 3.2.6.
var fixedTables = sync.OnceValue(func() *tables {
	var lengths [288]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	var distances [32]uint8
	for i := range distances {
		distances[i] = 5
	}
	t := new(tables)
	t.build(lengths[:], distances[:])
	t.pair()
	return t
})

// readCodes reads the codes of a block and makes its tables. RFC 1951, 3.2.7.
func (r *Reader) readCodes() error {
	h, err := r.take(14)
	if err != nil {
		return err
	}
	literals, distances, lengths := int(h&31)+257, int(h>>5&31)+1, int(h>>10)+4
	if literals > 286 || distances > 30 {
		return ErrCorrupt
	}
	order := [19]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
	var codes [19]uint8
	for _, symbol := range order[:lengths] {
		n, err := r.take(3)
		if err != nil {
			return err
		}
		codes[symbol] = uint8(n)
	}
	const tableBits = 7 // the most that a code has
	var table [1 << tableBits]entry
	if !build(table[:], tableBits, codes[:], lengthSymbols[:]) {
		return ErrCorrupt
	}
	var all [286 + 30]uint8
	for i := 0; i < literals+distances; {
		r.need(tableBits)
		e := table[r.bits&(1<<tableBits-1)]
		if e&literal == 0 || e.length() > r.count {
			if r.count < tableBits {
				return r.inputErr
			}
			return ErrCorrupt
		}
		r.bits >>= e.length()
		r.count -= e.length()
		symbol, repeat := uint8(e.value()), 1
		if symbol >= 16 {
			extra := []uint{2, 3, 7}[symbol-16]
			n, err := r.take(extra)
			if err != nil {
				return err
			}
			switch repeat = int(n) + 3; symbol {
			case 16:
				if i == 0 {
					return ErrCorrupt
				}
				symbol = all[i-1]
			case 17:
				symbol = 0
			case 18:
				symbol, repeat = 0, repeat+8
			}
			if i+repeat > literals+distances {
				return ErrCorrupt
			}
		}
		if symbol > 0 {
			for j := range repeat {
				all[i+j] = symbol
			}
		}
		i += repeat
	}
	if !r.own.build(all[:literals], all[literals:literals+distances]) {
		return ErrCorrupt
	}
	r.tables = &r.own
	return nil
}
