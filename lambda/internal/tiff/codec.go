package tiff

import (
	"context"
	"fmt"
	"io"
	"math/bits"

	"github.com/yolambda/yolambda/lambda/internal/inflate"
	"github.com/yolambda/yolambda/lambda/internal/lzw"
)

// Values of the compression tag.
const (
	uncompressed  = 1
	faxRuns       = 2 // "CCITT RLE": rows of run lengths
	faxGroup3     = 3
	faxGroup4     = 4
	lzwCodes      = 5
	oldJPEG       = 6
	jpegBlocks    = 7
	deflate       = 8
	oldDeflate    = 32946
	faxRunsOfWord = 32771 // rows of run lengths that start at even bytes
	packBits      = 32773
)

// unread are the compressions that are refused by name.
var unread = map[int]string{
	oldJPEG: "JPEG in the style before 1995", 34925: "LZMA", 50000: "Zstandard", 50001: "WebP", 34887: "LERC",
	34712: "JPEG 2000", 33003: "JPEG 2000", 33005: "JPEG 2000", 34661: "JBIG", 32809: "ThunderScan", 32766: "NeXT",
	34676: "SGI LogLuv", 34677: "SGI LogLuv", 34892: "lossy JPEG of a DNG file", 50002: "JPEG XL", 52546: "JPEG XL", 32908: "PixarFilm", 32909: "PixarLog", 34713: "a Nikon camera's own",
}

// readCompression reads how blocks are compressed.
func (f *File) readCompression() error {
	f.compression, f.predictor = f.value(tagCompression, uncompressed), 1
	switch f.compression {
	case uncompressed, packBits, jpegBlocks:
	case faxRuns, faxGroup3, faxGroup4, faxRunsOfWord:
		if f.bits != 1 || f.samples != 1 {
			return fmt.Errorf("%d samples of %d bits in the code of fax machines", f.samples, f.bits)
		}
	case lzwCodes, deflate, oldDeflate:
		f.predictor = f.value(tagPredictor, 1)
	default:
		if name := unread[f.compression]; name != "" {
			return fmt.Errorf("%w: compressed with %s", ErrUnsupported, name)
		}
		return fmt.Errorf("%w: compression %d", ErrUnsupported, f.compression)
	}
	return f.checkPredictor()
}

// codec gives the bytes of a block, row by row. What it gives is bound by what is read of
// it: none decodes ahead by more than 128 KiB.
type codec struct {
	io.Reader                 // nil where the block is not compressed
	plain     []byte          // and its bytes then, that are not read yet
	inflate   *inflate.Reader // kept for the next block, as lzw is
	lzw       *lzw.Reader
}

// open goes to block i.
func (c *codec) open(ctx context.Context, f *File, i int) error {
	data := f.layout.data[i]
	if f.value(tagFillOrder, 1) == 2 {
		reversed := make([]byte, len(data))
		for i, b := range data {
			reversed[i] = bits.Reverse8(b)
		}
		data = reversed
	}
	switch f.compression {
	case lzwCodes:
		if len(data) > 1 && data[0] == 0 && data[1]&1 == 1 {
			return fmt.Errorf("%w: LZW in the style before 1988", ErrUnsupported)
		}
		if c.lzw == nil {
			c.lzw = new(lzw.Reader)
		}
		c.lzw.ResetTIFF(data)
		c.Reader = c.lzw
	case deflate, oldDeflate:
		if c.inflate == nil {
			c.inflate = new(inflate.Reader)
		}
		// As in libtiff, nobody reads as far as the checksum.
		c.inflate.Reset(ctx, data, nil, false)
		c.Reader = c.inflate
	case packBits:
		c.Reader = &packBitsReader{data: data}
	case faxRuns, faxGroup3, faxGroup4, faxRunsOfWord:
		c.Reader = newFax(data, f.layout.width, f.compression, f.value(tagT4Options, 0))
	default:
		c.plain = data
	}
	return nil
}

// row gives the next bytes, as many as there is room for: in it, or where they are in the
// file, not to be changed.
func (c *codec) row(room []byte) ([]byte, error) {
	if c.Reader != nil {
		_, err := io.ReadFull(c, room)
		return room, err
	}
	if len(c.plain) < len(room) {
		return nil, io.ErrUnexpectedEOF
	}
	row := c.plain[:len(room)]
	c.plain = c.plain[len(room):]
	return row, nil
}

// packBitsReader reads runs of bytes. TIFF 6.0, section 9.
type packBitsReader struct {
	data    []byte
	literal int // bytes to copy
	repeat  int // how often the first byte of data comes
}

func (r *packBitsReader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		switch {
		case r.literal > 0:
			k := copy(p[n:], r.data[:min(r.literal, len(r.data))])
			if k == 0 {
				return n, io.ErrUnexpectedEOF
			}
			r.data, r.literal, n = r.data[k:], r.literal-k, n+k
		case r.repeat > 0:
			if len(r.data) == 0 {
				return n, io.ErrUnexpectedEOF
			}
			k := min(r.repeat, len(p)-n)
			for i := range k {
				p[n+i] = r.data[0]
			}
			if r.repeat, n = r.repeat-k, n+k; r.repeat == 0 {
				r.data = r.data[1:]
			}
		case len(r.data) == 0:
			return n, io.EOF
		default:
			switch code := int8(r.data[0]); {
			case code >= 0:
				r.literal = int(code) + 1
			case code > -128:
				r.repeat = 1 - int(code)
			}
			r.data = r.data[1:]
		}
	}
	return n, nil
}
