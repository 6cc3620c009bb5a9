package picture

import (
	"context"
	"errors"
	"fmt"
	"image"

	"github.com/yolambda/yolambda/lambda/internal/chroma"
	"github.com/yolambda/yolambda/lambda/internal/jpeg"
	"github.com/yolambda/yolambda/lambda/internal/rgba"
	"github.com/yolambda/yolambda/lambda/internal/tiff"
)

func decodeJPEG(ctx context.Context, data []byte, limits Limits) (stored, error) {
	f, err := parseJPEG(data, limits)
	if err != nil {
		return stored{}, err
	}
	img, samples, err := jpegImage(ctx, f)
	return stored{img, tiff.ReadDirectory(f.Exif).Orientation(), samples}, err
}

// parseJPEG reads the headers and holds the limits against them.
func parseJPEG(data []byte, limits Limits) (*jpeg.File, error) {
	f, err := jpeg.Parse(data, MaxScans)
	if err != nil {
		return nil, jpegError(err)
	}
	if n := f.Components(); n == 2 {
		return nil, unsupported(JPEG, fmt.Errorf("%d components", n))
	}
	return f, checkJPEG(f, len(data), limits)
}

func jpegError(err error) error {
	if errors.Is(err, jpeg.ErrUnsupported) {
		return unsupported(JPEG, err)
	}
	return broken(JPEG, err)
}

// checkJPEG holds the limits against a file of size bytes.
func checkJPEG(f *jpeg.File, size int, limits Limits) error {
	if err := limits.check(JPEG, f.Width, f.Height); err != nil {
		return err
	}
	switch {
	case f.NumScans > MaxScans:
		return tooLarge("the JPEG picture has %d scans, %d are allowed: save it as a baseline JPEG", f.NumScans, MaxScans)
	case f.NumScans*f.Width*f.Height > limits.ScanPixels:
		return tooLarge("the JPEG picture has %d scans of %dx%d pixels; %d million pixels in all are allowed: save it as a baseline JPEG",
			f.NumScans, f.Width, f.Height, limits.ScanPixels/1_000_000)
	case f.Width*f.Height > size*8*64: // a block of 8x8 takes a bit at the very least
		return truncated(JPEG)
	}
	return nil
}

// jpegImage decodes to one of the types of a [Picture], with the samples whose memory it
// shares, if any. YCbCr stays as it is where Go has a name for its sampling.
func jpegImage(ctx context.Context, f *jpeg.File) (image.Image, *jpeg.Samples, error) {
	samples, err := f.Decode(ctx)
	if err != nil {
		return nil, nil, jpegError(err)
	}
	img, err := jpegColours(ctx, f, samples.Planes)
	if _, copied := img.(*image.RGBA); copied || err != nil {
		samples.Release()
		samples = nil
	}
	return img, samples, err
}

// jpegColours makes one picture of the planes.
func jpegColours(ctx context.Context, f *jpeg.File, planes []chroma.Plane) (image.Image, error) {
	rect := image.Rect(0, 0, f.Width, f.Height)
	colour := f.Colour()
	if colour == jpeg.Grey {
		return &image.Gray{Pix: planes[0].Pix, Stride: planes[0].Stride, Rect: rect}, nil
	}
	ratio, ok := jpegRatio(planes)
	if colour != jpeg.YCbCr || !ok {
		ratio = image.YCbCrSubsampleRatio444
		for i, p := range planes {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			planes[i] = p.Upsample(f.Width, f.Height)
		}
	}
	switch colour {
	case jpeg.RGB:
		return jpegRGB(ctx, rect, planes)
	case jpeg.CMYK, jpeg.YCCK:
		return jpegCMYK(ctx, rect, planes, colour == jpeg.YCCK)
	}
	return &image.YCbCr{
		Y: planes[0].Pix, Cb: planes[1].Pix, Cr: planes[2].Pix,
		YStride: planes[0].Stride, CStride: planes[1].Stride,
		SubsampleRatio: ratio, Rect: rect,
	}, nil
}

// jpegRatio is Go's name for the sampling of Y, Cb and Cr.
func jpegRatio(planes []chroma.Plane) (ratio image.YCbCrSubsampleRatio, ok bool) {
	y, cb, cr := planes[0], planes[1], planes[2]
	if y.SubX != 1 || y.SubY != 1 || cb.SubX != cr.SubX || cb.SubY != cr.SubY {
		return 0, false
	}
	return chroma.RatioOf(cb.SubX, cb.SubY)
}

func jpegRGB(ctx context.Context, rect image.Rectangle, planes []chroma.Plane) (*image.RGBA, error) {
	out := rgba.New(rect.Dx(), rect.Dy())
	for y := range rect.Dy() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row := out.Pix[y*out.Stride:][:out.Stride]
		for c, p := range planes {
			for x, v := range p.Pix[y*p.Stride:][:rect.Dx()] {
				row[4*x+c] = v
			}
		}
		for x := 3; x < len(row); x += 4 {
			row[x] = 255
		}
	}
	return out, nil
}

// jpegCMYK converts to RGB with the arithmetic of libjpeg (YCCK to CMYK) and
// Pillow (CMYK to RGB).
func jpegCMYK(ctx context.Context, rect image.Rectangle, planes []chroma.Plane, ycck bool) (*image.RGBA, error) {
	out := rgba.New(rect.Dx(), rect.Dy())
	for y := range rect.Dy() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var from [4][]uint8
		for c, p := range planes {
			from[c] = p.Pix[y*p.Stride:][:rect.Dx()]
		}
		row := out.Pix[y*out.Stride:]
		for x := range from[3] {
			ink := [3]uint8{255 - from[0][x], 255 - from[1][x], 255 - from[2][x]} // 255 is full
			if ycck {
				ink = ycckInk(int(from[0][x]), int(from[1][x])-128, int(from[2][x])-128)
			}
			pixel := row[4*x:][:4]
			pixel[0], pixel[1], pixel[2] = chroma.CMYK(ink[0], ink[1], ink[2], 255-from[3][x])
			pixel[3] = 255
		}
	}
	return out, nil
}

// ycckInk is cyan, magenta and yellow, in libjpeg's fixed point of 16 bits
// (jdcolor.c).
func ycckInk(y, cb, cr int) [3]uint8 {
	const half = 1 << 15
	clip := func(v int) uint8 { return uint8(min(max(v, 0), 255)) }
	return [3]uint8{
		clip(y + (91881*cr+half)>>16),
		clip(y + (-22554*cb-46802*cr+half)>>16),
		clip(y + (116130*cb+half)>>16),
	}
}
