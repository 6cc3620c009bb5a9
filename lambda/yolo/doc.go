// Package yolo is the part of object detection that is neither a network nor a
// picture format: it reads what a model file says of itself, letterboxes a
// picture into the network's input tensor, and turns the network's output
// tensors back into things in the picture.
//
//	picture → Letterbox → Tensor → Runner → head → NMS → Result
//
// It follows the layouts that Ultralytics writes with export(format="onnx"),
// for the tasks detect, segment, pose, obb, classify, semantic and depth, with raw heads,
// end2end heads and embedded NMS. It needs no cgo, knows nothing of AWS, and
// reaches ONNX Runtime only through the Runner interface.
//
// Three coordinate spaces occur, all in pixels with the origin at the top left:
// the picture (upright), the tensor (the network's input, with padding), and,
// for masks, the prototypes (a quarter of the tensor). Letterbox alone converts
// between picture and tensor.
package yolo
