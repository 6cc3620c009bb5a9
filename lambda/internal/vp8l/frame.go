package vp8l

import (
	"context"
	"encoding/binary"
	"errors"
	"image"
	"io"
)

// Frame is a picture that is not decoded yet.
type Frame struct {
	Width, Height int

	data []byte // behind the header
}

var errHeader = errors.New("invalid header")

// headerSize is in bytes.
const headerSize = 5

// Parse reads the header (3.4). Data that is cut off gives io.ErrUnexpectedEOF, here or from [Frame.Decode].
func Parse(data []byte) (*Frame, error) {
	if len(data) > 0 && data[0] != 0x2f {
		return nil, errHeader
	}
	if len(data) < headerSize {
		return nil, io.ErrUnexpectedEOF
	}
	h := binary.LittleEndian.Uint32(data[1:])
	if h>>29 != 0 { // version; the bit before it is a hint that there is alpha
		return nil, errHeader
	}
	return &Frame{Width: int(1 + h&0x3fff), Height: int(1 + h>>14&0x3fff), data: data[headerSize:]}, nil
}

// Decode decodes the pixels, without their alpha. It stops soon after the context is done, with its error.
func (f *Frame) Decode(ctx context.Context) (*image.RGBA, error) {
	r := &bitReader{data: f.data}
	img, err := f.decode(ctx, r)
	if err != nil && r.count < 0 && ctx.Err() == nil {
		return nil, io.ErrUnexpectedEOF // whatever became of the zeros
	}
	return img, err
}

func (f *Frame) decode(ctx context.Context, r *bitReader) (*image.RGBA, error) {
	transforms, width, err := readTransforms(ctx, r, f.Width, f.Height)
	if err != nil {
		return nil, err
	}
	pix, err := readPixels(ctx, r, width, f.Height, true)
	if err != nil {
		return nil, err
	}
	for i := len(transforms) - 1; i >= 0; i-- {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		pix = transforms[i].undo(pix)
	}
	opaque(pix)
	return &image.RGBA{Pix: pix, Stride: 4 * f.Width, Rect: image.Rect(0, 0, f.Width, f.Height)}, nil
}

// opaque drops the alpha.
func opaque(pix []byte) {
	for ; len(pix) >= 8; pix = pix[8:] {
		binary.LittleEndian.PutUint64(pix, binary.LittleEndian.Uint64(pix)|0xff000000_ff000000)
	}
	if len(pix) >= 4 {
		pix[3] = 255
	}
}
