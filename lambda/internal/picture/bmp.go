package picture

import (
	"context"
	"encoding/binary"
	"errors"
	"image"

	"golang.org/x/image/bmp"
)

func decodeBMP(ctx context.Context, data []byte) (image.Image, int, error) {
	// File header 14, then the size of the info header, width, height (negative:
	// rows from the top), planes, bits a pixel, compression.
	if len(data) < 34 {
		return nil, 0, truncated(BMP)
	}
	get := func(i int) int { return int(int32(binary.LittleEndian.Uint32(data[i:]))) }
	width, height := get(18), get(22)
	if get(14) < 40 { // the headers of OS/2 have other fields
		return nil, 0, unsupportedf(BMP, "an OS/2 header")
	}
	height = max(height, -height)
	if err := checkSize(BMP, width, height); err != nil {
		return nil, 0, err
	}
	if compression := get(30); compression == 0 || compression == 3 {
		bits := int(binary.LittleEndian.Uint16(data[28:]))
		if err := checkFill(BMP, data, height*((width*bits+31)/32*4), 1); err != nil {
			return nil, 0, err
		}
	}
	img, err := bmp.Decode(newReader(ctx, data))
	if errors.Is(err, bmp.ErrUnsupported) {
		return nil, 0, unsupported(BMP, err)
	}
	if err != nil {
		return nil, 0, broken(BMP, err)
	}
	return img, 1, nil
}
