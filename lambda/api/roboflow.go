package api

import (
	"fmt"
	"time"

	"github.com/yolambda/yolambda/lambda/yolo"
)

// Roboflow is the reply of Roboflow's hosted inference API, format=roboflow. It
// is what supervision's Detections.from_inference reads.
type Roboflow struct {
	InferenceID string               `json:"inference_id,omitempty"`
	Time        float64              `json:"time"` // seconds
	Image       Image                `json:"image"`
	Predictions []RoboflowPrediction `json:"predictions"`
	// Top is the most probable class of a classification.
	Top        string  `json:"top,omitempty"`
	Confidence float32 `json:"confidence,omitempty"`
}

// RoboflowPrediction is one detection, or one class of a classification, which
// has no place.
type RoboflowPrediction struct {
	*RoboflowBox
	Confidence  float32            `json:"confidence"`
	Class       string             `json:"class"`
	ClassID     int                `json:"class_id"`
	DetectionID string             `json:"detection_id,omitempty"`
	Points      []RoboflowPoint    `json:"points,omitempty"` // outline of a mask's largest part, or corners of an oriented box
	RLE         *RLE               `json:"rle,omitempty"`    // the mask, where run lengths are asked for
	MaskFormat  string             `json:"mask_format,omitempty"`
	Keypoints   []RoboflowKeypoint `json:"keypoints,omitempty"`
}

// RoboflowBox is a centre and a size in pixels.
type RoboflowBox struct {
	X      float32 `json:"x"`
	Y      float32 `json:"y"`
	Width  float32 `json:"width"`
	Height float32 `json:"height"`
}

// RoboflowPoint is a place in pixels.
type RoboflowPoint struct {
	X float32 `json:"x"`
	Y float32 `json:"y"`
}

// RoboflowKeypoint is one point of a pose.
type RoboflowKeypoint struct {
	RoboflowPoint
	Confidence float32 `json:"confidence"`
	ClassID    int     `json:"class_id"`
	Class      string  `json:"class"`
	ClassName  string  `json:"class_name"`
}

// NewRoboflow writes down a result of the model in Roboflow's shape, by falling
// confidence. Masks in run lengths are what its API calls
// response_mask_format=rle.
func NewRoboflow(m *yolo.Model, requestID string, r *yolo.Result, mask MaskForm) *Roboflow {
	out := &Roboflow{
		InferenceID: requestID,
		Time:        (r.Speed.Preprocess + r.Speed.Inference + r.Speed.Postprocess).Round(time.Microsecond).Seconds(),
		Image:       Image{Width: r.Picture.W, Height: r.Picture.H},
		Predictions: []RoboflowPrediction{},
	}
	for i, c := range top5(m, r.Probs) {
		if i == 0 {
			out.Top, out.Confidence = c.Cls, c.Conf
		}
		out.Predictions = append(out.Predictions, RoboflowPrediction{Class: c.Cls, ClassID: c.ClsID, Confidence: c.Conf})
	}
	for i, d := range r.Detections {
		p := newRoboflowPrediction(m, d, mask)
		if requestID != "" {
			p.DetectionID = fmt.Sprintf("%s-%d", requestID, i)
		}
		out.Predictions = append(out.Predictions, p)
	}
	return out
}

func newRoboflowPrediction(m *yolo.Model, d yolo.Detection, mask MaskForm) RoboflowPrediction {
	b := d.Box
	out := RoboflowPrediction{
		RoboflowBox: &RoboflowBox{X: (b.X1 + b.X2) / 2, Y: (b.Y1 + b.Y2) / 2, Width: b.X2 - b.X1, Height: b.Y2 - b.Y1},
		Confidence:  d.Conf, Class: m.Name(d.Class), ClassID: d.Class,
	}
	var outline []yolo.Point
	switch {
	case d.Mask != nil && mask == RunLengths:
		out.RLE, out.MaskFormat = newMask(d.Mask, RunLengths).RLE, string(RunLengths)
	case d.Mask != nil:
		outline = d.Mask.Polygons()[0]
	case d.Oriented != nil:
		corners := d.Oriented.Corners()
		outline = corners[:]
	}
	for _, p := range outline {
		out.Points = append(out.Points, RoboflowPoint(p))
	}
	// The mask of a pixel or a line has fewer than three points. supervision
	// would then drop the masks of the whole reply.
	for n := len(out.Points); 0 < n && n < 3; n++ {
		out.Points = append(out.Points, out.Points[n-1])
	}
	for i, k := range d.Keypoints {
		name := m.KeypointName(i)
		out.Keypoints = append(out.Keypoints, RoboflowKeypoint{
			RoboflowPoint: RoboflowPoint(k.Point), Confidence: k.Visibility, ClassID: i, Class: name, ClassName: name,
		})
	}
	return out
}
