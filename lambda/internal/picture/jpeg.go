package picture

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"io"

	"github.com/gen2brain/jpegn"
)

// decodeJPEG decodes with jpegn, which is about twice as fast as the standard
// library, where it is known to be exact, and with the standard library
// otherwise.
func decodeJPEG(data []byte) (image.Image, int, error) {
	h, err := readJPEGHeader(data)
	if err != nil {
		return nil, 0, err
	}
	if err := h.check(len(data)); err != nil {
		return nil, 0, err
	}
	if h.fast() {
		if img, err := decodeJPEGFast(data, false); err == nil {
			return img, h.orientation, nil
		}
	}
	// The standard library wants the end marker, which some cameras leave out.
	// With it, it still tells a picture that is cut off.
	img, err := jpeg.Decode(io.MultiReader(bytes.NewReader(data), bytes.NewReader([]byte{0xff, markerEOI})))
	if e := jpeg.UnsupportedError(""); errors.As(err, &e) {
		if h.oddSampling() {
			if img, err := decodeJPEGFast(data, true); err == nil {
				return img, h.orientation, nil
			}
		}
		return nil, 0, unsupported(JPEG, err)
	}
	if err != nil && !h.ended {
		return nil, 0, truncated(JPEG)
	}
	if err != nil {
		return nil, 0, broken(JPEG, err)
	}
	return img, h.orientation, nil
}

// decodeJPEGFast returns the planes as they are, or RGBA. (Options.ScaleDenom
// decodes at 1/2, 1/4 or 1/8 of the size: the place for that is here.)
func decodeJPEGFast(data []byte, toRGBA bool) (img image.Image, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = jpegn.ErrInternal // the standard library will tell
		}
	}()
	return jpegn.Decode(bytes.NewReader(data), &jpegn.Options{ToRGBA: toRGBA})
}
