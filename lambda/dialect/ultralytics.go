package dialect

import (
	"fmt"
	"math"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// Ultralytics writes down a result of the model in Ultralytics' shape,
// rounded to five decimals as there. The error is that of [Native].
func Ultralytics(m *yolo.Model, name string, r *yolo.Result, most int) (*api.Ultralytics, error) {
	length := length{most: most}
	image := api.UltralyticsImage{
		Shape:   [2]int{r.Picture.H, r.Picture.W},
		Results: []api.UltralyticsResult{},
		Speed: api.UltralyticsSpeed{
			Preprocess:  api.Milliseconds(r.Speed.Preprocess),
			Inference:   api.Milliseconds(r.Speed.Inference),
			Postprocess: api.Milliseconds(r.Speed.Postprocess),
		},
	}
	for _, c := range top5(m, r) {
		image.Results = append(image.Results, api.UltralyticsResult{Name: c.Cls, Class: c.ClsID, Confidence: new(decimals(c.Conf))})
	}
	for _, a := range areas(m, r.Classes) {
		image.Results = append(image.Results, api.UltralyticsResult{Name: a.Cls, Class: a.ClsID, PixelRatio: new(decimals(float32(a.Share)))})
	}
	for _, d := range r.Detections {
		result := ultralyticsResult(m, d)
		image.Results = append(image.Results, result)
		if result.Segments != nil {
			if err := length.add(len(result.Segments.X) * ultralyticsPoint); err != nil {
				return nil, err
			}
		}
	}
	return &api.Ultralytics{
		Images:   []api.UltralyticsImage{image},
		Metadata: api.UltralyticsMetadata{ImageCount: 1, Model: name, Task: string(m.Task)},
	}, nil
}

func ultralyticsResult(m *yolo.Model, d yolo.Detection) api.UltralyticsResult {
	out := api.UltralyticsResult{Name: m.Name(d.Class), Class: d.Class, Confidence: new(decimals(d.Conf))}
	corners := []yolo.Point{{X: d.Box.X1, Y: d.Box.Y1}, {X: d.Box.X2, Y: d.Box.Y2}}
	if d.Oriented != nil {
		c := d.Oriented.Corners()
		corners = c[:]
	}
	out.Box = make(map[string]float64, 2*len(corners))
	for i, p := range corners {
		out.Box[fmt.Sprintf("x%d", i+1)] = decimals(p.X)
		out.Box[fmt.Sprintf("y%d", i+1)] = decimals(p.Y)
	}
	if d.Mask != nil {
		out.Segments = &api.UltralyticsPoints{}
		for _, p := range d.Mask.Polygons()[0] {
			out.Segments.X = append(out.Segments.X, decimals(p.X))
			out.Segments.Y = append(out.Segments.Y, decimals(p.Y))
		}
	}
	if d.Keypoints != nil {
		out.Keypoints = &api.UltralyticsKeypoints{}
		for _, k := range d.Keypoints {
			out.Keypoints.X = append(out.Keypoints.X, decimals(k.X))
			out.Keypoints.Y = append(out.Keypoints.Y, decimals(k.Y))
			if m.KeypointShape[1] == 3 {
				out.Keypoints.Visible = append(out.Keypoints.Visible, decimals(k.Visibility))
			}
		}
	}
	return out
}

// decimals rounds to five of them, as Python's round does: a float32 times 1e5 is exact, and what
// lies in the middle goes to the even side.
func decimals(v float32) float64 { return math.RoundToEven(float64(v)*1e5) / 1e5 }
