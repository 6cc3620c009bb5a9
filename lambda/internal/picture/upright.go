package picture

import (
	"image"
	"image/draw"

	"github.com/yolambda/yolambda/lambda/internal/chroma"
)

// upright undoes an EXIF orientation of 1 to 8. It turns the planes as they
// are; YCbCr becomes RGBA only where its subsampled planes cannot be turned.
func upright(img image.Image, orientation int) image.Image {
	if orientation <= 1 {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	uw, uh := w, h
	if orientation >= 5 {
		uw, uh = h, w
	}
	bounds := image.Rect(0, 0, uw, uh)
	switch m := img.(type) {
	case *image.Gray:
		return &image.Gray{Pix: turn(m.Pix, m.Stride, w, h, 1, orientation), Stride: uw, Rect: bounds}
	case *image.RGBA:
		return &image.RGBA{Pix: turn(m.Pix, m.Stride, w, h, 4, orientation), Stride: uw * 4, Rect: bounds}
	case *image.YCbCr:
		ratio, ok := turnedRatio(m, orientation)
		if !ok {
			return upright(toRGBA(m), orientation)
		}
		sx, sy := chroma.Subsampling(m.SubsampleRatio)
		cw, ch := (w+sx-1)/sx, (h+sy-1)/sy
		cstride := cw
		if orientation >= 5 {
			cstride = ch
		}
		return &image.YCbCr{
			Y:       turn(m.Y, m.YStride, w, h, 1, orientation),
			Cb:      turn(m.Cb, m.CStride, cw, ch, 1, orientation),
			Cr:      turn(m.Cr, m.CStride, cw, ch, 1, orientation),
			YStride: uw, CStride: cstride,
			SubsampleRatio: ratio,
			Rect:           bounds,
		}
	}
	return img
}

// turn copies a plane of w x h pixels of n bytes each into the upright plane,
// which has no padding. Walking along its rows means walking dx bytes a pixel
// and dy bytes a row through src.
func turn(src []byte, stride, w, h, n, orientation int) []byte {
	uw, uh := w, h
	if orientation >= 5 {
		uw, uh = h, w
	}
	right, bottom := (w-1)*n, (h-1)*stride
	var origin, dx, dy int
	switch orientation {
	case 2:
		origin, dx, dy = right, -n, stride
	case 3:
		origin, dx, dy = right+bottom, -n, -stride
	case 4:
		origin, dx, dy = bottom, n, -stride
	case 5:
		origin, dx, dy = 0, stride, n
	case 6:
		origin, dx, dy = bottom, -stride, n
	case 7:
		origin, dx, dy = right+bottom, -stride, -n
	case 8:
		origin, dx, dy = right, stride, -n
	}
	dst := make([]byte, uw*uh*n)
	// In tiles, so that the columns of src stay in the cache.
	const tile = 64
	for ty := 0; ty < uh; ty += tile {
		for tx := 0; tx < uw; tx += tile {
			for y := ty; y < min(ty+tile, uh); y++ {
				from := origin + y*dy + tx*dx
				row := dst[(y*uw+tx)*n : (y*uw+min(tx+tile, uw))*n]
				if n == 1 {
					for i := range row {
						row[i] = src[from]
						from += dx
					}
					continue
				}
				for ; len(row) > 0; row = row[n:] {
					copy(row[:n], src[from:])
					from += dx
				}
			}
		}
	}
	return dst
}

// turnedRatio returns the subsampling of the turned picture. There is none where
// Go has no name for it (4:1:1 on its side), or where mirroring would part the
// pixels that share a chroma sample, as the last one of an odd row has its own.
func turnedRatio(m *image.YCbCr, orientation int) (image.YCbCrSubsampleRatio, bool) {
	sx, sy := chroma.Subsampling(m.SubsampleRatio)
	switch orientation {
	case 2, 3, 7, 8: // mirrored along x
		if m.Rect.Dx()%sx != 0 {
			return 0, false
		}
	}
	switch orientation {
	case 3, 4, 6, 7: // mirrored along y
		if m.Rect.Dy()%sy != 0 {
			return 0, false
		}
	}
	if orientation < 5 {
		return m.SubsampleRatio, true
	}
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420:
		return m.SubsampleRatio, true
	case image.YCbCrSubsampleRatio422:
		return image.YCbCrSubsampleRatio440, true
	case image.YCbCrSubsampleRatio440:
		return image.YCbCrSubsampleRatio422, true
	}
	return 0, false
}

func toRGBA(img image.Image) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(dst, dst.Rect, img, img.Bounds().Min, draw.Src)
	return dst
}
