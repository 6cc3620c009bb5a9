package tiff

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/yolambda/yolambda/lambda/internal/chroma"
	"github.com/yolambda/yolambda/lambda/internal/jpeg"
)

// readJPEGs reads the headers of blocks that are JPEGs, each without the tables that all
// of them share. TIFF Technical Note 2.
func (f *File) readJPEGs(limits Limits) error {
	if f.planar {
		return fmt.Errorf("%w: JPEG in separate colour planes", ErrUnsupported)
	}
	shared, _, _ := f.raw(tagJPEGTables)
	tables, err := jpeg.ParseTables(shared)
	if err != nil {
		return jpegError(err)
	}
	l := &f.layout
	for _, data := range l.data {
		file, err := tables.Parse(data, limits.JPEGScans)
		if err != nil {
			return jpegError(err)
		}
		if file.Width > l.width || file.Height > l.height {
			return fmt.Errorf("a JPEG of %dx%d pixels in a block of %dx%d", file.Width, file.Height, l.width, l.height)
		}
		if file.Components() != f.samples {
			return fmt.Errorf("a JPEG of %d components for %d samples", file.Components(), f.samples)
		}
		f.Scans += file.NumScans
		f.ScanPixels += file.NumScans * file.Width * file.Height
		f.jpegs = append(f.jpegs, file)
	}
	return nil
}

// jpegError makes an error of the package jpeg one of this package.
func jpegError(err error) error {
	if errors.Is(err, jpeg.ErrUnsupported) {
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return err
}

// decodeJPEG decodes block i into the canvas. As in libtiff, it is the photometric
// interpretation that says what the components mean, not what the JPEG says.
func (f *File) decodeJPEG(ctx context.Context, c *canvas, i int) error {
	area := f.area(i)
	if file := f.jpegs[i]; file.Width < area.Dx() || file.Height < area.Dy() {
		return io.ErrUnexpectedEOF
	}
	samples, err := f.jpegs[i].Decode(ctx)
	if err != nil {
		return jpegError(err)
	}
	defer samples.Release()
	n := len(samples.Planes)
	wide, rows := make([][]uint8, n), make([][]uint8, n)
	for k, p := range samples.Planes {
		wide[k] = make([]uint8, p.Width*p.SubX)
	}
	together := make([]uint8, n*area.Dx())
	for y := range area.Dy() {
		for k, p := range samples.Planes {
			rows[k] = p.Row(wide[k], y)[:area.Dx()]
		}
		dst := c.row(area.Min.X, area.Min.Y+y, area.Dx())
		if f.photometric == yCbCr {
			chroma.RGB(dst, rows[0], rows[1], rows[2])
			for x := 3; x < len(dst); x += 4 {
				dst[x] = 255
			}
			continue
		}
		for k, row := range rows {
			for x, v := range row {
				together[n*x+k] = v
			}
		}
		c.convert(dst, together, n)
	}
	return nil
}
