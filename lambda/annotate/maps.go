package annotate

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"github.com/yolambda/yolambda/lambda/api"
)

// drawClassMap lays the classes' colours over the picture: of a map in PNG as it is,
// otherwise of the silhouettes.
func drawClassMap(canvas *image.RGBA, s *api.Semantic) {
	if s == nil {
		return
	}
	grey, ok := decodeMap(canvas, s.ClassMap).(*image.Gray)
	if !ok {
		for _, a := range s.Classes {
			if a.Mask != nil {
				drawMask(canvas, a.Mask, colourOf(a.ClsID))
			}
		}
		return
	}
	colours := map[uint8]color.RGBA{}
	for _, a := range s.Classes {
		colours[uint8(a.ClsID)] = translucent(colourOf(a.ClsID), maskAlpha)
	}
	if len(s.Classes) == 1 && s.Classes[0].ClsID == 0 && isBinary(grey) {
		colours = map[uint8]color.RGBA{1: colours[0]}
	}
	over := image.NewRGBA(canvas.Rect)
	for i, id := range grey.Pix {
		c := colours[id]
		over.Pix[4*i], over.Pix[4*i+1], over.Pix[4*i+2], over.Pix[4*i+3] = c.R, c.G, c.B, c.A
	}
	draw.Draw(canvas, canvas.Rect, over, image.Point{}, draw.Over)
}

// isBinary reports whether some pixel is 1, which of a map with class 0 alone is that
// class.
func isBinary(grey *image.Gray) bool { return bytes.IndexByte(grey.Pix, 1) >= 0 }

// drawDepth replaces the picture by its distances: near is bright, far is dark.
func drawDepth(canvas *image.RGBA, d *api.Depth) {
	if d == nil || d.Map == nil {
		return
	}
	grey, ok := decodeMap(canvas, d.Map.PNG).(*image.Gray16)
	if !ok {
		return
	}
	for y := range canvas.Rect.Dy() {
		for x := range canvas.Rect.Dx() {
			canvas.SetRGBA(x, y, warmth(grey.Gray16At(x, y).Y))
		}
	}
}

// warmth is a distance's colour: from yellow over red to black.
func warmth(v uint16) color.RGBA {
	near := 255 - int(v>>8)
	return color.RGBA{uint8(min(2*near, 255)), uint8(max(2*near-255, 0)), uint8(max(near-192, 0)), 255}
}

// decodeMap reads a PNG of the canvas' size; nil where it is none.
func decodeMap(canvas *image.RGBA, data []byte) image.Image {
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width != canvas.Rect.Dx() || c.Height != canvas.Rect.Dy() {
		return nil
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	return img
}
