package bmp

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// bitmap is a file of the pixels' bits, with masks for red, green and blue behind a header of 40 bytes.
func bitmap(width, height int32, bits uint16, masks [3]uint32, pixels []byte) []byte {
	var b bytes.Buffer
	b.WriteString("BM")
	for _, v := range []any{
		uint32(0), uint32(0), uint32(fileHeader + 40 + 12), // size, reserved, start of the pixels
		uint32(40), width, height, uint16(1), bits, uint32(bitFields), uint32(0), uint32(0), uint32(0), uint32(0), uint32(0), masks,
	} {
		binary.Write(&b, binary.LittleEndian, v)
	}
	b.Write(pixels)
	return b.Bytes()
}

// Masks for colours that a pixel has no bits for leave these out, and nothing of the next pixel comes in.
func TestMasks(t *testing.T) {
	for _, tt := range []struct {
		bits   uint16
		masks  [3]uint32
		pixels string
		want   string
	}{
		{16, [3]uint32{0xf800, 0x7e0, 0x1f}, "\x00\xf8\xff\xff", "\xff\x00\x00\xff\xff\xff\xff\xff"},
		{16, [3]uint32{0xff0000, 0xff00, 0xff}, "\x11\x22\x33\x44", "\x00\x22\x11\xff\x00\x44\x33\xff"},
		{24, [3]uint32{0xff0000, 0xff00, 0xff}, "\x11\x22\x33\x44\x55\x66\x00\x00", "\x33\x22\x11\xff\x66\x55\x44\xff"},
		{24, [3]uint32{0xff000000, 0xff00, 0xff}, "\x11\x22\x33\x44\x55\x66\x00\x00", "\x00\x22\x11\xff\x00\x55\x44\xff"},
		{32, [3]uint32{0xff0000, 0xff00, 0xff}, "\x11\x22\x33\x99\x44\x55\x66\x99", "\x33\x22\x11\xff\x66\x55\x44\xff"},
	} {
		file, err := Parse(bitmap(2, 1, tt.bits, tt.masks, []byte(tt.pixels)))
		if err != nil {
			t.Fatal(err)
		}
		img, err := file.Decode(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if string(img.Pix) != tt.want {
			t.Errorf("%d bits, masks %x: % x, want % x", tt.bits, tt.masks, img.Pix, tt.want)
		}
	}
}
