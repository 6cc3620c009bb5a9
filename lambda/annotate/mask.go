package annotate

import (
	"errors"
	"image"
	"image/color"
	"image/draw"

	"github.com/yolambda/yolambda/lambda/api"
)

// maskAlpha lets the picture show through a silhouette.
const maskAlpha = 110 // of 255

// drawMask fills a silhouette with its class's colour. One that doesn't fit
// the picture is not drawn.
func drawMask(canvas *image.RGBA, mask *api.Mask, c color.RGBA) {
	if mask.RLE != nil {
		bits, err := decodeRLE(mask.RLE, canvas.Rect.Size())
		if err == nil {
			draw.DrawMask(canvas, canvas.Rect, image.NewUniform(c), image.Point{}, bits, image.Point{}, draw.Over)
		}
		return
	}
	for _, polygon := range mask.Polygons {
		outline := make([]point, len(polygon))
		for i, p := range polygon {
			outline[i] = point{float32(p[0]) + 0.5, float32(p[1]) + 0.5}
		}
		path{[][]point{outline}}.fill(canvas, translucent(c, maskAlpha))
	}
}

// translucent is the colour at an alpha, premultiplied as color.RGBA is.
func translucent(c color.RGBA, alpha int) color.RGBA {
	scale := func(v uint8) uint8 { return uint8(int(v) * alpha / 255) }
	return color.RGBA{scale(c.R), scale(c.G), scale(c.B), uint8(alpha)}
}

var errRLE = errors.New("annotate: run lengths of another size")

// decodeRLE draws COCO's run lengths: runs of zeros and ones in turn, down the columns.
func decodeRLE(rle *api.RLE, size image.Point) (*image.Alpha, error) {
	if rle.Size != [2]int{size.Y, size.X} {
		return nil, errRLE
	}
	runs, err := rle.Runs()
	if err != nil {
		return nil, err
	}
	bits := image.NewAlpha(image.Rectangle{Max: size})
	at := 0 // pixels drawn, down the columns
	for run, length := range runs {
		if run%2 == 1 {
			for i := at; i < at+length; i++ {
				bits.Pix[i%size.Y*bits.Stride+i/size.Y] = maskAlpha
			}
		}
		at += length
	}
	return bits, nil
}
