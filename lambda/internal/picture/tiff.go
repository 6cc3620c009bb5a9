package picture

import (
	"context"
	"errors"

	"github.com/yolambda/yolambda/lambda/internal/tiff"
)

// decodeTIFF decodes the first page.
func decodeTIFF(ctx context.Context, data []byte, limits Limits) (stored, error) {
	f, err := tiff.Parse(data, limits.tiff())
	if err := limits.check(TIFF, f.Width, f.Height); err != nil {
		return stored{}, err
	}
	if err != nil {
		return stored{}, tiffError(err)
	}
	switch {
	case f.Scans > MaxBlockScans:
		return stored{}, tooLarge("the TIFF picture has %d scans in its JPEG blocks, %d are allowed: save it without compression or as a plain JPEG", f.Scans, MaxBlockScans)
	case f.ScanPixels > limits.ScanPixels:
		return stored{}, tooLarge("the TIFF picture has scans of %d million pixels in its JPEG blocks; %d million in all are allowed: save it without compression or as a plain JPEG",
			f.ScanPixels/1_000_000, limits.ScanPixels/1_000_000)
	}
	img, err := f.Decode(ctx)
	if err != nil {
		return stored{}, tiffError(err)
	}
	return stored{img: img, orientation: f.Orientation()}, nil
}

func tiffError(err error) error {
	if errors.Is(err, tiff.ErrUnsupported) {
		return unsupported(TIFF, err)
	}
	return broken(TIFF, err)
}
