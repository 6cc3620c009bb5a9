package inflate

import "encoding/binary"

// fewBytes of a block are read before its table is paired: most of what a shorter one costs
// is saved.
const fewBytes = 64

// symbols decodes literals and matches until the end of the block, or until out is full.
func (r *Reader) symbols() error {
	for !r.full() {
		in := r.in
		if !r.tables.paired {
			in = in[:min(len(in), r.at+fewBytes)]
		}
		ended, err := r.symbolsFast(in)
		if !ended && !r.tables.paired {
			r.tables.pair()
		}
		if !ended && err == nil && !r.full() {
			ended, err = r.symbol()
		}
		if ended {
			r.block = nil
		}
		if ended || err != nil {
			return err
		}
	}
	return nil
}

// symbolsFast goes on as long as in, which is r.in or its beginning, has enough for a match,
// and out room for one.
func (r *Reader) symbolsFast(in []byte) (ended bool, err error) {
	const literalMask, distanceMask = 1<<literalBits - 1, 1<<distanceBits - 1
	at, bits, count := r.at, r.bits, r.count
	out, to := &r.out, r.to
	literals, distances := &r.tables.literals, &r.tables.distances
	defer func() { r.at, r.bits, r.count, r.to = at, bits, count, to }()
	for at <= len(in)-16 && to <= window-spare {
		// All 64 bits are filled; count is what can be told in whole bytes. Four times the
		// bits of the table, and the next ones to look at, are there.
		bits |= binary.LittleEndian.Uint64(in[at:]) << (count & 63)
		at += int(63-count) >> 3
		count |= 56
		e := literals[bits&literalMask]
		if e&literal != 0 {
			binary.LittleEndian.PutUint16(out[to:to+2], uint16(e>>16))
			to += int(e >> 12 & 3)
			bits >>= e & 63
			count -= uint(e & 63)
			e = literals[bits&literalMask]
			if e&literal != 0 {
				binary.LittleEndian.PutUint16(out[to:to+2], uint16(e>>16))
				to += int(e >> 12 & 3)
				bits >>= e & 63
				count -= uint(e & 63)
				e = literals[bits&literalMask]
				if e&literal != 0 {
					binary.LittleEndian.PutUint16(out[to:to+2], uint16(e>>16))
					to += int(e >> 12 & 3)
					bits >>= e & 63
					count -= uint(e & 63)
					e = literals[bits&literalMask]
					if e&literal != 0 {
						binary.LittleEndian.PutUint16(out[to:to+2], uint16(e>>16))
						to += int(e >> 12 & 3)
						bits >>= e & 63
						count -= uint(e & 63)
						continue
					}
				}
			}
			bits |= binary.LittleEndian.Uint64(in[at:]) << (count & 63)
			at += int(63-count) >> 3
			count |= 56
		}
		if e&special != 0 {
			if e&whichKind == subtable {
				e = literals[e.value()+int(bits>>literalBits&(1<<(e&63)-1))]
			}
			switch {
			case e&literal != 0:
				out[to] = byte(e >> 16)
				to++
				bits >>= e & 63
				count -= uint(e & 63)
				continue
			case e&whichKind == endOfBlock:
				bits >>= e & 63
				count -= uint(e & 63)
				return true, nil
			case e&special != 0:
				return false, ErrCorrupt
			}
		}
		length := int(e>>16) + int(bits&(1<<(e&63)-1)>>(e>>8&15))
		bits >>= e & 63
		count -= uint(e & 63)
		e = distances[bits&distanceMask]
		if e&special != 0 {
			if e&whichKind == subtable {
				e = distances[e.value()+int(bits>>distanceBits&(1<<(e&63)-1))]
			}
			if e&special != 0 {
				return false, ErrCorrupt
			}
		}
		distance := int(e>>16) + int(bits&(1<<(e&63)-1)>>(e>>8&15))
		bits >>= e & 63
		count -= uint(e & 63)
		if distance > to {
			return false, ErrCorrupt
		}
		copyMatch(out, to, distance, length)
		to += length
	}
	return false, nil
}

// symbol decodes one literal, two, or a match, also where the input ends.
func (r *Reader) symbol() (ended bool, err error) {
	r.need(48) // of a length and a distance
	e := r.tables.literals[r.bits&(1<<literalBits-1)]
	if e&whichKind == subtable && e&literal == 0 {
		e = r.tables.literals[e.value()+int(r.bits>>literalBits&(1<<e.length()-1))]
	}
	if e&literal != 0 {
		if e.length() > r.count { // the first of two may be there
			e = literal | 1<<12 | e&(0xff<<16) | e&0xf00 | entry(e.code())
		}
		if !r.drop(e) {
			return false, r.inputErr
		}
		r.out[r.to], r.out[r.to+1] = byte(e>>16), byte(e>>24)
		r.to += int(e >> 12 & 3)
		return false, nil
	}
	bits := r.bits
	switch {
	case e&whichKind == invalid && r.count < maxCode, !r.drop(e):
		return false, r.inputErr
	case e&whichKind == endOfBlock:
		return true, nil
	case e&special != 0:
		return false, ErrCorrupt
	}
	length := e.value() + int(bits&(1<<e.length()-1)>>e.code())
	e = r.tables.distances[r.bits&(1<<distanceBits-1)]
	if e&whichKind == subtable {
		e = r.tables.distances[e.value()+int(r.bits>>distanceBits&(1<<e.length()-1))]
	}
	bits = r.bits
	switch {
	case e&special != 0 && r.count < maxCode, !r.drop(e):
		return false, r.inputErr
	case e&special != 0:
		return false, ErrCorrupt
	}
	distance := e.value() + int(bits&(1<<e.length()-1)>>e.code())
	if distance > r.to {
		return false, ErrCorrupt
	}
	copyMatch(&r.out, r.to, distance, length)
	r.to += length
	return false, nil
}

// drop takes the bits of an entry, if they are there.
func (r *Reader) drop(e entry) bool {
	if e.length() > r.count {
		return false
	}
	r.bits >>= e.length()
	r.count -= e.length()
	return true
}

// copyMatch repeats length bytes from distance before to on. It may write up to eight
// bytes more.
func copyMatch(out *[window]byte, to, distance, length int) {
	end, from := to+length, to-distance
	switch {
	case distance >= 8:
		for {
			binary.LittleEndian.PutUint64(out[to:to+8], binary.LittleEndian.Uint64(out[from:from+8]))
			if to += 8; to >= end {
				return
			}
			from += 8
		}
	case distance == 1:
		word := uint64(out[from]) * 0x0101010101010101
		for ; to < end; to += 8 {
			binary.LittleEndian.PutUint64(out[to:to+8], word)
		}
	default: // each word repeats at least distance bytes
		for ; to < end; to, from = to+distance, from+distance {
			binary.LittleEndian.PutUint64(out[to:to+8], binary.LittleEndian.Uint64(out[from:from+8]))
		}
	}
}
