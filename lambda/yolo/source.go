package yolo

import (
	"image"
	"image/draw"
)

// source is a picture as planes of 8-bit samples: Y, Cb, Cr; or grey; or R, G, B.
type source struct {
	planes []plane
	ycbcr  bool
}

// plane is one channel. A subsampled plane covers the same area with fewer
// samples.
type plane struct {
	pix        []uint8
	stride     int // from one row to the next
	step       int // from one sample to the next in a row
	w, h       int // samples
	subX, subY int // picture pixels per sample
}

// newSource takes the picture's own planes without copying. Alpha is ignored,
// not composited, as Pillow's convert("RGB") and OpenCV do. Types other than
// those that Go's and this project's decoders return are converted first.
func newSource(img image.Image) source {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	rgb := func(pix []uint8, stride int) source {
		var s source
		for c := range 3 {
			s.planes = append(s.planes, plane{pix[c:], stride, 4, w, h, 1, 1})
		}
		return s
	}
	switch img := img.(type) {
	case *image.YCbCr:
		subX, subY := subsampling(img.SubsampleRatio)
		cw, ch := (w+subX-1)/subX, (h+subY-1)/subY
		c := img.COffset(b.Min.X, b.Min.Y)
		return source{ycbcr: true, planes: []plane{
			{img.Y[img.YOffset(b.Min.X, b.Min.Y):], img.YStride, 1, w, h, 1, 1},
			{img.Cb[c:], img.CStride, 1, cw, ch, subX, subY},
			{img.Cr[c:], img.CStride, 1, cw, ch, subX, subY},
		}}
	case *image.Gray:
		return source{planes: []plane{{img.Pix[img.PixOffset(b.Min.X, b.Min.Y):], img.Stride, 1, w, h, 1, 1}}}
	case *image.NRGBA:
		return rgb(img.Pix[img.PixOffset(b.Min.X, b.Min.Y):], img.Stride)
	case *image.RGBA:
		return rgb(img.Pix[img.PixOffset(b.Min.X, b.Min.Y):], img.Stride)
	}
	converted := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(converted, converted.Bounds(), img, b.Min, draw.Src)
	return rgb(converted.Pix, converted.Stride)
}

// subsampling is how many picture pixels share a chroma sample along x and y.
func subsampling(r image.YCbCrSubsampleRatio) (x, y int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

func (s source) maxWidth() int {
	most := 0
	for _, p := range s.planes {
		most = max(most, p.w)
	}
	return most
}

// resizeRow makes one output row: first the source rows of the tap are blended
// into line, then line's samples into dst. The scale stays 0…255.
func (p plane) resizeRow(dst, line []float32, rows tap, columns taps) {
	for k, weight := range rows.weights {
		if weight == 0 && k > 0 {
			continue
		}
		row := p.pix[(rows.first+k)*p.stride:]
		switch {
		case p.step == 1 && k == 0:
			for x, v := range row[:len(line)] {
				line[x] = weight * float32(v)
			}
		case p.step == 1:
			for x, v := range row[:len(line)] {
				line[x] += weight * float32(v)
			}
		case k == 0:
			for x := range line {
				line[x] = weight * float32(row[x*p.step])
			}
		default:
			for x := range line {
				line[x] += weight * float32(row[x*p.step])
			}
		}
	}
	weights := columns.weights
	for i, first := range columns.first {
		var sum float32
		w := weights[:columns.n]
		weights = weights[columns.n:]
		for k, v := range line[first:][:len(w)] {
			sum += v * w[k]
		}
		dst[i] = sum
	}
}

// toRGB converts one resized row to R, G and B in [0, 1]. The conversion of
// YCbCr is JFIF's: BT.601, full range. Values are rounded to 8 bits first, since
// the networks were trained on pictures that were resized as bytes.
func (s source) toRGB(r, g, b []float32, planes [][]float32) {
	switch {
	case s.ycbcr:
		cb, cr := planes[1][:len(r)], planes[2][:len(r)]
		for i, y := range planes[0][:len(r)] {
			u, v := cb[i]-128, cr[i]-128
			r[i] = unit(y + 1.402*v)
			g[i] = unit(y - 0.344136*u - 0.714136*v)
			b[i] = unit(y + 1.772*u)
		}
	case len(planes) == 1:
		for i, y := range planes[0][:len(r)] {
			v := unit(y)
			r[i], g[i], b[i] = v, v, v
		}
	default:
		for i := range r {
			r[i], g[i], b[i] = unit(planes[0][i]), unit(planes[1][i]), unit(planes[2][i])
		}
	}
}

// unit rounds a value of the scale 0…255 to a whole number and brings it to
// [0, 1].
func unit(v float32) float32 {
	return float32(int32(min(max(v, 0), 255)+0.5)) / 255
}
