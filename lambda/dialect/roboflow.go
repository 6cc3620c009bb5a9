package dialect

import (
	"fmt"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// Roboflow writes down a result of the model in Roboflow's shape, by falling
// confidence. Masks in run lengths are what its API calls
// response_mask_format=rle. The error is that of [Native].
func Roboflow(m *yolo.Model, requestID string, r *yolo.Result, mask api.MaskForm, most int) (*api.Roboflow, error) {
	length := length{most: most}
	out := &api.Roboflow{
		InferenceID: requestID,
		Time:        (r.Speed.Preprocess + r.Speed.Inference + r.Speed.Postprocess).Round(time.Microsecond).Seconds(),
		Image:       api.Image{Width: r.Picture.W, Height: r.Picture.H},
		Predictions: []api.RoboflowPrediction{},
	}
	for i, c := range top5(m, r) {
		if i == 0 {
			out.Top, out.Confidence = c.Cls, c.Conf
		}
		out.Predictions = append(out.Predictions, api.RoboflowPrediction{Class: c.Cls, ClassID: c.ClsID, Confidence: c.Conf})
	}
	for i, d := range r.Detections {
		p := roboflowPrediction(m, d, mask)
		if requestID != "" {
			p.DetectionID = fmt.Sprintf("%s-%d", requestID, i)
		}
		out.Predictions = append(out.Predictions, p)
		bytes := len(p.Points) * roboflowPoint
		if p.RLE != nil {
			bytes += len(p.RLE.Counts)
		}
		if err := length.add(bytes); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func roboflowPrediction(m *yolo.Model, d yolo.Detection, mask api.MaskForm) api.RoboflowPrediction {
	b := d.Box
	out := api.RoboflowPrediction{
		RoboflowBox: &api.RoboflowBox{X: (b.X1 + b.X2) / 2, Y: (b.Y1 + b.Y2) / 2, Width: b.X2 - b.X1, Height: b.Y2 - b.Y1},
		Confidence:  d.Conf, Class: m.Name(d.Class), ClassID: d.Class,
	}
	var outline []yolo.Point
	switch {
	case d.Mask != nil && mask == api.RunLengths:
		out.RLE, out.MaskFormat = newMask(d.Mask, api.RunLengths).RLE, string(api.RunLengths)
	case d.Mask != nil:
		outline = d.Mask.Polygons()[0]
	case d.Oriented != nil:
		corners := d.Oriented.Corners()
		outline = corners[:]
	}
	for _, p := range outline {
		out.Points = append(out.Points, api.RoboflowPoint(p))
	}
	// The mask of a pixel or a line has fewer than three points. supervision
	// would then drop the masks of the whole reply.
	for n := len(out.Points); 0 < n && n < 3; n++ {
		out.Points = append(out.Points, out.Points[n-1])
	}
	for i, k := range d.Keypoints {
		name := m.KeypointName(i)
		out.Keypoints = append(out.Keypoints, api.RoboflowKeypoint{
			RoboflowPoint: api.RoboflowPoint(k.Point), Confidence: k.Visibility, ClassID: i, Class: name, ClassName: name,
		})
	}
	return out
}
