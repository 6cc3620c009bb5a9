package yolo

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/onnx"
)

// value declares an input or output of float32.
func value(name string, shape ...int) onnx.Value {
	return onnx.Value{Name: name, Type: onnx.Float32, Shape: shape}
}

func int64s(name string, shape ...int) onnx.Value {
	return onnx.Value{Name: name, Type: onnx.Int64, Shape: shape}
}

// foreignExport is a file as its tool chain's exporter declares it.
type foreignExport struct {
	name    string
	props   []string
	in, out []onnx.Value
	// between are the numbers of the first output, where only those tell.
	between [2]float32
	want    string
}

func square(name string, side int) []onnx.Value { return []onnx.Value{value(name, 1, 3, side, side)} }

// foreignExports are what people have, in the shapes of the real files; 0 is an open axis.
var foreignExports = []foreignExport{
	{name: "YOLOX-s", in: square("images", 640), out: []onnx.Value{value("output", 1, 8400, 85)}, want: "YOLOX"},
	{name: "YOLOX-nano, open batch", in: []onnx.Value{value("images", 0, 3, 416, 416)}, out: []onnx.Value{value("output", 0, 3549, 85)}, want: "YOLOX"},
	{name: "YOLOv6-n", in: square("images", 640), out: []onnx.Value{value("outputs", 1, 8400, 85)}, want: "YOLOv6"},
	{name: "YOLOv7, open heads", in: square("images", 640),
		out: []onnx.Value{value("output", 1, 3, 80, 80, 85), value("516", 1, 3, 40, 40, 85), value("528", 1, 3, 20, 20, 85)}, want: "open heads of YOLOv5 or YOLOv7"},
	{name: "YOLOv7 end2end for ONNX Runtime", in: square("images", 640), out: []onnx.Value{value("output", 0, 7)}, want: "rows after NMS of YOLOv7"},
	{name: "YOLOv7 end2end for TensorRT", in: square("images", 640),
		out: []onnx.Value{value("num_dets", 1, 1), value("det_boxes", 1, 100, 4), value("det_scores", 1, 100), value("det_classes", 1, 100)}, want: "EfficientNMS"},
	{name: "YOLOv7-pose", in: square("images", 640), out: []onnx.Value{value("output", 1, 25200, 57)}, between: [2]float32{0, 600}, want: "a score is"},
	{name: "NanoDet-Plus-m 320", in: square("data", 320), out: []onnx.Value{value("output", 1, 2125, 112)}, want: "NanoDet"},
	{name: "NanoDet-Plus-m 416", in: square("data", 416), out: []onnx.Value{value("output", 1, 3598, 112)}, want: "NanoDet"},
	{name: "D-FINE, DEIM and RT-DETR, official", in: []onnx.Value{value("images", 0, 3, 640, 640), int64s("orig_target_sizes", 0, 2)},
		out: []onnx.Value{int64s("labels", 0, 300), value("boxes", 0, 300, 4), value("scores", 0, 300)}, want: "D-FINE"},
	{name: "RF-DETR", in: square("input", 560), out: []onnx.Value{value("dets", 1, 300, 4), value("labels", 1, 300, 91)}, want: "RF-DETR"},
	{name: "RF-DETR, segmentation", in: square("input", 432), out: []onnx.Value{value("dets", 1, 200, 4), value("labels", 1, 200, 91), value("masks", 1, 200, 108, 108)}, want: "RF-DETR"},
	{name: "DETR of torch.hub", in: square("inputs", 800), out: []onnx.Value{value("output", 1, 100, 92), value("3125", 1, 100, 4)}, want: "outputs of their own"},
	{name: "DETR, YOLOS and RT-DETR of Hugging Face", in: []onnx.Value{value("pixel_values", 0, 3, 0, 0)},
		out: []onnx.Value{value("logits", 0, 100, 92), value("pred_boxes", 0, 100, 4)}, want: "Hugging Face"},
	{name: "Mask2Former of Hugging Face", in: []onnx.Value{value("pixel_values", 0, 3, 0, 0)},
		out: []onnx.Value{value("class_queries_logits", 0, 100, 134), value("masks_queries_logits", 0, 100, 96, 96)}, want: "on axis 1 for the task segment"},
	{name: "DAMO-YOLO", in: square("images", 640), out: []onnx.Value{value("output", 1, 8400, 80), value("951", 1, 8400, 4)}, want: "DAMO-YOLO"},
	{name: "PP-YOLOE", in: []onnx.Value{value("image", 0, 3, 640, 640), value("scale_factor", 0, 2)},
		out: []onnx.Value{value("multiclass_nms3_0.tmp_0", 0, 6), {Name: "multiclass_nms3_0.tmp_2", Type: onnx.Int32, Shape: []int{0}}}, want: "PaddleDetection"},
	{name: "PP-YOLOE without postprocessing", in: square("image", 640), out: []onnx.Value{value("tmp_20", 1, 8400, 4), value("concat_14.tmp_0", 1, 80, 8400)}, want: "PP-YOLOE"},
	{name: "PicoDet without postprocessing", in: square("image", 416),
		out:  []onnx.Value{value("transpose_0", 1, 2704, 80), value("transpose_2", 1, 676, 80), value("transpose_1", 1, 2704, 32), value("transpose_3", 1, 676, 32)},
		want: "nothing in the file shows what that means"},
	{name: "YOLO-NAS, flat", in: square("input", 640), out: []onnx.Value{value("graph2_flat_predictions", 0, 7)}, want: "YOLO-NAS"},
	{name: "YOLO-NAS, batch", in: square("input", 640),
		out:  []onnx.Value{int64s("graph2_num_predictions", 1, 1), value("graph2_pred_boxes", 1, 1000, 4), value("graph2_pred_scores", 1, 1000), int64s("graph2_pred_classes", 1, 1000)},
		want: "YOLO-NAS"},
	{name: "YOLO-NAS without NMS", in: square("images", 640), out: []onnx.Value{value("904", 1, 8400, 4), value("913", 1, 8400, 80)}, want: "YOLO-NAS"},
	{name: "RTMDet of MMDeploy", in: []onnx.Value{value("input", 0, 3, 0, 0)}, out: []onnx.Value{value("dets", 0, 0, 5), int64s("labels", 0, 0)}, want: "MMDetection"},
	{name: "RTMDet without postprocessing", in: square("input", 640), out: []onnx.Value{value("1082", 1, 80, 80, 80), value("1083", 1, 4, 80, 80)}, want: "not decoded"},
	{name: "SSD of the ONNX model zoo", in: square("image", 1200), out: []onnx.Value{value("bboxes", 1, 0, 4), int64s("labels", 1, 0), value("scores", 1, 0)}, want: "SSD"},
	{name: "SSD-MobileNet of TensorFlow", in: []onnx.Value{{Name: "inputs:0", Type: onnx.Uint8, Shape: []int{1, 0, 0, 3}}},
		out:  []onnx.Value{value("detection_boxes:0", 1, 0, 4), value("detection_classes:0", 1, 0), value("detection_scores:0", 1, 0), value("num_detections:0", 1)},
		want: "Object Detection API"},
	{name: "EfficientDet", in: square("images", 512), out: []onnx.Value{value("classification", 1, 49104, 90), value("regression", 1, 49104, 4)}, want: "outputs of their own"},
	{name: "Faster R-CNN of torchvision, a batch of one", in: square("input", 640), out: []onnx.Value{value("boxes", 0, 4), int64s("labels", 0), value("scores", 0)}, want: "torchvision"},
	{name: "RetinaNet of torchvision", in: []onnx.Value{value("image", 3, 0, 0)}, out: []onnx.Value{value("2775", 0, 4), value("2771", 0), int64s("2772", 0)}, want: "torchvision"},
	{name: "YOLOv3 of the ONNX model zoo", in: []onnx.Value{value("input_1", 0, 3, 0, 0), value("image_shape", 0, 2)},
		out: []onnx.Value{value("yolonms_layer_1", 1, 0, 4), value("yolonms_layer_1:1", 1, 80, 0), value("yolonms_layer_1:2", 0, 3)}, want: "outputs of their own"},
	{name: "Tiny YOLOv2 of the ONNX model zoo", in: []onnx.Value{value("image", 0, 3, 416, 416)}, out: []onnx.Value{value("grid", 0, 125, 13, 13)}, want: "not decoded"},
	{name: "YOLOv4 in PyTorch", in: square("input", 608), out: []onnx.Value{value("boxes", 1, 22743, 1, 4), value("confs", 1, 22743, 80)}, want: "outputs of their own"},
	{name: "UltraFace", in: []onnx.Value{value("input", 1, 3, 240, 320)}, out: []onnx.Value{value("scores", 1, 4420, 2), value("boxes", 1, 4420, 4)}, want: "outputs of their own"},
	{name: "RetinaFace", in: square("input", 640), out: []onnx.Value{value("loc", 1, 16800, 4), value("conf", 1, 16800, 2), value("landms", 1, 16800, 10)}, want: "outputs of their own"},
	{name: "SCRFD", in: []onnx.Value{value("input.1", 1, 3, 0, 0)}, out: []onnx.Value{value("448", 12800, 1), value("471", 3200, 1), value("451", 12800, 4)}, want: "want three axes"},
	{name: "YuNet", in: square("input", 640), out: []onnx.Value{value("cls_8", 1, 6400, 1), value("bbox_8", 1, 6400, 4)}, want: "outputs of their own"},
	{name: "CLIP", in: square("pixel_values", 224), out: []onnx.Value{value("image_embeds", 1, 512)}, want: "embedding"},
	{name: "CLIP, unnamed", in: square("input", 224), out: []onnx.Value{value("output", 1, 512)}, between: [2]float32{-0.2, 0.2}, want: "embeddings are no classes"},
	{name: "DINO", in: square("pixel_values", 224), out: []onnx.Value{value("last_hidden_state", 1, 257, 384), value("pooler_output", 1, 384)}, want: "embedding"},
	{name: "DINO, unnamed", in: []onnx.Value{value("x", 0, 3, 0, 0)}, out: []onnx.Value{value("output", 0, 257, 1280)}, between: [2]float32{-3, 3}, want: "it has 1280 places"},
	{name: "ArcFace", in: square("data", 112), out: []onnx.Value{value("fc1", 1, 512)}, between: [2]float32{-2, 2}, want: "embeddings are no classes"},
	{name: "Swin of timm", in: square("x", 224), out: []onnx.Value{value("output", 1, 1000)}, between: [2]float32{-4, 9}, want: "if it has logits"},
	{name: "ViT of Hugging Face", in: square("pixel_values", 224), out: []onnx.Value{value("logits", 1, 1000)}, want: "logits"},
	{name: "YOLOv5's own classifier", props: []string{"stride: 32", "names: ['a', 'b', 'c', 'd']"}, in: square("images", 224), out: []onnx.Value{value("output0", 1, 4)},
		between: [2]float32{-4, 9}, want: "if it has logits"},
	{name: "one sigmoid", in: square("input", 224), out: []onnx.Value{value("output", 1, 1)}, want: "two classes at least"},
	{name: "many sigmoids", in: square("input", 224), out: []onnx.Value{value("output", 1, 40)}, between: [2]float32{0, 1}, want: "add up to"},
	{name: "SAM's encoder", in: square("image", 1024), out: []onnx.Value{value("image_embeddings", 1, 256, 64, 64)}, want: "embedding or features"},
	{name: "DeepLab of torchvision", in: square("input", 520), out: []onnx.Value{value("out", 1, 21, 520, 520), value("aux", 1, 21, 520, 520)}, want: "a map of numbers"},
	{name: "U-Net", in: square("input", 256), out: []onnx.Value{value("output", 1, 1, 256, 256)}, want: "a map of numbers"},
	{name: "U2-Net", in: square("input.1", 320), out: []onnx.Value{value("1959", 1, 1, 320, 320), value("1960", 1, 1, 320, 320), value("1961", 1, 1, 320, 320)}, want: "a map of numbers"},
	{name: "SegFormer", in: []onnx.Value{value("pixel_values", 0, 3, 0, 0)}, out: []onnx.Value{value("logits", 0, 150, 0, 0)}, want: "a map of numbers"},
	{name: "MiDaS", in: square("0", 384), out: []onnx.Value{value("797", 1, 384, 384)}, want: "a map of numbers"},
	{name: "Depth Anything, open", in: []onnx.Value{value("pixel_values", 0, 3, 0, 0)}, out: []onnx.Value{value("predicted_depth", 0, 0, 0)}, want: "leaves no classes"},
	{name: "super-resolution", in: square("input", 128), out: []onnx.Value{value("output", 1, 3, 512, 512)}, want: "a map of numbers"},
	{name: "RTMPose", in: []onnx.Value{value("input", 0, 3, 256, 192)}, out: []onnx.Value{value("simcc_x", 0, 17, 384), value("simcc_y", 0, 17, 512)}, want: "nothing in the file shows"},
	{name: "OCR of Paddle", in: []onnx.Value{value("x", 0, 3, 48, 0)}, out: []onnx.Value{value("softmax_2.tmp_0", 0, 40, 6625)}, want: "nothing in the file shows"},
	{name: "SuperPoint", in: square("image", 640), out: []onnx.Value{int64s("keypoints", 1, 0, 2), value("scores", 1, 0)}, want: "int64"},
	{name: "BERT", in: []onnx.Value{int64s("input_ids", 0, 0), int64s("attention_mask", 0, 0)}, out: []onnx.Value{value("last_hidden_state", 0, 0, 768)}, want: "embedding"},
	{name: "one input of int64", in: []onnx.Value{int64s("input_ids", 1, 128)}, out: []onnx.Value{value("output", 1, 2)}, want: "int64"},
	{name: "YOLOv8 through TensorFlow", in: []onnx.Value{value("images", 1, 640, 640, 3)}, out: []onnx.Value{value("Identity:0", 1, 84, 8400)}, want: "NHWC"},
	{name: "pose without metadata", in: square("images", 640), out: []onnx.Value{value("output0", 1, 56, 8400)}, between: [2]float32{0, 600}, want: "a score is"},
	{name: "obb without metadata", in: square("images", 640), out: []onnx.Value{value("output0", 1, 20, 8400)}, between: [2]float32{0.7, 0.9}, want: "so it holds no scores"},
	{name: "rows of class before score", in: square("images", 640), out: []onnx.Value{value("output0", 1, 300, 6)}, between: [2]float32{0, 0.9}, want: "a class is"},
	{name: "RT-DETR of Ultralytics in 2024", props: []string{"task: detect", "names: ['a', 'b', 'c']"}, in: square("images", 640), out: []onnx.Value{value("output0", 1, 300, 7)}, want: "before 2026"},
}

// TestForeignExports: no file of another tool chain is answered with what its numbers do
// not mean. It is refused by what it declares or, where that proves nothing, by its numbers.
func TestForeignExports(t *testing.T) {
	for _, tt := range foreignExports {
		t.Run(tt.name, func(t *testing.T) {
			var outs outputs
			for i, v := range tt.out {
				shape := append([]int(nil), v.Shape...)
				for k := range shape {
					shape[k] = max(shape[k], 1)
				}
				out := tensor(nil, shape...)
				if tt.between != [2]float32{} {
					out.Data = randomBetween(volume(shape...), uint64(i), tt.between[0], tt.between[1])
				}
				outs = append(outs, out)
			}
			m, err := New(onnx.Model{Props: props(tt.props...), Inputs: tt.in, Outputs: tt.out}, outs)
			if err != nil && tt.between != [2]float32{} {
				t.Fatalf("refused before its numbers are seen: %v", err)
			}
			wrong := ErrNotYOLO
			if err == nil && tt.between != [2]float32{} {
				wrong = ErrOutput
				_, err = m.Predict(t.Context(), blank(64, 64), Options{Conf: 0.25, IoU: 0.5})
			}
			if !errors.Is(err, wrong) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// randomBetween are numbers, of a fixed seed.
func randomBetween(n int, seed uint64, from, to float32) []float32 {
	random := rand.New(rand.NewPCG(seed, 19))
	data := make([]float32, n)
	for i := range data {
		data[i] = from + (to-from)*random.Float32()
	}
	return data
}
