package yolo

import (
	"time"
)

// Result is what the model sees in one picture.
type Result struct {
	// Picture is the size that all coordinates refer to.
	Picture Size
	// Detections are ordered by falling confidence. Nil for classify, semantic and depth.
	Detections []Detection
	// Probs are the probabilities by class id. Nil but for classify.
	Probs []float32
	// Ranking are the ids of the classes that were asked for and whose probability is at
	// least Options.Conf, the most probable first. Nil but for classify.
	Ranking []int
	// Classes is the class of every pixel. Nil but for semantic.
	Classes *ClassMap
	// Depth is how far every pixel is. Nil but for depth.
	Depth *DepthMap
	Speed Speed
}

// Speed is how long each step took.
type Speed struct {
	Preprocess, Inference, Postprocess time.Duration
	// Head and NMS are parts of Postprocess: to find the candidates in the head's
	// output, and to drop those that overlap.
	//lint:ignore ST1011 NMS is the step's name, not a unit of time.
	Head, NMS time.Duration
}

func (s *Speed) add(other Speed) {
	s.Preprocess += other.Preprocess
	s.Inference += other.Inference
	s.Postprocess += other.Postprocess
	s.Head += other.Head
	s.NMS += other.NMS
}

// Detection is one object, in the picture's pixels.
type Detection struct {
	// Box is clipped to the picture, but RT-DETR's. For oriented boxes it is the box around.
	Box   Box
	Conf  float32
	Class int

	Mask      *Mask        // segment
	Keypoints []Keypoint   // pose
	Oriented  *OrientedBox // obb; not clipped
}
