// Package annotate draws detections onto the picture that they were found in:
// a box each, in its class's colour, with a label "person 0.94".
package annotate

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	"github.com/yolambda/yolambda/lambda/api"
)

// Draw returns a copy of the upright picture with the detections drawn onto
// it. Boxes are in pixels from the picture's top left corner, wherever its
// bounds start; the copy's bounds start at (0, 0). The picture is left as it is.
func Draw(picture image.Image, detections []api.Detection) *image.RGBA {
	size := picture.Bounds().Size()
	canvas := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(canvas, canvas.Bounds(), picture, picture.Bounds().Min, draw.Src)

	// The surest detections are drawn last, over the others.
	order := slices.Clone(detections)
	slices.SortStableFunc(order, func(a, b api.Detection) int {
		switch {
		case a.Conf < b.Conf:
			return -1
		case a.Conf > b.Conf:
			return 1
		}
		return 0
	})
	style := styleFor(size)
	for _, d := range order {
		drawBox(canvas, boxOf(d), colourOf(d.ClsID), style)
	}
	drawLabels(canvas, order, style)
	return canvas
}

// style holds the sizes of what is drawn, in pixels of the picture.
type style struct {
	line int     // thickness of a box's sides
	halo int     // thickness of the dark edge beside them
	font float64 // size of the labels' font
}

// styleFor scales with the picture, so that a drawing looks alike at every
// size when it is shown at the same width; the least sizes can still be read.
func styleFor(size image.Point) style {
	mean := float64(size.X+size.Y) / 2
	line := max(2, math.Round(mean*0.003))
	return style{
		line: int(line),
		halo: int(max(1, math.Round(line/4))),
		font: max(12, math.Round(mean*0.018)),
	}
}

func boxOf(d api.Detection) image.Rectangle {
	return image.Rect(d.Box[0], d.Box[1], d.Box[2], d.Box[3])
}

// haloColour sets a box off from ground of its own colour.
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
