package yolo

import "math"

// Box is an axis-aligned rectangle by two corners, in pixels.
type Box struct{ X1, Y1, X2, Y2 float32 }

// boxAround makes a Box from its centre, width and height.
func boxAround(cx, cy, w, h float32) Box {
	return Box{cx - w/2, cy - h/2, cx + w/2, cy + h/2}
}

// Area is never negative. The product is rounded (which a conversion asks for), so
// that it is the same on CPUs that could add to it without rounding.
func (b Box) Area() float32 { return float32(max(b.X2-b.X1, 0) * max(b.Y2-b.Y1, 0)) }

// IoU is the intersection over the union of two boxes, in [0, 1]. Two boxes
// without area do not overlap.
func (b Box) IoU(o Box) float32 {
	inter := b.intersect(o).Area()
	if inter == 0 {
		return 0
	}
	return inter / (b.Area() + o.Area() - inter)
}

// overSmaller is the intersection over the area of the smaller box, in [0, 1].
func (b Box) overSmaller(o Box) float32 {
	inter := b.intersect(o).Area()
	if inter == 0 {
		return 0
	}
	return inter / min(b.Area(), o.Area())
}

func (b Box) intersect(o Box) Box {
	return Box{max(b.X1, o.X1), max(b.Y1, o.Y1), min(b.X2, o.X2), min(b.Y2, o.Y2)}
}

// Clip keeps the box within a picture of the size.
func (b Box) Clip(s Size) Box {
	return Box{clipTo(b.X1, s.W), clipTo(b.Y1, s.H), clipTo(b.X2, s.W), clipTo(b.Y2, s.H)}
}

func (b Box) finite() bool {
	return finite(b.X1) && finite(b.Y1) && finite(b.X2) && finite(b.Y2)
}

func clipTo(v float32, most int) float32 { return min(max(v, 0), float32(most)) }

func finite(v float32) bool { return math.Abs(float64(v)) <= math.MaxFloat32 }

// OrientedBox is a rectangle turned about its centre, in pixels and radians;
// the angle turns from the x axis towards the y axis, which points down.
type OrientedBox struct{ CX, CY, W, H, Angle float32 }

// Corners are the four corners in the order of Ultralytics' xyxyxyxy.
func (o OrientedBox) Corners() [4]Point {
	sin, cos := math.Sincos(float64(o.Angle))
	// Half of the sides, as vectors.
	wx, wy := float32(float64(o.W)/2*cos), float32(float64(o.W)/2*sin)
	hx, hy := float32(-float64(o.H)/2*sin), float32(float64(o.H)/2*cos)
	return [4]Point{
		{o.CX + wx + hx, o.CY + wy + hy},
		{o.CX + wx - hx, o.CY + wy - hy},
		{o.CX - wx - hx, o.CY - wy - hy},
		{o.CX - wx + hx, o.CY - wy + hy},
	}
}

// Bounds is the axis-aligned box around the corners.
func (o OrientedBox) Bounds() Box {
	c := o.Corners()
	b := Box{c[0].X, c[0].Y, c[0].X, c[0].Y}
	for _, p := range c[1:] {
		b = Box{min(b.X1, p.X), min(b.Y1, p.Y), max(b.X2, p.X), max(b.Y2, p.Y)}
	}
	return b
}

// ProbIoU is the overlap in [0, 1] of two oriented boxes taken as Gaussians: one
// minus their Hellinger distance (Llerena and others, "Gaussian Bounding Boxes
// and Probabilistic Intersection-over-Union", 2021).
func (o OrientedBox) ProbIoU(p OrientedBox) float32 {
	return newGaussian(o).overlap(newGaussian(p))
}

// gaussian is an oriented box as a normal distribution: the mean and the
// covariance matrix [[a, c], [c, b]] of a uniform rectangle.
type gaussian struct {
	x, y, a, b, c float64
	// spread is the greatest variance along any line.
	spread float64
	// regular says that neither side is so short or so long that eps or the
	// rounding decides the overlap.
	regular bool
}

func newGaussian(o OrientedBox) gaussian {
	w, h := float64(o.W)*float64(o.W)/12, float64(o.H)*float64(o.H)/12
	sin, cos := math.Sincos(float64(o.Angle))
	return gaussian{
		x: float64(o.CX), y: float64(o.CY),
		a: w*cos*cos + h*sin*sin, b: w*sin*sin + h*cos*cos, c: (w - h) * cos * sin,
		spread:  max(w, h),
		regular: min(o.W, o.H) >= 1 && max(o.W, o.H) <= 100_000,
	}
}

// distanceLimit is the Bhattacharyya distance beyond which an overlap is below the
// threshold, and a little more for the rounding.
func distanceLimit(threshold float32) float64 {
	miss := 1 - float64(threshold)
	return -math.Log(1-miss*miss)*1.001 + 0.001
}

// beyond tells cheaply that the distance is above the limit. It is at least a
// quarter of the squared distance of the centres over the sum of the spreads.
func (g gaussian) beyond(o gaussian, limit float64) bool {
	dx, dy := g.x-o.x, g.y-o.y
	return g.regular && o.regular && dx*dx+dy*dy > 4*limit*(g.spread+o.spread)
}

// overlap is ProbIoU.
func (g gaussian) overlap(o gaussian) float32 {
	const eps = 1e-7
	a, b, c := g.a+o.a, g.b+o.b, g.c+o.c
	dx, dy := g.x-o.x, g.y-o.y
	det := a*b - c*c
	t1 := (a*dy*dy + b*dx*dx) / (det + eps) * 0.25
	t2 := -c * dx * dy / (det + eps) * 0.5
	t3 := math.Log(det/(4*math.Sqrt(max(g.a*g.b-g.c*g.c, 0)*max(o.a*o.b-o.c*o.c, 0))+eps)+eps) * 0.5
	distance := min(max(t1+t2+t3, eps), 100) // Bhattacharyya's
	return float32(1 - math.Sqrt(1-math.Exp(-distance)+eps))
}

// Point is a place in pixels.
type Point struct{ X, Y float32 }
