package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/draw"
	"iter"

	"github.com/yolambda/yolambda/lambda/internal/tiff"
	"github.com/yolambda/yolambda/lambda/internal/vp8"
	"github.com/yolambda/yolambda/lambda/internal/vp8l"
)

// decodeWebP decodes the picture, or the first frame of an animation, and drops alpha. See RFC 9649.
func decodeWebP(ctx context.Context, data []byte, limits Limits) (stored, error) {
	var canvas, frame image.Rectangle
	var img image.Image
	orientation := 1
	for name, body := range riffChunks(data[12:]) {
		switch name {
		case "VP8X":
			if len(body) < 10 {
				return stored{}, truncated(WebP)
			}
			canvas = image.Rect(0, 0, 1+uint24(body[4:]), 1+uint24(body[7:]))
			if err := limits.check(WebP, canvas.Dx(), canvas.Dy()); err != nil {
				return stored{}, err
			}
		case "EXIF":
			orientation = tiff.ReadDirectory(bytes.TrimPrefix(body, []byte("Exif\x00\x00"))).Orientation()
		}
		if img != nil {
			continue
		}
		var offset image.Point
		var err error
		switch name {
		case "VP8 ", "VP8L":
			img, err = decodeWebPFrame(ctx, name, body, limits)
		case "ANMF": // x/2, y/2, width-1, height-1, duration: 24 bits each, flags 8
			if len(body) < 16 {
				return stored{}, truncated(WebP)
			}
			offset = image.Pt(2*uint24(body), 2*uint24(body[3:]))
			for name, body := range riffChunks(body[16:]) {
				if name == "VP8 " || name == "VP8L" {
					img, err = decodeWebPFrame(ctx, name, body, limits)
					break
				}
			}
		}
		if err != nil {
			return stored{}, err
		}
		if img != nil {
			frame = img.Bounds().Add(offset)
		}
	}
	if img == nil {
		return stored{}, truncated(WebP)
	}
	if canvas.Empty() {
		canvas = frame
	}
	if !frame.In(canvas) {
		return stored{}, brokenf(WebP, "its frame %v is outside of its canvas %v", frame, canvas)
	}
	return stored{img: onCanvas(canvas.Dx(), canvas.Dy(), img, frame.Min), orientation: orientation}, nil
}

// decodeWebPFrame decodes a lossy ("VP8 ") or a lossless ("VP8L") bitstream.
func decodeWebPFrame(ctx context.Context, name string, body []byte, limits Limits) (image.Image, error) {
	if name == "VP8L" {
		frame, err := vp8l.Parse(body)
		if err != nil {
			return nil, broken(WebP, err)
		}
		return decodeFrame(ctx, frame, frame.Width, frame.Height, limits)
	}
	frame, err := vp8.Parse(body)
	if err != nil {
		return nil, broken(WebP, err)
	}
	return decodeFrame(ctx, frame, frame.Width, frame.Height, limits)
}

// webpFrame is a vp8.Frame or a vp8l.Frame.
type webpFrame interface {
	Decode(ctx context.Context) (*image.RGBA, error)
}

// decodeFrame decodes a frame of either kind, if its size is within the limits.
func decodeFrame(ctx context.Context, frame webpFrame, width, height int, limits Limits) (image.Image, error) {
	if err := limits.check(WebP, width, height); err != nil {
		return nil, err
	}
	img, err := frame.Decode(ctx)
	if err != nil {
		return nil, broken(WebP, err)
	}
	return img, nil
}

// onCanvas places the frame of an animation on its canvas, which is black, as
// transparent pixels without their alpha are. A frame that fills it stays as it is.
func onCanvas(width, height int, frame image.Image, at image.Point) image.Image {
	if at == (image.Point{}) && frame.Bounds().Dx() == width && frame.Bounds().Dy() == height {
		return frame
	}
	canvas := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(canvas, canvas.Rect, image.Black, image.Point{}, draw.Src)
	draw.Draw(canvas, frame.Bounds().Sub(frame.Bounds().Min).Add(at), frame, frame.Bounds().Min, draw.Src)
	return canvas
}

// riffChunks yields the name and body of each chunk up to the end of data, or to
// a chunk that is cut off.
func riffChunks(data []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for len(data) >= 8 {
			name, n := string(data[:4]), int(binary.LittleEndian.Uint32(data[4:]))
			data = data[8:]
			if n > len(data) || !yield(name, data[:n]) {
				return
			}
			data = data[min(n+n%2, len(data)):] // padded to an even length
		}
	}
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
