package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"io"

	"github.com/yolambda/yolambda/lambda/internal/lzw"
	"github.com/yolambda/yolambda/lambda/internal/rgba"
)

// decodeGIF decodes the first frame and places it on the canvas, as Pillow and OpenCV
// do. image/gif would refuse what both read: frames without a colour table, or with more
// data than pixels, and bytes between blocks.
func decodeGIF(ctx context.Context, data []byte, limits Limits) (stored, error) {
	f, err := parseGIF(data)
	if err != nil {
		return stored{}, err
	}
	if err := limits.check(GIF, f.canvas.X, f.canvas.Y); err != nil {
		return stored{}, err
	}
	size := f.frame.Size()
	if size.X <= 0 || size.Y <= 0 {
		return stored{}, brokenf(GIF, "its frame has %dx%d pixels", size.X, size.Y)
	}
	if err := checkFill(GIF, f.codes, size.X*size.Y, 2600); err != nil { // 12 bits for 3839 pixels
		return stored{}, err
	}
	img, err := f.decode(ctx)
	if err != nil {
		return stored{}, broken(GIF, err)
	}
	return stored{img: img, orientation: 1}, nil
}

// gifFile is what is read of a GIF: its first frame.
type gifFile struct {
	canvas     image.Point
	frame      image.Rectangle
	interlaced bool
	colours    []byte // red, green, blue; nil for grey
	background byte   // index of what the frame leaves free
	codeSize   int
	codes      []byte // in blocks of up to 255 bytes, each with its length before it
}

// parseGIF goes through the blocks up to the first frame.
func parseGIF(data []byte) (*gifFile, error) {
	const header = 13 // signature 6, screen width 2, height 2, flags, background, aspect
	if len(data) < header {
		return nil, truncated(GIF)
	}
	f, at := new(gifFile), header
	f.canvas = image.Pt(int(binary.LittleEndian.Uint16(data[6:])), int(binary.LittleEndian.Uint16(data[8:])))
	if flags := data[10]; flags&0x80 != 0 {
		at += 3 << (flags&7 + 1)
		if at > len(data) {
			return nil, truncated(GIF)
		}
		f.colours = data[header:at]
	}
	for at < len(data) {
		switch data[at] {
		case ',':
			return f, f.parseFrame(data[at+1:])
		case '!':
			at = f.parseExtension(data, at)
		case ';':
			return nil, brokenf(GIF, "it holds no picture")
		default: // which other readers pass over
			at++
		}
	}
	return nil, truncated(GIF)
}

// parseExtension reads which colour is transparent, and gives the place of what follows.
func (f *gifFile) parseExtension(data []byte, at int) (next int) {
	const graphicControl = 0xf9
	if at+7 < len(data) && data[at+1] == graphicControl && data[at+2] >= 4 && data[at+3]&1 != 0 {
		f.background = data[at+6]
	}
	for at += 2; at < len(data) && data[at] != 0; {
		at += 1 + int(data[at])
	}
	return at + 1
}

// parseFrame reads the descriptor of a frame: left, top, width, height, flags, then its
// colours and codes. Some files claim a screen smaller than their frame, or none at all.
func (f *gifFile) parseFrame(data []byte) error {
	if len(data) < 10 {
		return truncated(GIF)
	}
	get := func(i int) int { return int(binary.LittleEndian.Uint16(data[i:])) }
	f.frame = image.Rect(get(0), get(2), get(0)+get(4), get(2)+get(6))
	f.canvas = image.Pt(max(f.canvas.X, f.frame.Max.X), max(f.canvas.Y, f.frame.Max.Y))
	flags, at := data[8], 9
	f.interlaced = flags&0x40 != 0
	if flags&0x80 != 0 {
		n := 3 << (flags&7 + 1)
		if at+n >= len(data) {
			return truncated(GIF)
		}
		f.colours, at = data[at:at+n], at+n
	}
	if f.codeSize = int(data[at]); f.codeSize < 2 || f.codeSize > 8 {
		return brokenf(GIF, "its codes have %d bits", f.codeSize)
	}
	f.codes = data[at+1:]
	return nil
}

// decode makes a picture of the canvas. What the frame leaves free has the transparent
// colour, or the first one, without its transparency.
func (f *gifFile) decode(ctx context.Context) (*image.RGBA, error) {
	colours := f.palette()
	img := rgba.New(f.canvas.X, f.canvas.Y)
	if f.frame != img.Rect {
		for x := 0; x < len(img.Pix); x += 4 {
			binary.LittleEndian.PutUint32(img.Pix[x:], colours[f.background])
		}
	}
	var r lzw.Reader
	r.ResetGIF(joinBlocks(f.codes), f.codeSize)
	indices := make([]byte, f.frame.Dx())
	for i := range f.frame.Dy() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		_, err := io.ReadFull(&r, indices)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("not enough image data")
		}
		if err != nil {
			return nil, err
		}
		y := i
		if f.interlaced {
			y = interlacedRow(i, f.frame.Dy())
		}
		rgba.FromPalette(img.Pix[img.PixOffset(f.frame.Min.X, f.frame.Min.Y+y):], indices, colours)
	}
	return img, nil
}

// joinBlocks puts the bytes of blocks together, up to the empty block or the file's end.
func joinBlocks(data []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(data))
	for len(data) > 0 && data[0] != 0 {
		n := min(1+int(data[0]), len(data))
		b.Write(data[1:n])
		data = data[n:]
	}
	return b.Bytes()
}

// palette has the colour of each index. Without a colour table it is grey; what is missing
// of one is black.
func (f *gifFile) palette() *rgba.Palette {
	var p rgba.Palette
	for i := range p {
		switch v := uint8(i); {
		case f.colours == nil:
			p.Set(i, v, v, v)
		case 3*i < len(f.colours):
			p.Set(i, f.colours[3*i], f.colours[3*i+1], f.colours[3*i+2])
		default:
			p.Set(i, 0, 0, 0)
		}
	}
	return &p
}

// interlacedRow is the place of the i-th row that is stored of h: every eighth row, those
// in the middle between, and so on. GIF89a, appendix E.
func interlacedRow(i, h int) int {
	for _, pass := range [4][2]int{{0, 8}, {4, 8}, {2, 4}, {1, 2}} {
		first, step := pass[0], pass[1]
		n := max((h-first+step-1)/step, 0)
		if i < n {
			return first + i*step
		}
		i -= n
	}
	return h - 1
}
