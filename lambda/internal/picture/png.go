package picture

import (
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/png"
)

func decodePNG(ctx context.Context, data []byte) (image.Image, int, error) {
	// Signature 8, length 4, "IHDR", then width, height, depth, colour type.
	if len(data) < 33 {
		return nil, 0, truncated(PNG)
	}
	if string(data[12:16]) != "IHDR" {
		return nil, 0, brokenf(PNG, "it does not start with an IHDR chunk")
	}
	w, h := binary.BigEndian.Uint32(data[16:]), binary.BigEndian.Uint32(data[20:])
	width, height := int(w), int(h)
	if err := checkSize(PNG, width, height); err != nil {
		return nil, 0, err
	}
	channels := map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[data[25]]
	raw := height * (width*channels*int(data[24]) + 7) / 8
	const deflate = 1032 // its best ratio: a bit for the length, a bit for the distance, 258 bytes
	if err := checkFill(PNG, data, raw, deflate); err != nil {
		return nil, 0, err
	}
	orientation, ended := pngChunks(data)
	if !ended {
		return nil, 0, truncated(PNG)
	}
	img, err := png.Decode(newReader(ctx, data))
	if err != nil {
		if e := png.UnsupportedError(""); errors.As(err, &e) {
			return nil, 0, unsupported(PNG, err)
		}
		return nil, 0, broken(PNG, err)
	}
	return img, orientation, nil
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
			orientation = readIFD(body[:n]).orientation()
		case "IEND":
			return orientation, true
		}
		at += 8 + n + 4 // the CRC
	}
	return orientation, false
}
