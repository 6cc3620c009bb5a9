package api

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

// UltralyticsResult is one detection, or one class of a classification or class map.
type UltralyticsResult struct {
	Name  string `json:"name"`
	Class int    `json:"class"`
	// Confidence is nil for a class of a class map, which has PixelRatio instead: its
	// share of the picture.
	Confidence *float64 `json:"confidence,omitempty"`
	PixelRatio *float64 `json:"pixel_ratio,omitempty"`
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
