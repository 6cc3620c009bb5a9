package annotate

import (
	"image"
	"image/color"
	"image/draw"

	"github.com/yolambda/yolambda/lambda/api"
)

func boxOf(d api.Detection) image.Rectangle {
	return image.Rect(d.Box[0], d.Box[1], d.Box[2], d.Box[3])
}

// haloColour sets lines off from ground of their own colour.
var haloColour = color.RGBA{A: 80}

// drawBox draws the sides inwards from the box's edges, so that they stay
// whole where the box touches the picture's border, and a thin dark edge along
// either flank of them.
func drawBox(canvas *image.RGBA, box image.Rectangle, c color.RGBA, s style) {
	drawFrame(canvas, box.Inset(-s.halo), s.halo, haloColour)
	drawFrame(canvas, box, s.line, c)
	drawFrame(canvas, box.Inset(s.line), s.halo, haloColour)
}

// drawFrame draws the four sides of a rectangle, so thick inwards; one that is
// too small for that is filled.
func drawFrame(canvas *image.RGBA, r image.Rectangle, thick int, c color.Color) {
	if r.Empty() {
		return
	}
	hole := r.Inset(thick)
	if hole.Empty() {
		fill(canvas, r, c)
		return
	}
	fill(canvas, image.Rect(r.Min.X, r.Min.Y, r.Max.X, hole.Min.Y), c)
	fill(canvas, image.Rect(r.Min.X, hole.Max.Y, r.Max.X, r.Max.Y), c)
	fill(canvas, image.Rect(r.Min.X, hole.Min.Y, hole.Min.X, hole.Max.Y), c)
	fill(canvas, image.Rect(hole.Max.X, hole.Min.Y, r.Max.X, hole.Max.Y), c)
}

func fill(canvas *image.RGBA, r image.Rectangle, c color.Color) {
	draw.Draw(canvas, r, image.NewUniform(c), image.Point{}, draw.Over)
}

// drawOriented draws the four sides of an oriented box, with a dark edge along
// both flanks.
func drawOriented(canvas *image.RGBA, box *api.OBB, c color.RGBA, s style) {
	sides := func(width float32) (p path) {
		for i, from := range box.Corners {
			to := box.Corners[(i+1)%len(box.Corners)]
			p.line(point{from[0], from[1]}, point{to[0], to[1]}, width)
		}
		return p
	}
	sides(float32(s.line+2*s.halo)).fill(canvas, haloColour)
	sides(float32(s.line)).fill(canvas, c)
}
