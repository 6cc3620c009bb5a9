package annotate

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"github.com/yolambda/yolambda/lambda/api"
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

// File draws the detections onto the picture in data, a file's bytes, and
// returns the result as a file. The picture is read as the function reads it,
// turned upright, so that boxes and pixels meet.
func File(data []byte, detections []api.Detection, format Format) ([]byte, error) {
	decoded, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	return Encode(Draw(decoded, detections), format)
}

// Encode writes a picture as a file.
func Encode(picture image.Image, format Format) ([]byte, error) {
	var b bytes.Buffer
	var err error
	switch format {
	case JPEG:
		err = jpeg.Encode(&b, picture, &jpeg.Options{Quality: jpegQuality})
	case PNG:
		err = png.Encode(&b, picture)
	default:
		return nil, fmt.Errorf("write picture: unknown format %q", format)
	}
	if err != nil {
		return nil, fmt.Errorf("write picture: %w", err)
	}
	return b.Bytes(), nil
}
