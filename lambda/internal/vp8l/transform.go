package vp8l

import (
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/yolambda/yolambda/lambda/internal/rgba"
)

// Kinds of transforms (3.5).
const (
	predictor = iota
	crossColour
	subtractGreen
	palette
)

// transform is what was done to a picture before it was coded.
type transform struct {
	kind          int
	width, height int    // before
	bits          int    // of a block's side, or of how many pixels share one if there are few colours
	pix           []byte // a pixel for each block, or the colours
}

var errTransforms = errors.New("a transform twice")

// readTransforms reads the transforms, and tells how wide the picture is after them.
func readTransforms(ctx context.Context, r *bitReader, width, height int) (all []transform, after int, err error) {
	var seen [4]bool
	for r.flag() {
		t := transform{kind: r.bits(2), width: width, height: height}
		switch t.kind {
		case predictor, crossColour:
			t.bits = 2 + r.bits(3)
			t.pix, err = readPixels(ctx, r, blocks(width, t.bits), blocks(height, t.bits), false)
		case palette:
			width, err = t.readPalette(ctx, r)
		}
		if err != nil {
			return nil, 0, err
		}
		if seen[t.kind] {
			return nil, 0, errTransforms
		}
		seen[t.kind] = true
		all = append(all, t)
	}
	if r.count < 0 {
		return nil, 0, io.ErrUnexpectedEOF
	}
	return all, width, nil
}

// readPalette reads the colours, of which each is told by what it differs by from the one before (3.5.4).
func (t *transform) readPalette(ctx context.Context, r *bitReader) (width int, err error) {
	n := 1 + r.bits(8)
	switch {
	case n <= 2:
		t.bits = 3
	case n <= 4:
		t.bits = 2
	case n <= 16:
		t.bits = 1
	}
	pix, err := readPixels(ctx, r, n, 1, false)
	if err != nil {
		return 0, err
	}
	for i := 4; i < len(pix); i++ {
		pix[i] += pix[i-4]
	}
	t.pix = make([]byte, 4*256) // those beyond are transparent black
	copy(t.pix, pix)
	return blocks(t.width, t.bits), nil
}

// undo gives the picture before the transform, in the memory of the one after it if it is as large.
func (t *transform) undo(pix []byte) []byte {
	switch t.kind {
	case predictor:
		t.addPredictions(pix)
	case crossColour:
		t.addCrossColour(pix)
	case subtractGreen:
		for p := pix; len(p) >= 4; p = p[4:] {
			v := binary.LittleEndian.Uint32(p)
			binary.LittleEndian.PutUint32(p, v&^redBlue|(v&redBlue+v>>8&0xff*0x10001)&redBlue)
		}
	case palette:
		return t.lookUp(pix)
	}
	return pix
}

// redBlue are these bytes of a pixel, whose lowest one is red.
const redBlue = 0x00ff00ff

// addCrossColour adds to red and blue their parts of green, and to blue that of red (3.5.2).
func (t *transform) addCrossColour(pix []byte) {
	across := blocks(t.width, t.bits)
	for y := range t.height {
		row := pix[4*y*t.width:][:4*t.width]
		factors := t.pix[4*(y>>t.bits)*across:]
		for len(row) > 0 {
			n := min(4<<t.bits, len(row))
			redToBlue, greenToBlue, greenToRed := int32(int8(factors[0])), int32(int8(factors[1])), int32(int8(factors[2]))
			for p := row[:n]; len(p) >= 4; p = p[4:] {
				v := binary.LittleEndian.Uint32(p)
				green := int32(int8(v >> 8))
				red := uint32(int32(v)+greenToRed*green>>5) & 0xff
				blue := uint32(int32(v>>16)+greenToBlue*green>>5+redToBlue*int32(int8(red))>>5) & 0xff
				binary.LittleEndian.PutUint32(p, v&^redBlue|red|blue<<16)
			}
			row, factors = row[n:], factors[4:]
		}
	}
}

// lookUp puts colours in the place of indices, which are in green, the first pixel's in its lowest bits (3.5.4).
func (t *transform) lookUp(pix []byte) []byte {
	out := pix
	if t.bits > 0 {
		out = rgba.New(t.width, t.height).Pix
	}
	across, width := blocks(t.width, t.bits), 8>>t.bits
	for y := range t.height {
		from, to := pix[4*y*across:][:4*across], out[4*y*t.width:][:4*t.width]
		for x := range t.width {
			index := from[4*(x>>t.bits)+1] >> (x & (1<<t.bits - 1) * width) & (1<<width - 1)
			copy(to[4*x:4*x+4], t.pix[4*int(index):])
		}
	}
	return out
}
