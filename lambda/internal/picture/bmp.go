package picture

import (
	"context"
	"encoding/binary"
	"errors"

	"golang.org/x/image/bmp"
)

func decodeBMP(ctx context.Context, data []byte) (stored, error) {
	// File header 14, then the size of the info header, width, height (negative:
	// rows from the top), planes, bits a pixel, compression.
	if len(data) < 34 {
		return stored{}, truncated(BMP)
	}
	get := func(i int) int { return int(int32(binary.LittleEndian.Uint32(data[i:]))) }
	width, height := get(18), get(22)
	if get(14) < 40 { // the headers of OS/2 have other fields
		return stored{}, unsupportedf(BMP, "an OS/2 header")
	}
	height = max(height, -height)
	if err := checkSize(BMP, width, height); err != nil {
		return stored{}, err
	}
	if compression := get(30); compression == 0 || compression == 3 {
		bits := int(binary.LittleEndian.Uint16(data[28:]))
		if err := checkFill(BMP, data, height*((width*bits+31)/32*4), 1); err != nil {
			return stored{}, err
		}
	}
	img, err := bmp.Decode(newReader(ctx, data))
	if errors.Is(err, bmp.ErrUnsupported) {
		return stored{}, unsupported(BMP, err)
	}
	if err != nil {
		return stored{}, broken(BMP, err)
	}
	return stored{img: img, orientation: 1}, nil
}
