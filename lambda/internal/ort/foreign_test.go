package ort_test

import (
	"encoding/json"
	"errors"
	"image"
	"slices"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// asGiven are the shared foreign files that are served.
var asGiven = []string{"names_digits", "names_twice", "names_control", "names_scripts"}

// saysOf is a part of each refusal: what the file seems to be, or what is wrong with it.
var saysOf = map[string]string{
	"yolox_undecoded": "YOLOX", "yolov7_end2end": "YOLOv7", "yolonas_flat": "YOLO-NAS", "yolonas_batch": "YOLO-NAS",
	"efficientnms": "EfficientNMS", "mmyolo": "MMYOLO", "rtdetr_hf": "Hugging Face", "rfdetr": "RF-DETR", "dfine": "D-FINE",
	"damo": "DAMO-YOLO", "nanodet_plus": "NanoDet", "ssd": "SSD", "yolov5_face": "YOLOv5-face", "v8_transposed": "transposed",
	"v8_transposed_nometa": "one anchor a cell", "v8_normalised": "between 0 and 1", "v8_nhwc": "NHWC", "v8_nhwc_symbolic": "three channels",
	"v8_uint8": "uint8", "v8_symbolic_transposed": "read output of shape", "v8_conf_above_1": "a score is", "yolov9_two_heads": "two heads",
	"imagenet_logits": "logits", "classifier_logits": "logits", "reid_embedding": "embedding", "giant_input": "million pixels",
	"too_new_ir": "IR", "too_new_opset": "opset 30", "external": "a file of their own", "lfs_pointer": "Git LFS", "page": "web page",
	"zipped": "gzip", "weights_pt": "PyTorch", "empty": "empty", "openvino": "OpenVINO", "tflite": "TensorFlow Lite",
	"pad_maxpool": "map of numbers",
}

// TestForeign: every foreign file is served right, or refused with a sentence when it is
// opened or, at the latest, by the run that warms the function up.
func TestForeign(t *testing.T) {
	var files map[string]string
	if err := json.Unmarshal(yolotest.Read(t, yolotest.Shared(t, "foreign", "foreign.json")), &files); err != nil {
		t.Fatal(err)
	}
	for file, right := range files {
		name := strings.TrimSuffix(file, ".onnx")
		t.Run(name, func(t *testing.T) {
			model, err := warm(t, yolotest.Shared(t, "foreign", file))
			if slices.Contains(asGiven, name) {
				if err != nil {
					t.Fatalf("%v, want %s", err, right)
				}
				if r, err := model.Predict(ctx, image.NewGray(image.Rect(0, 0, 160, 160)), yolo.Options{Conf: 0.5, IoU: 0.5}); err != nil || len(r.Detections) != 1 {
					t.Errorf("%+v, %v", r, err)
				}
				return
			}
			want, ok := saysOf[name]
			if !ok || err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("%v, want %q: %s", err, want, right)
			}
			if !errors.Is(err, onnx.ErrNotONNX) && !errors.Is(err, yolo.ErrNotYOLO) && !errors.Is(err, yolo.ErrOutput) {
				t.Errorf("%v is of no kind that a caller may read", err)
			}
			t.Log(err)
		})
	}
}

// warm opens a file as the function does, and runs it once on grey.
func warm(t *testing.T, path string) (*yolo.Model, error) {
	t.Helper()
	load(t)
	data := yolotest.Read(t, path)
	file, err := onnx.Parse(data)
	if err != nil {
		return nil, err
	}
	if _, err := yolo.New(file, nil); err != nil {
		return nil, err // as it is declared
	}
	session, err := ort.Open(data, file, 1)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { session.Close() })
	model, err := yolo.New(file, session)
	if err != nil {
		return nil, err
	}
	grey := image.NewGray(image.Rect(0, 0, 160, 160))
	for i := range grey.Pix {
		grey.Pix[i] = 114
	}
	_, err = model.Predict(ctx, grey, yolo.Options{Conf: 1})
	return model, err
}
