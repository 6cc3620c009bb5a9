package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/gif"
	"io"
	"slices"
)

// decodeGIF decodes the first frame and places it on the canvas. It goes through
// the blocks up to that frame itself and leaves the extensions out, and with
// them the transparent index, in whose place Go would write black.
func decodeGIF(ctx context.Context, data []byte) (stored, error) {
	const header = 13 // signature 6, screen width 2, height 2, flags, background, aspect
	if len(data) < header {
		return stored{}, truncated(GIF)
	}
	start := header
	if flags := data[10]; flags&0x80 != 0 {
		start += 3 << (flags&7 + 1) // global colour table
	}
	at := start
	for {
		if at+10 > len(data) {
			return stored{}, truncated(GIF)
		}
		if data[at] == 0x2c { // image descriptor
			break
		}
		if data[at] != 0x21 { // extension
			return stored{}, brokenf(GIF, "it holds no picture")
		}
		at += 2
		for at < len(data) && data[at] != 0 { // sub-blocks
			at += 1 + int(data[at])
		}
		at++
	}
	get := func(i int) int { return int(binary.LittleEndian.Uint16(data[i:])) }
	offset := image.Pt(get(at+1), get(at+3))
	// Some files claim a screen smaller than their frame, or none at all.
	width, height := max(get(6), offset.X+get(at+5)), max(get(8), offset.Y+get(at+7))
	if err := checkSize(GIF, width, height); err != nil {
		return stored{}, err
	}
	tables := slices.Clone(data[:min(start, at)])
	binary.LittleEndian.PutUint16(tables[6:], uint16(width))
	binary.LittleEndian.PutUint16(tables[8:], uint16(height))
	frame, err := gif.Decode(io.MultiReader(bytes.NewReader(tables), newReader(ctx, data[at:])))
	if err != nil {
		return stored{}, broken(GIF, err)
	}
	return stored{img: onCanvas(width, height, frame, offset), orientation: 1}, nil
}
