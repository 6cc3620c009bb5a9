package api

// Response is the default reply, the body of a 200.
//
// Every coordinate is in pixels of the upright picture (EXIF orientation
// applied), origin at the top left.
type Response struct {
	// Detections are ordered by class id, then by falling confidence.
	Detections []Detection `json:"detections"`
	// Model is the file name of the model without its extension.
	Model string `json:"model,omitempty"`
	// Task is what the model does: detect, segment, pose, obb or classify.
	Task string `json:"task,omitempty"`
	// Image is the size of the upright picture.
	Image *Image `json:"image,omitempty"`
	// Speed tells where the time went.
	Speed *Speed `json:"speed,omitempty"`
	// ColdStart is true for the first request that a process answers.
	ColdStart bool `json:"cold_start"`
	// RequestID is Lambda's id of the invocation, for finding it in the log.
	RequestID string `json:"request_id,omitempty"`
}

// Detection is one thing that the model sees.
type Detection struct {
	// Box is x1, y1, x2, y2, truncated to whole pixels and clipped to the picture.
	Box [4]int `json:"box"`
	// Conf is the confidence in [0, 1].
	Conf float32 `json:"conf"`
	// Cls is the class name as the model file gives it.
	Cls string `json:"cls"`
	// ClsID is the class's index in the model.
	ClsID int `json:"cls_id"`
}

// Image is a picture's size in pixels, after the EXIF orientation was applied.
type Image struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Speed is the time spent in each stage of a request, in milliseconds.
type Speed struct {
	Parse       float64 `json:"parse"`
	Decode      float64 `json:"decode"`
	Preprocess  float64 `json:"preprocess"`
	Inference   float64 `json:"inference"`
	Postprocess float64 `json:"postprocess"`
}
