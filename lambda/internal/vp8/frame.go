package vp8

import (
	"encoding/binary"
	"errors"
	"io"
)

// Frame is a key frame that is not decoded yet.
type Frame struct {
	Width, Height int // in pixels; 0 is possible, which Decode refuses

	data  []byte // partitions
	first int    // length of the first one
}

// Errors besides io.ErrUnexpectedEOF.
var (
	errNotKeyFrame = errors.New("not a key frame")
	errStartCode   = errors.New("no start code")
	errEmpty       = errors.New("no pixels")
	errInterval    = errors.New("a partition begins beyond the interval that it divides, as no encoder writes it")
)

// Parse reads what a frame begins with (9.1). A frame that is cut off gives io.ErrUnexpectedEOF, here or from [Frame.Decode].
func Parse(data []byte) (*Frame, error) {
	if len(data) < 3 {
		return nil, io.ErrUnexpectedEOF
	}
	tag := int(data[0]) | int(data[1])<<8 | int(data[2])<<16
	if tag&1 != 0 {
		return nil, errNotKeyFrame
	}
	if len(data) < 10 {
		return nil, io.ErrUnexpectedEOF
	}
	if data[3] != 0x9d || data[4] != 0x01 || data[5] != 0x2a {
		return nil, errStartCode
	}
	const size = 1<<14 - 1 // two more bits are a scale for showing it
	return &Frame{
		Width:  int(binary.LittleEndian.Uint16(data[6:]) & size),
		Height: int(binary.LittleEndian.Uint16(data[8:]) & size),
		data:   data[10:],
		first:  tag >> 5,
	}, nil
}
