package picture

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/yolambda/yolambda/lambda/internal/png"
	"github.com/yolambda/yolambda/lambda/internal/tiff"
)

func decodePNG(ctx context.Context, data []byte, limits Limits) (stored, error) {
	// Signature 8, length 4, "IHDR", then width, height, depth, colour type.
	if len(data) < 33 {
		return stored{}, truncated(PNG)
	}
	if string(data[12:16]) != "IHDR" {
		return stored{}, brokenf(PNG, "it does not start with an IHDR chunk")
	}
	w, h := binary.BigEndian.Uint32(data[16:]), binary.BigEndian.Uint32(data[20:])
	width, height := int(w), int(h)
	if err := limits.check(PNG, width, height); err != nil {
		return stored{}, err
	}
	channels := map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[data[25]]
	raw := height * (width*channels*int(data[24]) + 7) / 8
	const deflate = 1032 // its best ratio: a bit for the length, a bit for the distance, 258 bytes
	if err := checkFill(PNG, data, raw, deflate); err != nil {
		return stored{}, err
	}
	orientation, ended := pngChunks(data)
	if !ended {
		return stored{}, truncated(PNG)
	}
	img, err := png.Decode(ctx, data)
	if err != nil {
		if errors.Is(err, png.ErrUnsupported) {
			return stored{}, unsupported(PNG, err)
		}
		return stored{}, broken(PNG, err)
	}
	return stored{img: img, orientation: orientation}, nil
}

// pngChunks goes through the chunks for the orientation in eXIf, which may stand
// before or after the pixels, and for the end.
func pngChunks(data []byte) (orientation int, ended bool) {
	orientation = 1
	for at := 8; at+8 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[at:]))
		body := data[at+8:]
		if n > len(body) {
			break
		}
		switch string(data[at+4 : at+8]) {
		case "eXIf":
			orientation = tiff.ReadDirectory(body[:n]).Orientation()
		case "IEND":
			return orientation, true
		}
		at += 8 + n + 4 // the CRC
	}
	return orientation, false
}
