// Package picture turns bytes from outside into an upright image.
//
// The bytes choose the decoder by their first few characters, never by a file
// name. Sizes are read from the header and checked against the limits before
// any pixel is decoded. Nothing here panics on its input.
package picture

import (
	"context"
	"fmt"
	"image"

	"github.com/yolambda/yolambda/lambda/internal/jpeg"
)

// A Picture is a decoded, upright picture.
type Picture struct {
	// Image has its bounds at (0,0) and is opaque. Its type is one of
	//
	//	*image.YCbCr  full range (JFIF), any of the six subsampling ratios of Go
	//	*image.Gray
	//	*image.RGBA   every alpha byte is 255
	//
	// Rows may be padded: mind the strides.
	//
	// Alpha is dropped, not composited: a transparent pixel shows the colour
	// stored under it, as in PIL's convert("RGB") and in OpenCV. 16-bit samples
	// keep their high byte, as in OpenCV. Pixels are otherwise Pillow's, to the last bit. It shares no memory with the bytes it was decoded from.
	Image image.Image

	// Format is the format of the bytes, whatever the caller called it.
	Format Format

	samples *jpeg.Samples // whose memory Image is in, or nil
}

// Release gives the picture's memory to the next one. After it the picture must not
// be used.
func (p *Picture) Release() {
	if p.samples != nil {
		p.samples.Release()
	}
	p.Image, p.samples = nil, nil
}

// Decode reads one picture: the first frame of an animation, the first page of
// a TIFF. It applies the orientation that EXIF or TIFF tags ask for, and ignores one in
// XMP alone, as Ultralytics does.
// Every error is an [*Error], but for the context's own, once it is done.
func Decode(ctx context.Context, data []byte) (*Picture, error) {
	return DecodeWithin(ctx, data, served)
}

// DecodeWithin is Decode with limits of the caller's.
func DecodeWithin(ctx context.Context, data []byte, limits Limits) (p *Picture, err error) {
	format, err := sniff(data)
	if err != nil {
		return nil, err
	}
	defer func() {
		// The decoders are other people's code, fed with anybody's bytes.
		if r := recover(); r != nil {
			p, err = nil, broken(format, fmt.Errorf("decoder panicked: %v", r))
		}
	}()
	s, err := decoders[format](ctx, data, limits)
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("decode picture: %w", ctx.Err())
	}
	if err != nil {
		return nil, explain(err, data)
	}
	p = &Picture{Image: s.img, Format: format, samples: s.samples}
	if s.orientation > 1 {
		turned := upright(p.Image, s.orientation)
		p.Release()
		p.Image = turned
	}
	return p, nil
}

// stored is a picture as its file has it.
type stored struct {
	img         image.Image   // as in a Picture, but for its orientation
	orientation int           // of EXIF, 1 to 8
	samples     *jpeg.Samples // whose memory img may be in, or nil
}

var decoders = map[Format]func(context.Context, []byte, Limits) (stored, error){
	JPEG: decodeJPEG,
	PNG:  decodePNG,
	WebP: decodeWebP,
	GIF:  decodeGIF,
	BMP:  decodeBMP,
	TIFF: decodeTIFF,
}
