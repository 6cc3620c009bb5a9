package annotate

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

// point is a place on the picture, in pixels; (0.5, 0.5) is the centre of the
// first one.
type point struct{ x, y float32 }

// path is the union of closed polygons that all turn the same way.
type path struct{ polygons [][]point }

// line adds a straight line of a width, with square ends that reach half the
// width past its points, so that lines which meet make a corner.
func (p *path) line(a, b point, width float32) {
	dx, dy := b.x-a.x, b.y-a.y
	length := float32(math.Hypot(float64(dx), float64(dy)))
	if length == 0 {
		dx, dy, length = 1, 0, 1
	}
	ux, uy := dx/length*width/2, dy/length*width/2
	p.polygons = append(p.polygons, []point{
		{a.x - ux - uy, a.y - uy + ux},
		{b.x + ux - uy, b.y + uy + ux},
		{b.x + ux + uy, b.y + uy - ux},
		{a.x - ux + uy, a.y - uy - ux},
	})
}

// dot adds a filled circle.
func (p *path) dot(centre point, radius float32) {
	const corners = 24 // enough for a circle of a few pixels
	circle := make([]point, corners)
	for i := range circle {
		// Backwards, as lines turn.
		sin, cos := math.Sincos(-2 * math.Pi * float64(i) / corners)
		circle[i] = point{centre.x + radius*float32(cos), centre.y + radius*float32(sin)}
	}
	p.polygons = append(p.polygons, circle)
}

// fill paints the path, with smooth edges.
func (p path) fill(canvas *image.RGBA, c color.RGBA) {
	// The rasterizer's memory and time go by its size: that of what is drawn.
	r := p.bounds(canvas.Rect)
	if r.Empty() {
		return
	}
	ras := vector.NewRasterizer(r.Dx(), r.Dy())
	at := func(q point) (x, y float32) {
		q = near(q, canvas.Rect)
		return q.x - float32(r.Min.X), q.y - float32(r.Min.Y)
	}
	for _, polygon := range p.polygons {
		for i, q := range polygon {
			if x, y := at(q); i == 0 {
				ras.MoveTo(x, y)
			} else {
				ras.LineTo(x, y)
			}
		}
		ras.ClosePath()
	}
	ras.Draw(canvas, r, image.NewUniform(c), image.Point{})
}

// bounds is the part of the canvas that the path may touch.
func (p path) bounds(canvas image.Rectangle) image.Rectangle {
	var r image.Rectangle
	for _, polygon := range p.polygons {
		for _, q := range polygon {
			q = near(q, canvas)
			x, y := int(math.Floor(float64(q.x))), int(math.Floor(float64(q.y)))
			r = r.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	return r.Intersect(canvas)
}

// near moves a point that lies absurdly far outside, where the rasterizer's
// arithmetic would fail, to a picture's size outside. NaN becomes a border.
func near(q point, canvas image.Rectangle) point {
	w, h := float32(canvas.Dx()), float32(canvas.Dy())
	limit := func(v, size float32) float32 {
		if !(v > -size) {
			return -size
		}
		return min(v, 2*size)
	}
	return point{limit(q.x, w), limit(q.y, h)}
}
