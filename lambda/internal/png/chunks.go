package png

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"io"
	"math"

	"github.com/yolambda/yolambda/lambda/internal/rgba"
)

// ErrUnsupported says that a file is of a kind that this package does not decode.
var ErrUnsupported = errors.New("unsupported PNG")

var errOrder = errors.New("chunk out of order")

// stage is how far the chunks are, which have an order (5.6).
type stage int

const (
	start stage = iota
	seenIHDR
	seenPLTE
	seenTRNS
	seenIDAT
	seenIEND
)

// decoder goes through a file.
type decoder struct {
	ctx   context.Context
	data  []byte // after what was read
	stage stage

	width, height int // pixels
	depth         int // bits of a sample
	colour        colour
	interlaced    bool
	palette       rgba.Palette
}

const signature = "\x89PNG\r\n\x1a\n"

// Decode decodes a file to an image.Gray or an image.RGBA whose alpha is 255. It takes the
// memory that the header claims, and stops soon after the context is done, with its error.
// A file that ends too early gives io.ErrUnexpectedEOF, one of a kind that is not decoded
// wraps ErrUnsupported.
func Decode(ctx context.Context, data []byte) (image.Image, error) {
	if len(data) < len(signature) {
		return nil, io.ErrUnexpectedEOF
	}
	if string(data[:len(signature)]) != signature {
		return nil, errors.New("no signature")
	}
	d := &decoder{ctx: ctx, data: data[len(signature):]}
	var img image.Image
	for d.stage != seenIEND {
		name, body, err := d.chunk()
		if err != nil {
			return nil, err
		}
		switch name {
		case "IHDR":
			err = d.readIHDR(body)
		case "PLTE":
			err = d.readPLTE(body)
		case "tRNS":
			err = d.readTRNS(body)
		case "IDAT":
			switch {
			case d.stage < seenIHDR || d.stage == seenIHDR && d.colour == indexed:
				return nil, errOrder
			case d.stage < seenIDAT:
				d.stage = seenIDAT
				img, err = d.decode(body)
			}
			// Others behind the pixels are not read.
		case "IEND":
			if d.stage != seenIDAT {
				return nil, errOrder
			}
			if len(body) > 0 {
				return nil, errors.New("an IEND chunk that is not empty")
			}
			d.stage = seenIEND
		}
		if err != nil {
			return nil, err
		}
	}
	return img, nil
}

// chunk reads the next chunk and checks it.
func (d *decoder) chunk() (name string, body []byte, err error) {
	if err := d.ctx.Err(); err != nil {
		return "", nil, err
	}
	if len(d.data) < 8 {
		return "", nil, io.ErrUnexpectedEOF
	}
	n := int(binary.BigEndian.Uint32(d.data))
	if len(d.data) < 8+n+4 {
		return "", nil, io.ErrUnexpectedEOF
	}
	chunk, rest := d.data[4:8+n], d.data[8+n:]
	if crc32.ChecksumIEEE(chunk) != binary.BigEndian.Uint32(rest) {
		return "", nil, fmt.Errorf("invalid checksum of a chunk %q", chunk[:4])
	}
	d.data = rest[4:]
	return string(chunk[:4]), chunk[4:], nil
}

// nextIDAT is the next chunk of pixels, if that is the next one.
func (d *decoder) nextIDAT() ([]byte, error) {
	if len(d.data) >= 8 && string(d.data[4:8]) != "IDAT" {
		return nil, errPixels
	}
	_, body, err := d.chunk()
	return body, err
}

// colour is what the samples mean (11.2.1).
type colour uint8

const (
	grey      colour = 0
	trueColor colour = 2
	indexed   colour = 3
	greyAlpha colour = 4
	trueAlpha colour = 6
)

// samples is how many a pixel has.
func (c colour) samples() int {
	switch c {
	case trueColor:
		return 3
	case greyAlpha:
		return 2
	case trueAlpha:
		return 4
	}
	return 1
}

func (d *decoder) readIHDR(body []byte) error {
	if d.stage != start {
		return errOrder
	}
	d.stage = seenIHDR
	if len(body) != 13 {
		return errors.New("bad length of IHDR")
	}
	d.width, d.height = int(int32(binary.BigEndian.Uint32(body))), int(int32(binary.BigEndian.Uint32(body[4:])))
	d.depth, d.colour = int(body[8]), colour(body[9])
	switch {
	case body[10] != 0 || body[11] != 0:
		return fmt.Errorf("%w: compression method %d, filter method %d", ErrUnsupported, body[10], body[11])
	case body[12] > 1:
		return errors.New("invalid interlace method")
	case d.width <= 0 || d.height <= 0:
		return errors.New("it has no pixels")
	case d.width > math.MaxInt/8/d.height:
		return fmt.Errorf("%w: %dx%d pixels", ErrUnsupported, d.width, d.height)
	}
	d.interlaced = body[12] == 1
	depths := map[colour]string{grey: "\x01\x02\x04\x08\x10", indexed: "\x01\x02\x04\x08", trueColor: "\x08\x10", greyAlpha: "\x08\x10", trueAlpha: "\x08\x10"}
	for _, depth := range []byte(depths[d.colour]) {
		if int(depth) == d.depth {
			return nil
		}
	}
	return fmt.Errorf("%w: colour type %d with %d bits a sample", ErrUnsupported, d.colour, d.depth)
}

// readPLTE reads the palette. An index without a colour is black, as in libpng.
func (d *decoder) readPLTE(body []byte) error {
	if d.stage != seenIHDR {
		return errOrder
	}
	d.stage = seenPLTE
	n := len(body) / 3
	if len(body)%3 != 0 || n == 0 || n > 256 || n > 1<<d.depth {
		return errors.New("bad length of PLTE")
	}
	if d.colour == grey || d.colour == greyAlpha {
		return errors.New("a palette of grey")
	}
	for i := range d.palette {
		d.palette.Set(i, 0, 0, 0)
	}
	for i := range n {
		d.palette.Set(i, body[3*i], body[3*i+1], body[3*i+2])
	}
	return nil
}

// readTRNS checks the transparency, which is dropped.
func (d *decoder) readTRNS(body []byte) error {
	switch {
	case d.colour == indexed && d.stage != seenPLTE,
		d.colour == trueColor && d.stage != seenIHDR && d.stage != seenPLTE,
		d.colour != indexed && d.colour != trueColor && d.stage != seenIHDR:
		return errOrder
	}
	d.stage = seenTRNS
	switch {
	case d.colour == grey && len(body) == 2, d.colour == trueColor && len(body) == 6, d.colour == indexed && len(body) <= 256:
		return nil
	}
	return errors.New("bad length of tRNS")
}
