package api

import (
	"cmp"
	"slices"
	"time"

	"github.com/yolambda/yolambda/lambda/yolo"
)

// NewResponse writes down a result of the model.
func NewResponse(m *yolo.Model, r *yolo.Result, mask MaskForm) *Response {
	resp := &Response{
		Detections: make([]Detection, len(r.Detections)),
		Task:       string(m.Task),
		Image:      &Image{Width: r.Picture.W, Height: r.Picture.H},
	}
	for i, d := range r.Detections {
		resp.Detections[i] = newDetection(m, d, mask)
	}
	// Within a class the result's order, by falling confidence, stays.
	slices.SortStableFunc(resp.Detections, func(a, b Detection) int { return cmp.Compare(a.ClsID, b.ClsID) })
	if m.Task == yolo.Classify {
		resp.Classification = top5(m, r.Probs)
	}
	return resp
}

func newDetection(m *yolo.Model, d yolo.Detection, form MaskForm) Detection {
	out := Detection{
		Box:   [4]int{int(d.Box.X1), int(d.Box.Y1), int(d.Box.X2), int(d.Box.Y2)},
		Conf:  d.Conf,
		Cls:   m.Name(d.Class),
		ClsID: d.Class,
	}
	if d.Mask != nil {
		out.Mask = newMask(d.Mask, form)
	}
	for i, k := range d.Keypoints {
		p := Keypoint{Name: m.KeypointName(i), X: k.X, Y: k.Y}
		if m.KeypointShape[1] == 3 {
			p.Conf = &k.Visibility
		}
		out.Keypoints = append(out.Keypoints, p)
	}
	if o := d.Oriented; o != nil {
		out.OBB = &OBB{XYWHR: [5]float32{o.CX, o.CY, o.W, o.H, o.Angle}}
		for i, c := range o.Corners() {
			out.OBB.Corners[i] = [2]float32{c.X, c.Y}
		}
	}
	return out
}

func newMask(m *yolo.Mask, form MaskForm) *Mask {
	if form == RunLengths {
		rle := m.RLE()
		return &Mask{RLE: &RLE{Size: [2]int{rle.Size.H, rle.Size.W}, Counts: rle.Counts}}
	}
	out := &Mask{}
	for _, polygon := range m.Polygons() {
		points := make([][2]int, len(polygon))
		for i, p := range polygon {
			points[i] = [2]int{int(p.X), int(p.Y)}
		}
		out.Polygons = append(out.Polygons, points)
	}
	return out
}

// top5 are the most probable classes; at equal probability the lower id is
// first.
func top5(m *yolo.Model, probs []float32) []Class {
	classes := make([]Class, len(probs))
	for id, p := range probs {
		classes[id] = Class{Cls: m.Name(id), ClsID: id, Conf: p}
	}
	slices.SortStableFunc(classes, func(a, b Class) int { return cmp.Compare(b.Conf, a.Conf) })
	return classes[:min(len(classes), 5)]
}

// Milliseconds is a duration as the replies write it, to the microsecond.
func Milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
