package lzw

import (
	"encoding/binary"
	"errors"
	"io"
)

const (
	most = 12 // bits of a code
	none = 1 << most
)

// What is known of a code's string beside its tail, from the lowest bit on: the first byte;
// 12 bits of the length; and 12 of link, the code of all that is before the tail.
const (
	lengthAt = 8
	linkAt   = 20
)

// Reader decodes a block. It is made by none but its Reset methods, and may be used again.
type Reader struct {
	data   []byte
	bits   uint64 // that come next: the first one highest in TIFF, lowest in GIF
	count  uint   // of them; beyond, there may be some of data[0]
	gif    bool
	clear  int  // the code that empties the table; the next one ends the block
	early  int  // how many codes too soon codes become wider
	narrow uint // bits of a code after clear
	width  uint // and of the one that comes next
	next   int  // the code that the next string gets
	last   int  // the code before, or none where its string is not continued

	// The strings of the codes. Of each there are the last bytes, which its length leaves of
	// eights or eight of them, the first one lowest. Two tables of these sizes fit the first cache;
	// fewer bytes at once are read in more steps, of a number that the CPU does not foresee.
	tails [1 << most]uint64
	rests [1 << most]uint32

	out      [2<<most + 8]byte
	from, to int // of out, decoded and not read
	err      error
}

// ResetTIFF begins a block of a TIFF file: TIFF 6.0, section 13.
func (r *Reader) ResetTIFF(data []byte) {
	r.gif, r.early = false, 1
	r.reset(data, 8)
}

// ResetGIF begins a frame of a GIF file, of bytes with so many bits: GIF89a, appendix F.
func (r *Reader) ResetGIF(data []byte, bits int) {
	r.gif, r.early = true, 0
	r.reset(data, bits)
}

func (r *Reader) reset(data []byte, bits int) {
	r.data, r.bits, r.count = data, 0, 0
	r.from, r.to, r.err = 0, 0, nil
	r.clear = 1 << bits
	for i := range r.clear {
		r.tails[i], r.rests[i] = uint64(i), uint32(1<<lengthAt|i)
	}
	r.tails[none-1], r.rests[none-1] = 0, 2<<lengthAt // which no string gets
	r.narrow = uint(bits) + 1
	r.width, r.next, r.last = r.narrow, r.clear+1, none
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for r.from == r.to {
		if r.err != nil {
			return 0, r.err
		}
		r.from, r.to = 0, 0
		r.err = r.codes()
	}
	n := copy(p, r.out[r.from:r.to])
	r.from += n
	return n, nil
}

var errCode = errors.New("lzw: invalid code")

// codes decodes until there may be no room for another string. One has 4096 bytes at most,
// and is written eight at a time.
func (r *Reader) codes() (err error) {
	tails, rests := &r.tails, &r.rests
	last, next, width, to := r.last, r.next, r.width, 0
loop:
	for to <= len(r.out)-1<<most-8 {
		if r.count < width && !r.fill(width) {
			err = io.ErrUnexpectedEOF
			break
		}
		var code int
		if r.gif {
			code = int(r.bits & (1<<(width&63) - 1))
			r.bits >>= width & 63
		} else {
			code = int(r.bits >> (-width & 63))
			r.bits <<= width & 63
		}
		r.count -= width
		switch {
		case code == r.clear:
			last, next, width = none, r.clear+1, r.narrow
			continue
		case code == r.clear+1:
			err = io.EOF
			break loop
		case code > next:
			err = errCode
			break loop
		}
		tail, rest := tails[code&(none-1)], rests[code&(none-1)]
		if last != none { // the last string and one more byte are the next one
			longer, more := tails[last&(none-1)], rests[last&(none-1)]
			b := uint64(uint8(rest))
			if code == next {
				b = uint64(uint8(more))
			}
			if n := more >> lengthAt & 7; n > 0 {
				longer |= b << (8 * n & 63)
			} else {
				longer, more = b, more&(1<<linkAt-1)|uint32(last)<<linkAt
			}
			more += 1 << lengthAt
			tails[next&(none-1)], rests[next&(none-1)] = longer, more
			if code == next {
				tail, rest = longer, more
			}
		}
		length := int(rest >> lengthAt & (none - 1))
		at := to + (length-1)&^7
		to += length
		binary.LittleEndian.PutUint64(r.out[at:at+8], tail)
		for at > to-length {
			code := rest >> linkAt
			tail, rest, at = tails[code], rests[code], at-8
			binary.LittleEndian.PutUint64(r.out[at:at+8], tail)
		}
		last, next = code, min(next+1, none)
		if next+r.early >= 1<<(width&63) {
			if width == most {
				last = none
			} else {
				width++
			}
		}
	}
	r.last, r.next, r.width, r.to = last, next, width, to
	return err
}

// fill fetches bits, and reports whether there are those of a code.
func (r *Reader) fill(width uint) bool {
	if len(r.data) >= 8 {
		if r.gif {
			r.bits |= binary.LittleEndian.Uint64(r.data) << (r.count & 63)
		} else {
			r.bits |= binary.BigEndian.Uint64(r.data) >> (r.count & 63)
		}
		r.data = r.data[(63-r.count)>>3:]
		r.count |= 56
		return true
	}
	for ; len(r.data) > 0 && r.count <= 56; r.data = r.data[1:] {
		if r.gif {
			r.bits |= uint64(r.data[0]) << r.count
		} else {
			r.bits |= uint64(r.data[0]) << (56 - r.count)
		}
		r.count += 8
	}
	return r.count >= width
}
