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

var errRLE = errors.New("annotate: malformed run lengths")

// decodeRLE reads COCO's run lengths (rleFrString of the COCO API): runs of
// zeros and ones in turn, down the columns. Each count is written in groups of
// five bits, the lowest first, with a sixth for "more follows", as characters
// from '0' on; from the fourth on it is the difference to the one two before.
func decodeRLE(rle *api.RLE, size image.Point) (*image.Alpha, error) {
	if rle.Size != [2]int{size.Y, size.X} {
		return nil, errRLE
	}
	bits := image.NewAlpha(image.Rectangle{Max: size})
	pixels := size.X * size.Y
	var counts []int
	at := 0 // pixels read, down the columns
	for text := rle.Counts; text != ""; {
		var n int
		var ok bool
		if n, text, ok = readCount(text); !ok {
			return nil, errRLE
		}
		if i := len(counts); i > 2 {
			n += counts[i-2]
		}
		if n < 0 || n > pixels-at {
			return nil, errRLE
		}
		counts = append(counts, n)
		if len(counts)%2 == 0 { // a run of ones
			for i := at; i < at+n; i++ {
				bits.Pix[i%size.Y*bits.Stride+i/size.Y] = maskAlpha
			}
		}
		at += n
	}
	return bits, nil
}

// readCount reads one signed number and returns the text behind it.
func readCount(text string) (n int, rest string, ok bool) {
	for shift := 0; shift < 60 && text != ""; shift += 5 {
		group := int(text[0]) - '0'
		text = text[1:]
		if group < 0 || group > 0x3f {
			return 0, "", false
		}
		n |= group & 0x1f << shift
		if group&0x20 == 0 {
			if group&0x10 != 0 {
				n |= -1 << (shift + 5)
			}
			return n, text, true
		}
	}
	return 0, "", false
}
