package vp8l

import (
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/yolambda/yolambda/lambda/internal/rgba"
)

var (
	errCache = errors.New("an invalid cache of colours")
	errCopy  = errors.New("a copy of pixels that are not there")
)

// readPixels reads a picture, as bytes R, G, B and A. outer is the whole one, not one inside of it (3.7.3).
func readPixels(ctx context.Context, r *bitReader, width, height int, outer bool) ([]byte, error) {
	d := decoder{bitReader: r, width: width}
	cached := 0
	if r.flag() {
		bits := r.bits(4)
		if bits < 1 || bits > 11 {
			return nil, errCache
		}
		cached = 1 << bits
		d.colours, d.shift = make([]uint32, cached), 32-bits
	}
	var err error
	if d.groups, err = readGroups(ctx, r, width, height, outer, cached); err != nil {
		return nil, err
	}
	d.pix = rgba.New(width, height).Pix
	if err := d.decode(ctx); err != nil {
		return nil, err
	}
	return d.pix, nil
}

// decoder decodes a picture.
type decoder struct {
	*bitReader
	*groups
	width   int
	pix     []byte
	colours []uint32 // recent ones
	shift   int      // of a colour's hash, to its place among them
	noted   int      // of pix, is not among colours yet
}

// decode goes through the pixels in pieces that have one group: a row's part in a block, or all there are.
func (d *decoder) decode(ctx context.Context) error {
	row := -1
	for p := 0; p < len(d.pix); {
		x, y := p/4%d.width, p/4/d.width
		if y != row {
			if err := ctx.Err(); err != nil {
				return err
			}
			row = y
		}
		g, end := &d.all[0], d.width
		if d.which != nil {
			block := y>>d.groups.bits*blocks(d.width, d.groups.bits) + x>>d.groups.bits
			g, end = &d.all[d.index(4*block)], min(d.width, (x>>d.groups.bits+1)<<d.groups.bits)
		}
		var err error
		if p, err = d.piece(g, p, 4*(y*d.width+end)); err != nil {
			return err
		}
	}
	return nil
}

// piece decodes pixels with a group, from a place up to another one, or further if a copy goes on behind it, and tells to which.
func (d *decoder) piece(g *group, p, end int) (int, error) {
	pix, r := d.pix, d.bitReader
	for p < end {
		if p = d.readLiterals(g, p, end); p == end {
			break
		}
		r.fill()
		green := g.green.next(r)
		switch {
		case green < literals:
			red := g.red.next(r)
			r.fill()
			blue := g.blue.next(r)
			alpha := g.alpha.next(r)
			binary.LittleEndian.PutUint32(pix[p:], uint32(red|green<<8|blue<<16|alpha<<24))
			p += 4
		case green < literals+lengths:
			n := 4 * r.amount(green-literals)
			r.fill()
			distance := 4 * d.distance(r.amount(g.distance.next(r)))
			if distance > p || n > len(pix)-p {
				return 0, errCopy
			}
			for n > 0 { // what is copied may be part of what is to be copied
				copied := copy(pix[p:p+n], pix[p-distance:p])
				p += copied
				n -= copied
			}
		default:
			if d.colours == nil || green-literals-lengths >= len(d.colours) {
				return 0, errCache
			}
			for ; d.noted < p; d.noted += 4 {
				colour := binary.LittleEndian.Uint32(pix[d.noted:])
				d.colours[hash(colour)>>d.shift] = colour
			}
			binary.LittleEndian.PutUint32(pix[p:], d.colours[green-literals-lengths])
			p += 4
		}
		if r.count < 0 {
			return 0, io.ErrUnexpectedEOF
		}
	}
	return p, nil
}

// readLiterals decodes literals as long as there are, up to a place, and 16 bytes of data. The reader's state is in variables meanwhile.
func (d *decoder) readLiterals(g *group, p, end int) int {
	r := d.bitReader
	if r.count < 0 {
		return p
	}
	value, count, next, data := r.value, r.count, r.next, r.data
	pix := d.pix[:end]
	for p+4 <= len(pix) && next+16 <= len(data) {
		value |= binary.LittleEndian.Uint64(data[next:]) << (count & 63)
		next += (63 - count) >> 3
		count |= 56
		green, n := g.green.look(value)
		if green >= literals {
			break
		}
		value >>= n & 63
		count -= n
		red, n := g.red.look(value)
		value >>= n & 63
		count -= n
		blue, n := g.blue.look(value)
		value >>= n & 63
		count -= n
		if count < longest {
			value |= binary.LittleEndian.Uint64(data[next:]) << (count & 63)
			next += (63 - count) >> 3
			count |= 56
		}
		alpha, n := g.alpha.look(value)
		value >>= n & 63
		count -= n
		binary.LittleEndian.PutUint32(pix[p:], red|green<<8|blue<<16|alpha<<24)
		p += 4
	}
	r.value, r.count, r.next = value, count, next
	return p
}

// hash is a colour's, whose bits are A, R, G and B there from the highest on (3.6.3).
func hash(colour uint32) uint32 {
	return 0x1e35a7bd * (colour&0xff00ff00 | colour>>16&0xff | colour&0xff<<16)
}

// amount is a length or the code of a distance, by its symbol, with the bits behind it (3.6.2).
func (r *bitReader) amount(symbol int) int {
	if symbol < 4 {
		return symbol + 1
	}
	n := (symbol - 2) >> 1
	return (2+symbol&1)<<n + r.bits(n) + 1
}

// distance is how many pixels back a copy is from, by its code: the first ones are of pixels nearby (3.6.2.2).
func (d *decoder) distance(code int) int {
	if code > len(nearby) {
		return code - len(nearby)
	}
	at := int(nearby[code-1])
	return max(at>>4*d.width+8-at&0xf, 1)
}

// nearby are rows up, times 16, and 8 columns less how many to the left.
var nearby = [120]uint8{
	0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a,
	0x26, 0x2a, 0x38, 0x05, 0x37, 0x39, 0x15, 0x1b, 0x36, 0x3a,
	0x25, 0x2b, 0x48, 0x04, 0x47, 0x49, 0x14, 0x1c, 0x35, 0x3b,
	0x46, 0x4a, 0x24, 0x2c, 0x58, 0x45, 0x4b, 0x34, 0x3c, 0x03,
	0x57, 0x59, 0x13, 0x1d, 0x56, 0x5a, 0x23, 0x2d, 0x44, 0x4c,
	0x55, 0x5b, 0x33, 0x3d, 0x68, 0x02, 0x67, 0x69, 0x12, 0x1e,
	0x66, 0x6a, 0x22, 0x2e, 0x54, 0x5c, 0x43, 0x4d, 0x65, 0x6b,
	0x32, 0x3e, 0x78, 0x01, 0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f,
	0x64, 0x6c, 0x42, 0x4e, 0x76, 0x7a, 0x21, 0x2f, 0x75, 0x7b,
	0x31, 0x3f, 0x63, 0x6d, 0x52, 0x5e, 0x00, 0x74, 0x7c, 0x41,
	0x4f, 0x10, 0x20, 0x62, 0x6e, 0x30, 0x73, 0x7d, 0x51, 0x5f,
	0x40, 0x72, 0x7e, 0x61, 0x6f, 0x50, 0x71, 0x7f, 0x60, 0x70,
}
