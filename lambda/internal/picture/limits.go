package picture

import (
	"fmt"

	"github.com/yolambda/yolambda/lambda/internal/tiff"
)

// What [Decode] reads at the most, checked on the header before anything is decoded.
const (
	MaxSide   = 12_000     // pixels of width, and of height
	MaxPixels = 40_000_000 // width x height

	// A progressive JPEG may ask for every pixel to be gone through again and
	// again: 267 kB can hold 36 s of work. Encoders write some ten scans.
	MaxScans      = 100
	MaxScanPixels = 2_000_000_000 // width x height x scans

	// A scan costs some 20 µs however few pixels it has. Writers of TIFF make tiles of
	// 128x128 pixels or more, so that 40 million pixels have 2,500 of them.
	MaxBlockScans = 5_000 // of all blocks of a TIFF
)

// Limits are those on a picture for [DecodeWithin].
type Limits struct {
	Side       int // pixels of width, and of height
	Pixels     int // width x height
	ScanPixels int // width x height x scans of a JPEG
}

// served are the function's.
var served = Limits{Side: MaxSide, Pixels: MaxPixels, ScanPixels: MaxScanPixels}

// Large are for programs that scale a picture down on a machine with more memory and time
// than a function has: 256 million pixels take up to 1 GB. Telephones make 200.
var Large = Limits{Side: 65_535, Pixels: 256_000_000, ScanPixels: 10_000_000_000}

// tiff are the limits on a TIFF.
func (l Limits) tiff() tiff.Limits {
	return tiff.Limits{Side: l.Side, Pixels: l.Pixels, JPEGScans: MaxScans}
}

// check refuses pictures of more pixels, and empty ones.
func (l Limits) check(f Format, width, height int) error {
	switch {
	case width <= 0 || height <= 0:
		return brokenf(f, "its size is given as %dx%d pixels", width, height)
	case width > l.Side || height > l.Side:
		return tooLarge("the picture has %dx%d pixels; %d a side are allowed: send a smaller one", width, height, l.Side)
	case width*height > l.Pixels:
		return tooLarge("the picture has %dx%d = %.1f million pixels; %d million are allowed: send a smaller one",
			width, height, float64(width*height)/1e6, l.Pixels/1_000_000)
	}
	return nil
}

// checkFill refuses a header that claims more than its file can fill: raw bytes
// of pixels that even at the format's best ratio take more than len(data). Such
// files would otherwise cost the memory of what they claim.
func checkFill(f Format, data []byte, raw, ratio int) error {
	if raw > ratio*len(data) {
		return truncated(f)
	}
	return nil
}

func tooLarge(format string, args ...any) error {
	return &Error{Kind: TooLarge, Message: fmt.Sprintf(format, args...)}
}
