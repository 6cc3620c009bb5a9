package inflate

import (
	"context"
	"encoding/binary"
	"errors"
	"hash"
	"hash/adler32"
	"io"
)

// What is wrong with a stream that does not just end too early.
var (
	ErrCorrupt  = errors.New("corrupt deflate data")
	ErrHeader   = errors.New("no zlib header")
	ErrChecksum = errors.New("wrong Adler-32 checksum")
)

const (
	history = 32 << 10 // bytes that a match may reach back
	// window has the history and what is decoded ahead of reading. The end is spare, so
	// that a match may be begun anywhere before it and copied word by word.
	window = 128 << 10
	spare  = 258 + 16
)

// Reader gives what a stream holds. Its zero value is ready for Reset.
type Reader struct {
	// in is the piece of the stream that is being read, from at on; next gives the one
	// after it.
	in       []byte
	at       int
	next     func() ([]byte, error)
	inputErr error // why there is no next piece

	// bits are those that are read next, the first in the lowest. There are count of
	// them, and above these there may be some of in[at].
	bits  uint64
	count uint

	out      [window]byte
	from, to int // of out, decoded and not read
	err      error
	sum      hash.Hash32 // of what was decoded, or nil

	block  func(*Reader) error // goes on with the block, or nil between blocks
	last   bool                // the block is the last one
	stored int                 // bytes of a stored block that are left
	tables *tables             // of the block
	own    tables              // of a block with its own codes

	ctx context.Context
}

// Reset begins a stream of pieces: first, and those that next gives until its error. A nil
// next has none. checksum says whether the end of the stream is held to what was decoded.
// Reading ends with the context, between blocks: there may be millions that give nothing.
func (r *Reader) Reset(ctx context.Context, first []byte, next func() ([]byte, error), checksum bool) {
	r.ctx = ctx
	r.in, r.at, r.next, r.inputErr = first, 0, next, nil
	r.bits, r.count = 0, 0
	r.from, r.to = 0, 0
	r.block, r.last = nil, false
	r.sum = nil
	if checksum {
		r.sum = adler32.New()
	}
	r.err = r.header()
}

// header reads the two bytes before the data.
func (r *Reader) header() error {
	h, err := r.take(16)
	if err != nil {
		return err
	}
	method, flags := h&0xff, h>>8
	if method&0xf != 8 || method>>4 > 7 || (method<<8|flags)%31 != 0 || flags&0x20 != 0 { // a dictionary
		return ErrHeader
	}
	return nil
}

// Read gives decoded bytes. What was decoded before damage is given before its error.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for r.from == r.to {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.out[r.from:r.to])
	r.from += n
	return n, nil
}

// fill decodes until out is full. All of it has been read.
func (r *Reader) fill() {
	if r.full() {
		copy(r.out[:history], r.out[r.to-history:r.to])
		r.to = history
	}
	r.from = r.to
	for r.err == nil && !r.full() {
		switch {
		case r.block != nil:
			r.err = r.block(r)
		case r.last:
			r.err = io.EOF
		default:
			r.err = r.blockHeader()
		}
	}
	if r.sum == nil {
		return
	}
	r.sum.Write(r.out[r.from:r.to])
	if r.err == io.EOF {
		r.err = r.checkSum()
	}
}

// full reports whether there is no room for a match.
func (r *Reader) full() bool { return r.to > window-spare }

func (r *Reader) checkSum() error {
	r.align()
	var want [4]byte
	for i := range want {
		b, err := r.take(8)
		if err != nil {
			return err
		}
		want[i] = byte(b)
	}
	if binary.BigEndian.Uint32(want[:]) != r.sum.Sum32() {
		return ErrChecksum
	}
	return io.EOF
}

func (r *Reader) blockHeader() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	h, err := r.take(3)
	if err != nil {
		return err
	}
	r.last = h&1 == 1
	switch h >> 1 {
	case 0:
		return r.openStored()
	case 1:
		r.tables = fixedTables()
	case 2:
		if err := r.readCodes(); err != nil {
			return err
		}
	default:
		return ErrCorrupt
	}
	r.block = (*Reader).symbols
	return nil
}

func (r *Reader) openStored() error {
	r.align()
	lengths, err := r.take(32)
	if err != nil {
		return err
	}
	if lengths>>16 != ^lengths&0xffff {
		return ErrCorrupt
	}
	r.stored = int(lengths & 0xffff)
	r.block = (*Reader).copyStored
	return nil
}

func (r *Reader) copyStored() error {
	for ; r.count > 0 && r.stored > 0 && !r.full(); r.stored-- {
		b, err := r.take(8)
		if err != nil {
			return err
		}
		r.out[r.to] = byte(b)
		r.to++
	}
	for r.stored > 0 && !r.full() {
		r.bits = 0 // some of in[at]
		if r.at == len(r.in) && !r.nextPiece() {
			return r.inputErr
		}
		n := copy(r.out[r.to:][:min(r.stored, window-r.to)], r.in[r.at:])
		r.at, r.to, r.stored = r.at+n, r.to+n, r.stored-n
	}
	if r.stored == 0 {
		r.block = nil
	}
	return nil
}

// nextPiece goes on to the next piece that is not empty, or keeps why there is none.
func (r *Reader) nextPiece() bool {
	for r.inputErr == nil {
		if r.next == nil {
			r.inputErr = io.ErrUnexpectedEOF
			break
		}
		if r.in, r.inputErr = r.next(); r.inputErr == io.EOF {
			r.inputErr = io.ErrUnexpectedEOF
		}
		if r.at = 0; r.inputErr != nil {
			r.in = nil
		} else if len(r.in) > 0 {
			return true
		}
	}
	return false
}

// need fetches bits until there are n, 56 at most, or all that are left.
func (r *Reader) need(n uint) {
	for r.count < n && (r.at < len(r.in) || r.nextPiece()) {
		r.bits |= uint64(r.in[r.at]) << r.count
		r.at++
		r.count += 8
	}
}

// take reads n bits, 32 at most.
func (r *Reader) take(n uint) (uint32, error) {
	if r.need(n); r.count < n {
		return 0, r.inputErr
	}
	v := uint32(r.bits & (1<<n - 1))
	r.bits >>= n
	r.count -= n
	return v, nil
}

// align drops what is left of a byte.
func (r *Reader) align() {
	r.bits >>= r.count & 7
	r.count &^= 7
}
