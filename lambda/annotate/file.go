package annotate

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/picture"
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
// result as a file. The picture is read as the function reads it,
// turned upright, so that boxes and pixels meet.
func File(data []byte, reply *api.Response, format Format) ([]byte, error) {
	decoded, err := picture.Decode(context.Background(), data)
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	return Encode(Draw(decoded.Image, reply), format)
}

// Encode writes a picture as a file.
func Encode(img image.Image, format Format) ([]byte, error) {
	var b bytes.Buffer
	var err error
	switch format {
	case JPEG:
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: jpegQuality})
	case PNG:
		err = png.Encode(&b, img)
	default:
		return nil, fmt.Errorf("write picture: unknown format %q", format)
	}
	if err != nil {
		return nil, fmt.Errorf("write picture: %w", err)
	}
	return b.Bytes(), nil
}
