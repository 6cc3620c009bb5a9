package yolo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yolambda/yolambda/lambda/onnx"
)

// kind is a layout of another tool chain, which this package does not read. Many of them
// make model rewrites into one that it does (layers/export/adapt).
type kind struct {
	name   string
	is     func(graph) bool
	wayOut string
}

// graph is what a file declares, with what its shapes say.
type graph struct {
	in, out []onnx.Value
	names   int // classes that the metadata names
	task    Task
	nms     bool // the metadata says that its rows need no NMS
	square  Size // the input's size, zero where it is open
}

// The ways out.
const (
	adaptIt = "make model MODEL=FILE.onnx adapts it (docs/models.md)"
	tryIt   = "make model MODEL=FILE.onnx says whether it can be adapted (docs/models.md)"
	nameIt  = "make model MODEL=FILE.onnx NAMES=FILE writes them anew (docs/models.md)"
	rewrite = "rewrite its end to one output [batch, 4+classes, anchors]: cx, cy, w, h in pixels of the input, then scores from 0 to 1 (docs/models.md)"
)

// kinds are those that can be told by what a file declares: names, element types and
// axes. The first that fits counts. What only values show, examine finds.
var kinds = []kind{
	{"RT-DETR, D-FINE or DEIM with their own postprocessing", func(g graph) bool {
		return hasInput(g, "orig_target_sizes")
	}, adaptIt},
	{"a PaddleDetection model (PP-YOLOE, PicoDet)", func(g graph) bool {
		return hasInput(g, "scale_factor") || hasInput(g, "im_shape")
	}, adaptIt},
	{"a model of TensorFlow's Object Detection API (SSD, EfficientDet, Faster R-CNN)", func(g graph) bool {
		return hasOutput(g, "detection_boxes") && hasOutput(g, "detection_classes")
	}, rewrite},
	{"a detector of torchvision (Faster R-CNN, RetinaNet, SSD)", func(g graph) bool {
		return slices.ContainsFunc(g.out, func(v onnx.Value) bool { return len(v.Shape) == 2 && v.Shape[1] == 4 }) &&
			slices.ContainsFunc(g.out, func(v onnx.Value) bool { return len(v.Shape) == 1 })
	}, rewrite},
	{"a model that ends in EfficientNMS of TensorRT", func(g graph) bool {
		return hasOutput(g, "num_dets", "num_detections", "det_boxes", "det_scores", "det_classes")
	}, adaptIt},
	{"YOLO-NAS-POSE", func(g graph) bool {
		return hasOutput(g, "pred_joints", "pred_poses", "flat_predictions") && !hasOutput(g, "pred_classes") && lastAxis(g.out[0]) != 7
	}, "of key points only those of Ultralytics' models are served"},
	{"YOLO-NAS", func(g graph) bool {
		return hasOutput(g, "num_predictions", "pred_classes", "flat_predictions")
	}, adaptIt},
	{"an MMYOLO or MMDetection model (RTMDet)", func(g graph) bool {
		return len(g.out) == 2 && lastAxis(g.out[0]) == 5 && isWhole(g.out[1].Type)
	}, adaptIt},
	{"an MMDetection or MMRotate model with masks or oriented boxes", func(g graph) bool {
		return len(g.out) >= 2 && (lastAxis(g.out[0]) == 5 || lastAxis(g.out[0]) == 6 && len(g.out[0].Shape) == 3) && isWhole(g.out[1].Type)
	}, boxesAlone},
	{"RF-DETR with masks", func(g graph) bool {
		return hasOutput(g, "dets") && hasOutput(g, "labels") && len(g.out) > 2
	}, boxesAlone},
	{"RF-DETR", func(g graph) bool {
		return hasOutput(g, "dets") && hasOutput(g, "labels")
	}, adaptIt},
	{"a DETR of Hugging Face (RT-DETR, D-FINE, DEIM)", func(g graph) bool {
		return hasOutput(g, "pred_boxes") && hasOutput(g, "logits", "pred_logits")
	}, "unless its scores are a softmax (DETR, YOLOS), " + adaptIt},
	{"rows after NMS of YOLOv7, YOLOv6 or YOLO-NAS", func(g graph) bool {
		return len(g.out[0].Shape) == 2 && g.out[0].Shape[1] == 7 && (g.task != Classify || g.names != 7)
	}, adaptIt},
	{"a model whose boxes and scores are outputs of their own (SSD, DAMO-YOLO, YOLO-NAS, PP-YOLOE, DETR)", isApart, "if it has neither background nor anchors of its own, " + adaptIt + "; otherwise " + rewrite},
	{"the open heads of YOLOv5 or YOLOv7, their grid not decoded", func(g graph) bool {
		return len(g.out) == 3 && allOfAxes(g.out, 5)
	}, adaptIt},
	{"open heads, their grid not decoded", func(g graph) bool {
		return len(g.out) >= 2 && allOfAxes(g.out, 5)
	}, "export it with its grid decoded, or " + rewrite},
	{"boxes and their number after NMS, as of PaddleDetection without its input scale_factor", func(g graph) bool {
		return len(g.out) == 2 && len(g.out[0].Shape) == 2 && lastAxis(g.out[0]) == 6 && isWhole(g.out[1].Type)
	}, "export it with scale_factor, then " + adaptIt},
	{"a model with two heads, as YOLOv9's own exporter writes them", func(g graph) bool {
		return len(g.out) >= 2 && len(g.out[0].Shape) == 3 && slices.Equal(g.out[0].Shape, g.out[1].Shape)
	}, "convert it to the one head that counts (yolov9-c-converted), or keep that output alone"},
	{"detections or classes with features beside them", func(g graph) bool {
		return len(g.out) > 1 && isFeatures(g) && !isFeatures(graph{out: g.out[:1]})
	}, "export it without the features"},
	{"an embedding or features, not detections", isFeatures, "name a model that detects or classifies"},
	{"a classifier that puts out logits, not probabilities", func(g graph) bool {
		return hasOutput(g, "logits") && len(g.out[0].Shape) == 2
	}, adaptIt},
	{"YOLOv5-face: its columns are box, objectness, five landmarks and a class", func(g graph) bool {
		return g.names == 0 && lastAxis(g.out[0]) == 16 && rowsPerCell(g, g.out[0]) == 3
	}, "nothing in the file says what its columns are; this function serves no landmarks"},
	{"a transposed head, [batch, anchors, 4+classes]", func(g graph) bool {
		n := lastAxis(g.out[0])
		return g.names > 0 && n == 4+g.names && rowsPerCell(g, g.out[0]) == 1
	}, adaptIt},
	{"RT-DETR as Ultralytics exported it before 2026, [batch, queries, 4+classes]", func(g graph) bool {
		n := lastAxis(g.out[0])
		return g.names > 0 && (g.task == Detect || g.task == "") && !g.nms && len(g.out[0].Shape) == 3 && n == 4+g.names && n != 6 && g.out[0].Shape[1] != n
	}, "export its weights again: make model MODEL=best.pt"},
	{"a classifier whose output has axes of one pixel", func(g graph) bool {
		s := g.out[0].Shape
		return len(g.out) == 1 && len(s) == 4 && s[1] > 1 && s[2] == 1 && s[3] == 1
	}, adaptIt},
	{"a map of numbers (segmentation, depth, heat maps, or the grids of a head that is not decoded)", func(g graph) bool {
		s := g.out[0].Shape
		return g.task == "" && (len(s) == 4 || len(s) == 3 && g.square != Size{} && s[1] == g.square.H && s[2] == g.square.W)
	}, "of maps only those of Ultralytics' tasks semantic and depth are served, whose files say so; what detects is to put out boxes"},
	{"a head of one anchor a cell, as YOLOX, YOLOv6 and NanoDet have it, whose boxes may not be decoded", func(g graph) bool {
		return rowsPerCell(g, g.out[0]) == 1
	}, adaptIt},
}

// boxesAlone is the way out of what has more than boxes.
const boxesAlone = "make model adapts boxes alone: export it without the others, or " + rewrite

// recognise refuses the layouts of other tool chains by name.
func recognise(file onnx.Model, m *Model) error {
	g := graph{in: file.Inputs, out: file.Outputs, names: len(m.Names), task: m.Metadata.Task, nms: m.EndToEnd || m.EmbeddedNMS, square: fixedSize(file)}
	if len(g.out) == 0 || m.Head != "" {
		return nil // Ultralytics' exporter names its heads
	}
	for _, k := range kinds {
		if k.is(g) {
			return fmt.Errorf("it looks like %s; %s", k.name, k.wayOut)
		}
	}
	return nil
}

// fixedSize is the size of the only input, zero where it is open.
func fixedSize(file onnx.Model) Size {
	if len(file.Inputs) != 1 || len(file.Inputs[0].Shape) != 4 || file.Inputs[0].Shape[2] < 1 || file.Inputs[0].Shape[3] < 1 {
		return Size{}
	}
	return Size{file.Inputs[0].Shape[2], file.Inputs[0].Shape[3]}
}

func hasInput(g graph, name string) bool {
	return slices.ContainsFunc(g.in, func(v onnx.Value) bool { return v.Name == name })
}

// hasOutput reports whether an output has one of the names, or one that ends so.
func hasOutput(g graph, names ...string) bool {
	return slices.ContainsFunc(g.out, func(v onnx.Value) bool {
		own := strings.TrimSuffix(v.Name, ":0") // TensorFlow's
		return slices.ContainsFunc(names, func(name string) bool {
			return own == name || strings.HasSuffix(own, "_"+name)
		})
	})
}

func lastAxis(v onnx.Value) int {
	if len(v.Shape) == 0 {
		return 0
	}
	return v.Shape[len(v.Shape)-1]
}

func isWhole(t onnx.ElementType) bool { return t == onnx.Int32 || t == onnx.Int64 }

func allOfAxes(values []onnx.Value, axes int) bool {
	return !slices.ContainsFunc(values, func(v onnx.Value) bool { return len(v.Shape) != axes })
}

func isFeatures(g graph) bool {
	return hasOutput(g, "feat", "features", "embedding", "embeddings", "last_hidden_state", "pooler_output", "image_embeds")
}

// isApart reports whether one of two outputs holds four numbers for each of as many
// rows as the other has: [batch, rows, 4] or [batch, rows, 1, 4] beside [batch, rows, classes]
// or [batch, classes, rows]. Prototypes that are four cells wide are not that. As YOLOv8's may be
// both upright: [batch, 4, rows] beside [batch, classes, rows].
func isApart(g graph) bool {
	if len(g.out) == 2 && allOfAxes(g.out, 3) {
		a, b := g.out[0].Shape, g.out[1].Shape
		if (a[1] == 4 || b[1] == 4) && a[2] == b[2] && a[2] > manyBoxes {
			return true
		}
	}
	for i, boxes := range g.out {
		axes := len(boxes.Shape)
		if axes < 3 || axes == 4 && boxes.Shape[2] != 1 || lastAxis(boxes) != 4 {
			continue
		}
		for k, scores := range g.out {
			if k != i && len(scores.Shape) > 1 && len(scores.Shape) < 4 && slices.Contains(scores.Shape[1:], boxes.Shape[1]) {
				return true
			}
		}
	}
	return false
}

// rowsPerCell is how many rows [batch, rows, columns] have for each cell of the grids
// of a detector: 3 of the anchors of YOLOv5 and 7, 1 without anchors; 0 where
// they do not add up. Where the input's size is open, that of any square counts.
func rowsPerCell(g graph, v onnx.Value) int {
	if len(v.Shape) != 3 || v.Shape[1] <= v.Shape[2] || v.Shape[2] == 0 || g.names > 0 && v.Shape[1] == 4+g.names {
		return 0
	}
	return perCell(v.Shape[1], g.square)
}

func perCell(rows int, size Size) int {
	sizes := []Size{size}
	if size == (Size{}) {
		sizes = sizes[:0]
		for side := 32; side <= 2048; side += 32 {
			sizes = append(sizes, Size{side, side})
		}
	}
	for _, s := range sizes {
		// Grids of 8 to 32 pixels a cell, of 8 to 64, of 4 to 32, those of the "tiny" models, and YOLOv5's p34 and p7.
		for _, strides := range [][]int{{8, 16, 32}, {8, 16, 32, 64}, {4, 8, 16, 32}, {16, 32}, {8, 16}, {8, 16, 32, 64, 128}} {
			n, padded := 0, 0
			for _, stride := range strides {
				n += (s.H / stride) * (s.W / stride)
				padded += ((s.H + stride - 1) / stride) * ((s.W + stride - 1) / stride)
			}
			for _, per := range []int{1, 3} {
				if n > 0 && (rows == per*n || rows == per*padded) {
					return per
				}
			}
		}
	}
	return 0
}
