// Package annotate draws what the model saw onto the picture: boxes in the
// colours of their classes, silhouettes, key points, oriented boxes, and labels
// such as "person 0.94".
package annotate

import (
	"cmp"
	"image"
	"image/draw"
	"math"
	"slices"

	"github.com/yolambda/yolambda/lambda/api"
)

// Draw returns a copy of the upright picture with the reply's detections, its
// classification or its map drawn onto it. Of maps in PNG only those of the picture's
// size are drawn. Coordinates are in pixels from the
// picture's top left corner, wherever its bounds start; the copy's bounds start
// at (0, 0). The picture is left as it is.
func Draw(picture image.Image, reply *api.Response) *image.RGBA {
	size := picture.Bounds().Size()
	canvas := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(canvas, canvas.Bounds(), picture, picture.Bounds().Min, draw.Src)

	// The surest detections are drawn last, over the others.
	detections := slices.Clone(reply.Detections)
	slices.SortStableFunc(detections, func(a, b api.Detection) int { return cmp.Compare(a.Conf, b.Conf) })
	style := styleFor(size)
	for _, d := range detections {
		if d.Mask != nil {
			drawMask(canvas, d.Mask, colourOf(d.ClsID))
		}
	}
	for _, d := range detections {
		if d.OBB != nil {
			drawOriented(canvas, d.OBB, colourOf(d.ClsID), style)
		} else {
			drawBox(canvas, boxOf(d), colourOf(d.ClsID), style)
		}
		drawPose(canvas, d.Keypoints, colourOf(d.ClsID), style)
	}
	drawLabels(canvas, detections, style)
	drawClassification(canvas, reply.Classification, style)
	drawClassMap(canvas, reply.Semantic)
	drawDepth(canvas, reply.Depth)
	return canvas
}

// style holds the sizes of what is drawn, in pixels of the picture.
type style struct {
	line int     // thickness of a box's sides
	halo int     // thickness of the dark edge next to them
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
