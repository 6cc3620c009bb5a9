package annotate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/picture"
	"github.com/yolambda/yolambda/lambda/internal/refusal"
)

// Format is the format of an annotated picture's file.
type Format string

// The formats.
const (
	JPEG Format = "jpeg"
	PNG  Format = "png"
)

// jpegQuality keeps the labels free of visible artefacts.
const jpegQuality = 92

// File draws a reply onto the picture in data, a file's bytes, and returns the
// result as a file.
func File(data []byte, reply *api.Response, format Format) ([]byte, error) {
	decoded, err := Decode(data)
	if err != nil {
		return nil, err
	}
	return Encode(Draw(decoded, reply), format)
}

// Decode reads the picture in data, a file's bytes, as the function reads it, turned
// upright, so that the boxes of a reply and its pixels meet. Its bounds start at (0, 0). Of
// data that is not a good picture it says, in an *api.Error, what the function would say;
// it reads pictures of six times as many pixels, though.
func Decode(data []byte) (image.Image, error) {
	decoded, err := picture.DecodeWithin(context.Background(), data, picture.Large)
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", wire(err))
	}
	return decoded.Image, nil
}

// wire is what the function tells its caller of a picture's error.
func wire(err error) error {
	if e, ok := errors.AsType[*picture.Error](err); ok {
		return refusal.Of(e)
	}
	return err
}

// Encode writes a picture as a file.
func Encode(img image.Image, format Format) ([]byte, error) {
	var b bytes.Buffer
	err := EncodeTo(&b, img, format)
	return b.Bytes(), err
}

// EncodeTo writes the same to w, and ends with w's first error.
func EncodeTo(w io.Writer, img image.Image, format Format) error {
	var err error
	switch format {
	case JPEG:
		err = jpeg.Encode(w, img, &jpeg.Options{Quality: jpegQuality})
	case PNG:
		err = png.Encode(w, img)
	default:
		return fmt.Errorf("write picture: unknown format %q", format)
	}
	if err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}
