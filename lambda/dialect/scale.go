package dialect

import (
	"math"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// Scale turns r, the reply to a picture that was made smaller, into the reply to the
// picture it was made from, whose upright size is to: every coordinate goes from
// pixels of r.Image to pixels of to, truncated and clipped as ever. A mask in
// run lengths stays as it is; its own size says which picture it belongs to. A reply
// without a size stays as it is altogether.
func Scale(r *api.Response, to api.Image) {
	if r.Image == nil || r.Image.Width < 1 || r.Image.Height < 1 {
		return
	}
	from := *r.Image
	x, y := axis{from.Width, to.Width}, axis{from.Height, to.Height}
	for i := range r.Detections {
		scale(&r.Detections[i], x, y)
	}
	scaleMaps(r, x, y, to)
	r.Image = &to
}

// scaleMaps counts the pixels of classes in the larger picture, by their share. Maps in
// PNG have a size of their own.
func scaleMaps(r *api.Response, x, y axis, to api.Image) {
	if r.Semantic == nil {
		return
	}
	for i := range r.Semantic.Classes {
		a := &r.Semantic.Classes[i]
		a.Pixels = int(math.Round(a.Share * float64(to.Width) * float64(to.Height)))
		scaleMask(a.Mask, x, y)
	}
}

func scaleMask(m *api.Mask, x, y axis) {
	if m == nil {
		return
	}
	for _, polygon := range m.Polygons {
		for i, p := range polygon {
			polygon[i] = [2]int{x.pixel(p[0]), y.pixel(p[1])}
		}
	}
}

func scale(d *api.Detection, x, y axis) {
	d.Box = [4]int{x.edge(d.Box[0]), y.edge(d.Box[1]), x.edge(d.Box[2]), y.edge(d.Box[3])}
	scaleMask(d.Mask, x, y)
	for i := range d.Keypoints {
		k := &d.Keypoints[i]
		k.X, k.Y = float32(float64(k.X)*x.factor()), float32(float64(k.Y)*y.factor())
	}
	if d.OBB != nil {
		*d.OBB = scaled(*d.OBB, x.factor(), y.factor())
	}
}

// scaled follows the sides. Where the factors differ, as by the rounding of the
// smaller picture's size, a turned rectangle would become a parallelogram; this
// is the rectangle with the lengths of its sides and the direction of its width.
func scaled(o api.OBB, fx, fy float64) api.OBB {
	sin, cos := math.Sincos(float64(o.XYWHR[4]))
	box := yolo.OrientedBox{
		CX:    float32(float64(o.XYWHR[0]) * fx),
		CY:    float32(float64(o.XYWHR[1]) * fy),
		W:     float32(float64(o.XYWHR[2]) * math.Hypot(cos*fx, sin*fy)),
		H:     float32(float64(o.XYWHR[3]) * math.Hypot(sin*fx, cos*fy)),
		Angle: float32(math.Atan2(sin*fy, cos*fx)),
	}
	out := api.OBB{XYWHR: [5]float32{box.CX, box.CY, box.W, box.H, box.Angle}}
	for i, c := range box.Corners() {
		out.Corners[i] = [2]float32{c.X, c.Y}
	}
	return out
}

// axis is the length in pixels of one side of a picture, before and after.
type axis struct{ from, to int }

func (a axis) factor() float64 { return float64(a.to) / float64(a.from) }

// edge scales a place between pixels, from 0 to the side's length. It multiplies
// first, so that the far edge stays the far edge.
func (a axis) edge(v int) int { return within(float64(v)*float64(a.to)/float64(a.from), a.to) }

// pixel scales the index of a pixel: its centre's new place tells the new pixel.
func (a axis) pixel(v int) int {
	return within((float64(v)+0.5)*float64(a.to)/float64(a.from), a.to-1)
}

// within truncates v and clips it to 0 to most.
func within(v float64, most int) int { return int(min(max(v, 0), float64(most))) }
