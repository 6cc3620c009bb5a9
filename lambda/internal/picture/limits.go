package picture

import "fmt"

// Limits on a picture, checked on its header before anything is decoded.
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

// checkSize refuses pictures beyond MaxSide or MaxPixels, and empty ones.
func checkSize(f Format, width, height int) error {
	switch {
	case width <= 0 || height <= 0:
		return brokenf(f, "its size is given as %dx%d pixels", width, height)
	case width > MaxSide || height > MaxSide:
		return tooLarge("the picture has %dx%d pixels; %d a side are allowed: send a smaller one", width, height, MaxSide)
	case width*height > MaxPixels:
		return tooLarge("the picture has %dx%d = %.1f million pixels; %d million are allowed: send a smaller one",
			width, height, float64(width*height)/1e6, MaxPixels/1_000_000)
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
