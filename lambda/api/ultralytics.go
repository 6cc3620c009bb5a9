package api

import (
	"fmt"
	"math"

	"github.com/yolambda/yolambda/lambda/yolo"
)

// Ultralytics is the reply of Ultralytics' Inference API, format=ultralytics.
type Ultralytics struct {
	Images   []UltralyticsImage  `json:"images"`
	Metadata UltralyticsMetadata `json:"metadata"`
}

// UltralyticsImage is what was seen in one picture.
type UltralyticsImage struct {
	Shape [2]int `json:"shape"` // height, width in pixels
	// Results is the list that Python's Results.to_json() writes, by falling
	// confidence.
	Results []UltralyticsResult `json:"results"`
	Speed   UltralyticsSpeed    `json:"speed"`
}

// UltralyticsResult is one detection, or one class of a classification.
type UltralyticsResult struct {
	Name       string  `json:"name"`
	Class      int     `json:"class"`
	Confidence float64 `json:"confidence"`
	// Box is x1, y1, x2, y2 in pixels, for oriented boxes x1, y1 … x4, y4.
	Box       map[string]float64    `json:"box,omitempty"`
	Segments  *UltralyticsPoints    `json:"segments,omitempty"`
	Keypoints *UltralyticsKeypoints `json:"keypoints,omitempty"`
}

// UltralyticsPoints is a polygon: the largest part of a mask.
type UltralyticsPoints struct {
	X []float64 `json:"x"`
	Y []float64 `json:"y"`
}

// UltralyticsKeypoints are the points of a pose. Visible is left out where the
// model does not tell.
type UltralyticsKeypoints struct {
	X       []float64 `json:"x"`
	Y       []float64 `json:"y"`
	Visible []float64 `json:"visible,omitempty"`
}

// UltralyticsSpeed is in milliseconds.
type UltralyticsSpeed struct {
	Preprocess  float64 `json:"preprocess"`
	Inference   float64 `json:"inference"`
	Postprocess float64 `json:"postprocess"`
}

// UltralyticsMetadata tells what answered.
type UltralyticsMetadata struct {
	ImageCount int    `json:"imageCount"`
	Model      string `json:"model"`
	Task       string `json:"task"`
}

// NewUltralytics writes down a result of the model in Ultralytics' shape,
// rounded to five decimals as there.
func NewUltralytics(m *yolo.Model, name string, r *yolo.Result) *Ultralytics {
	image := UltralyticsImage{
		Shape:   [2]int{r.Picture.H, r.Picture.W},
		Results: []UltralyticsResult{},
		Speed: UltralyticsSpeed{
			Preprocess:  Milliseconds(r.Speed.Preprocess),
			Inference:   Milliseconds(r.Speed.Inference),
			Postprocess: Milliseconds(r.Speed.Postprocess),
		},
	}
	for _, c := range top5(m, r.Probs) {
		image.Results = append(image.Results, UltralyticsResult{Name: c.Cls, Class: c.ClsID, Confidence: decimals(c.Conf)})
	}
	for _, d := range r.Detections {
		image.Results = append(image.Results, newUltralyticsResult(m, d))
	}
	return &Ultralytics{
		Images:   []UltralyticsImage{image},
		Metadata: UltralyticsMetadata{ImageCount: 1, Model: name, Task: string(m.Task)},
	}
}

// Add appends the pictures of another reply.
func (u *Ultralytics) Add(other *Ultralytics) {
	u.Images = append(u.Images, other.Images...)
	u.Metadata.ImageCount = len(u.Images)
}

func newUltralyticsResult(m *yolo.Model, d yolo.Detection) UltralyticsResult {
	out := UltralyticsResult{Name: m.Name(d.Class), Class: d.Class, Confidence: decimals(d.Conf)}
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
		out.Segments = &UltralyticsPoints{}
		for _, p := range d.Mask.Polygons()[0] {
			out.Segments.X = append(out.Segments.X, decimals(p.X))
			out.Segments.Y = append(out.Segments.Y, decimals(p.Y))
		}
	}
	if d.Keypoints != nil {
		out.Keypoints = &UltralyticsKeypoints{}
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

// decimals rounds to five of them.
func decimals(v float32) float64 { return math.Round(float64(v)*1e5) / 1e5 }
