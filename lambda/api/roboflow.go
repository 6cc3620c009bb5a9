package api

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
