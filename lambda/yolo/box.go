package yolo

import "math"

// Box is an axis-aligned rectangle by two corners, in pixels.
type Box struct{ X1, Y1, X2, Y2 float32 }

// boxAround makes a Box from its centre, width and height.
func boxAround(cx, cy, w, h float32) Box {
	return Box{cx - w/2, cy - h/2, cx + w/2, cy + h/2}
}

// Area is never negative.
func (b Box) Area() float32 { return max(b.X2-b.X1, 0) * max(b.Y2-b.Y1, 0) }

// IoU is the intersection over the union of two boxes, in [0, 1]. Two boxes
// without area do not overlap.
func (b Box) IoU(o Box) float32 {
	inter := Box{max(b.X1, o.X1), max(b.Y1, o.Y1), min(b.X2, o.X2), min(b.Y2, o.Y2)}.Area()
	if inter == 0 {
		return 0
	}
	return inter / (b.Area() + o.Area() - inter)
}

// clip keeps the box within the picture.
func (b Box) clip(s Size) Box {
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
	const eps = 1e-7
	a1, b1, c1 := o.covariance()
	a2, b2, c2 := p.covariance()
	a, b, c := a1+a2, b1+b2, c1+c2
	dx, dy := float64(o.CX)-float64(p.CX), float64(o.CY)-float64(p.CY)
	det := a*b - c*c
	t1 := (a*dy*dy + b*dx*dx) / (det + eps) * 0.25
	t2 := -c * dx * dy / (det + eps) * 0.5
	t3 := math.Log(det/(4*math.Sqrt(max(a1*b1-c1*c1, 0)*max(a2*b2-c2*c2, 0))+eps)+eps) * 0.5
	distance := min(max(t1+t2+t3, eps), 100) // Bhattacharyya's
	return float32(1 - math.Sqrt(1-math.Exp(-distance)+eps))
}

// covariance is the covariance matrix [[a, c], [c, b]] of a uniform rectangle.
func (o OrientedBox) covariance() (a, b, c float64) {
	w, h := float64(o.W)*float64(o.W)/12, float64(o.H)*float64(o.H)/12
	sin, cos := math.Sincos(float64(o.Angle))
	return w*cos*cos + h*sin*sin, w*sin*sin + h*cos*cos, (w - h) * cos * sin
}

// Point is a place in pixels.
type Point struct{ X, Y float32 }
