// Package dialect writes down what the model sees: it fills the wire types of package api
// from the results of package yolo, one file a dialect. Coordinates go out as they come,
// in pixels of the upright picture.
package dialect

import (
	"cmp"
	"slices"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// Native writes down a result of the model in the project's own shape, without what only
// the function knows: the model's name, times, and the request's id. The error is a
// [*TooLong] where the reply goes beyond so many bytes, 0 for any number.
func Native(m *yolo.Model, r *yolo.Result, mask api.MaskForm, most int) (*api.Response, error) {
	length := length{most: most}
	resp := &api.Response{
		Detections: make([]api.Detection, len(r.Detections)),
		Task:       string(m.Task),
		Image:      &api.Image{Width: r.Picture.W, Height: r.Picture.H},
	}
	for i, d := range r.Detections {
		resp.Detections[i] = newDetection(m, d, r.Picture, mask)
		if err := length.addMask(resp.Detections[i].Mask); err != nil {
			return nil, err
		}
	}
	// Within a class the result's order, by falling confidence, stays.
	slices.SortStableFunc(resp.Detections, func(a, b api.Detection) int { return cmp.Compare(a.ClsID, b.ClsID) })
	switch m.Task {
	case yolo.Classify:
		resp.Classification = top5(m, r)
	case yolo.Semantic:
		var err error
		if resp.Semantic, err = newSemantic(m, r.Classes, mask, &length); err != nil {
			return nil, err
		}
	case yolo.Depth:
		resp.Depth = newDepth(r.Depth, mask)
	}
	return resp, nil
}

func newDetection(m *yolo.Model, d yolo.Detection, picture yolo.Size, form api.MaskForm) api.Detection {
	out := api.Detection{
		Box:   box(d.Box, picture),
		Conf:  d.Conf,
		Cls:   m.Name(d.Class),
		ClsID: d.Class,
	}
	if d.Mask != nil {
		out.Mask = newMask(d.Mask, form)
	}
	for i, k := range d.Keypoints {
		p := api.Keypoint{Name: m.KeypointName(i), X: k.X, Y: k.Y}
		if m.KeypointShape[1] == 3 {
			p.Conf = &k.Visibility
		}
		out.Keypoints = append(out.Keypoints, p)
	}
	if o := d.Oriented; o != nil {
		out.OBB = &api.OBB{XYWHR: [5]float32{o.CX, o.CY, o.W, o.H, o.Angle}}
		for i, c := range o.Corners() {
			out.OBB.Corners[i] = [2]float32{c.X, c.Y}
		}
	}
	return out
}

// box truncates to whole pixels, and clips: RT-DETR's boxes may leave the picture.
func box(b yolo.Box, picture yolo.Size) [4]int {
	b = b.Clip(picture)
	return [4]int{int(b.X1), int(b.Y1), int(b.X2), int(b.Y2)}
}

func newMask(m *yolo.Mask, form api.MaskForm) *api.Mask {
	if form == api.RunLengths {
		rle := m.RLE()
		return &api.Mask{RLE: &api.RLE{Size: [2]int{rle.Size.H, rle.Size.W}, Counts: rle.Counts}}
	}
	out := &api.Mask{}
	for _, polygon := range m.Polygons() {
		points := make([][2]int, len(polygon))
		for i, p := range polygon {
			points[i] = [2]int{int(p.X), int(p.Y)}
		}
		out.Polygons = append(out.Polygons, points)
	}
	return out
}

// top5 are the most probable of the classes that were asked for.
func top5(m *yolo.Model, r *yolo.Result) []api.Class {
	classes := make([]api.Class, min(len(r.Ranking), 5))
	for i := range classes {
		id := r.Ranking[i]
		classes[i] = api.Class{Cls: m.Name(id), ClsID: id, Conf: r.Probs[id]}
	}
	return classes
}
