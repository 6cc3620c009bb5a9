package picture

import (
	"encoding/binary"

	"github.com/yolambda/yolambda/lambda/internal/bmp"
	"github.com/yolambda/yolambda/lambda/internal/jpeg"
	"github.com/yolambda/yolambda/lambda/internal/tiff"
	"github.com/yolambda/yolambda/lambda/internal/vp8"
	"github.com/yolambda/yolambda/lambda/internal/vp8l"
)

// Pixels is how many pixels the headers of a picture's file claim: what [Decode] would
// have to make at the most. It is 0 where Decode refuses the file by its headers.
func Pixels(data []byte) (pixels int) {
	defer func() {
		if recover() != nil { // as in Decode, which will say why
			pixels = 0
		}
	}()
	format, err := sniff(data)
	if err != nil {
		return 0
	}
	width, height := claimed(format, data, served)
	if served.check(format, width, height) != nil {
		return 0
	}
	return width * height
}

// Exceeds reports whether a picture is beyond the limits of [Decode], by its headers, and
// within those of [Large].
func Exceeds(data []byte) (exceeds bool) {
	defer func() {
		if recover() != nil { // as in Decode, which will say why
			exceeds = false
		}
	}()
	format, err := sniff(data)
	if err != nil {
		return false
	}
	width, height := claimed(format, data, Large)
	return Large.check(format, width, height) == nil && served.check(format, width, height) != nil
}

// claimed is the size that the headers give, zero where they give none.
func claimed(format Format, data []byte, limits Limits) (width, height int) {
	switch format {
	case JPEG:
		if f, err := jpeg.Parse(data, MaxScans); err == nil {
			return f.Width, f.Height
		}
	case PNG:
		if len(data) >= 24 {
			return int(binary.BigEndian.Uint32(data[16:])), int(binary.BigEndian.Uint32(data[20:]))
		}
	case GIF:
		if f, err := parseGIF(data); err == nil {
			return f.canvas.X, f.canvas.Y
		}
	case BMP:
		if f, err := bmp.Parse(data); err == nil {
			return f.Width, f.Height
		}
	case TIFF:
		if f, err := tiff.Parse(data, limits.tiff()); err == nil {
			return f.Width, f.Height
		}
	case WebP:
		return claimedWebP(data[12:])
	}
	return 0, 0
}

// claimedWebP is the size of the canvas or of the first frame, whichever is greater.
func claimedWebP(chunks []byte) (width, height int) {
	for name, body := range riffChunks(chunks) {
		if name == "ANMF" && len(body) > 16 {
			w, h := claimedWebP(body[16:])
			return max(width, w), max(height, h)
		}
		switch {
		case name == "VP8X" && len(body) >= 10:
			width, height = 1+uint24(body[4:]), 1+uint24(body[7:])
		case name == "VP8L":
			if f, err := vp8l.Parse(body); err == nil {
				width, height = max(width, f.Width), max(height, f.Height)
			}
			return width, height
		case name == "VP8 ":
			if f, err := vp8.Parse(body); err == nil {
				width, height = max(width, f.Width), max(height, f.Height)
			}
			return width, height
		}
	}
	return width, height
}
