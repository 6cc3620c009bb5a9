package picture

import (
	"context"
	"errors"

	"github.com/yolambda/yolambda/lambda/internal/bmp"
)

func decodeBMP(ctx context.Context, data []byte, limits Limits) (stored, error) {
	f, err := bmp.Parse(data)
	if f != nil {
		if err := limits.check(BMP, f.Width, f.Height); err != nil {
			return stored{}, err
		}
	}
	if err != nil {
		return stored{}, bmpError(err)
	}
	img, err := f.Decode(ctx)
	if err != nil {
		return stored{}, bmpError(err)
	}
	return stored{img: img, orientation: 1}, nil
}

func bmpError(err error) error {
	if errors.Is(err, bmp.ErrUnsupported) {
		return unsupported(BMP, err)
	}
	return broken(BMP, err)
}
