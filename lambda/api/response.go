package api

import "time"

// Response is the default reply, the body of a 200.
//
// Every coordinate is in pixels of the upright picture (EXIF orientation
// applied), origin at the top left.
type Response struct {
	// Detections are ordered by class id, then by falling confidence.
	Detections []Detection `json:"detections"`
	// Classification is the five most probable classes, the most probable first.
	// Only of the task classify, which detects nothing.
	Classification []Class `json:"classification,omitempty"`
	// Semantic is which class each pixel has. Only of the task semantic.
	Semantic *Semantic `json:"semantic,omitempty"`
	// Depth is how far the pixels are. Only of the task depth.
	Depth *Depth `json:"depth,omitempty"`
	// Model is the name of the model: its file's, without the extension.
	Model string `json:"model,omitempty"`
	// Task is what the model does: detect, segment, pose, obb, classify, semantic or depth.
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

// Batch is the reply to several pictures, in their order.
type Batch struct {
	Results []BatchResult `json:"results"`
}

// BatchResult is what one of several pictures got: a Response or an Error.
type BatchResult struct {
	*Response
	// ImageURI is the picture's address, where the request gave one.
	ImageURI string `json:"image_uri,omitempty"`
	Error    *Error `json:"error,omitempty"`
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
	// Mask is the silhouette. Only of the task segment.
	Mask *Mask `json:"mask,omitempty"`
	// Keypoints are in the model's order. Only of the task pose.
	Keypoints []Keypoint `json:"keypoints,omitempty"`
	// OBB is the oriented box. Only of the task obb, whose Box is the box around.
	OBB *OBB `json:"obb,omitempty"`
}

// Class is one class's probability.
type Class struct {
	Cls   string  `json:"cls"`
	ClsID int     `json:"cls_id"`
	Conf  float32 `json:"conf"`
}

// Semantic is a class map.
type Semantic struct {
	// Classes are those that some pixel has, by id.
	Classes []Area `json:"classes"`
	// ClassMap is an 8-bit grey PNG of the picture's size whose values are the class
	// ids, 255 where the class was not asked for; of a model with one class 1 is that
	// class and 0 the rest. Only with mask=png.
	ClassMap []byte `json:"class_map,omitempty"`
}

// Area is all that one class takes of a picture.
type Area struct {
	Cls    string `json:"cls"`
	ClsID  int    `json:"cls_id"`
	Pixels int    `json:"pixels"`
	// Share is the fraction of the picture's pixels, in [0, 1].
	Share float64 `json:"share"`
	// Mask is the silhouette, but with mask=png.
	Mask *Mask `json:"mask,omitempty"`
}

// Depth is a map of distances in metres.
type Depth struct {
	Min  float32 `json:"min"`
	Max  float32 `json:"max"`
	Mean float32 `json:"mean"`
	// Map has every pixel. Only with mask=png.
	Map *DepthMap `json:"map,omitempty"`
}

// DepthMap is a 16-bit grey PNG of the picture's size: metres are Offset + value * Scale.
type DepthMap struct {
	PNG    []byte  `json:"png"`
	Offset float64 `json:"offset"`
	Scale  float64 `json:"scale"`
}

// Mask is a silhouette in one of two forms, as the option mask asks.
type Mask struct {
	// Polygons are the outlines of its parts, the largest first, each a list of
	// x, y through the centres of the outermost pixels (as OpenCV's
	// findContours; fillPoly brings the part back, less its holes).
	Polygons [][][2]int `json:"polygons,omitempty"`
	// RLE is the exact mask.
	RLE *RLE `json:"rle,omitempty"`
}

// RLE is COCO's run-length encoding, as pycocotools reads it.
type RLE struct {
	Size   [2]int `json:"size"` // height, width of the picture
	Counts string `json:"counts"`
}

// Keypoint is one point of a pose.
type Keypoint struct {
	Name string  `json:"name,omitempty"`
	X    float32 `json:"x"`
	Y    float32 `json:"y"`
	// Conf is how surely the point is visible, in [0, 1]; left out where the
	// model does not tell.
	Conf *float32 `json:"conf,omitempty"`
}

// OBB is an oriented box. It is not clipped to the picture.
type OBB struct {
	Corners [4][2]float32 `json:"corners"`
	// XYWHR is centre x, y, width, height and rotation in radians, from the x
	// axis towards the y axis.
	XYWHR [5]float32 `json:"xywhr"`
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
	// Head and NMS are parts of Postprocess: to find the candidates in the
	// network's output, and to drop those that overlap. Zero for classify.
	Head float64 `json:"head"`
	NMS  float64 `json:"nms"`
}

// Milliseconds is a duration as the replies write it, to the microsecond.
func Milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
