package ort_test

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/picture"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// taskAnswers is one file of tasks/golden: Ultralytics' answers for RT-DETR, class maps,
// depth and YOLOv3-tiny.
type taskAnswers struct {
	Cases []struct {
		Image    string
		Settings settings
		Result   struct {
			Detections []answer
			ClassMap   string  `json:"class_map_png"`
			Depth      string  `json:"depth_png16"` // metres are Offset + value * Scale
			Offset     float64 `json:"png_offset"`
			Scale      float64 `json:"png_scale"`
		}
	}
}

// TestTasks compares every model of tasks/ with Ultralytics' answers, as
// letterbox=center: class maps to the pixel, depth within 1e-4 m, YOLOv3-tiny within
// 0.004, RT-DETR without order. What a float16 model answers depends on the CPU, whose
// kernels sum in an order of their own before each layer's rounding to 11 bits: there a
// thousandth of the picture, a confidence of 0.005 and another class for a pixel in a
// thousand are allowed.
func TestTasks(t *testing.T) {
	files, err := filepath.Glob(yolotest.Shared(t, "tasks", "golden", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d golden files: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			half := strings.Contains(name, "-half-")
			var golden taskAnswers
			yolotest.ReadJSON(t, file, &golden)
			model := open(t, yolotest.Shared(t, "tasks", "models", name+".onnx"))
			for _, c := range golden.Cases {
				pic, err := picture.Decode(ctx, yolotest.Read(t, yolotest.Shared(t, filepath.FromSlash(c.Image))))
				if err != nil {
					t.Fatal(err)
				}
				o := c.Settings.options()
				if model.Fixed == (yolo.Size{}) {
					o.ImgSize, model.ImgSize = 0, yolo.Size{H: c.Settings.ImgSz[0], W: c.Settings.ImgSz[1]}
				}
				got, err := model.Predict(ctx, pic.Image, o)
				if err != nil {
					t.Fatalf("%s: %v", c.Image, err)
				}
				switch model.Task {
				case yolo.Semantic:
					allowed := 0
					if half {
						allowed = len(got.Classes.IDs) / 1000
					}
					sameClasses(t, c.Image, got.Classes, c.Result.ClassMap, allowed)
				case yolo.Depth:
					sameDepth(t, c.Image, got.Depth, c.Result.Depth, c.Result.Offset, c.Result.Scale)
				default:
					px, conf := 0.02*scaleOf(got.Picture, c.Settings), 0.0005
					switch {
					case strings.HasPrefix(name, "yolov3-tiny"):
						conf = 0.004
					case half: // sides are fractions of the picture
						px, conf = float64(max(got.Picture.H, got.Picture.W))/1000, 0.005
					}
					sameBoxes(t, c.Image, got, c.Result.Detections, px, conf)
				}
			}
		})
	}
}

// scaleOf is how many pixels of the picture one of the tensor is, at most.
func scaleOf(p yolo.Size, s settings) float64 {
	return max(float64(p.H)/float64(s.ImgSz[0]), float64(p.W)/float64(s.ImgSz[1]), 1)
}

func decodePNG(t *testing.T, name string) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(yolotest.Read(t, yolotest.Shared(t, "tasks", filepath.FromSlash(name)))))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func sameClasses(t *testing.T, name string, got *yolo.ClassMap, golden string, allowed int) {
	t.Helper()
	want, ok := decodePNG(t, golden).(*image.Gray)
	if !ok || want.Rect.Dx() != got.Size.W || want.Rect.Dy() != got.Size.H {
		t.Fatalf("%s: %v, want %v", name, got.Size, want.Rect)
	}
	wrong := 0
	for y := range got.Size.H {
		for x := range got.Size.W {
			if got.IDs[y*got.Size.W+x] != want.GrayAt(x, y).Y {
				wrong++
			}
		}
	}
	if wrong > allowed {
		t.Errorf("%s: %d of %d pixels have another class", name, wrong, len(got.IDs))
	}
}

func sameDepth(t *testing.T, name string, got *yolo.DepthMap, golden string, offset, scale float64) {
	t.Helper()
	want, ok := decodePNG(t, golden).(*image.Gray16)
	if !ok || want.Rect.Dx() != got.Size.W || want.Rect.Dy() != got.Size.H {
		t.Fatalf("%s: %v, want %v", name, got.Size, want.Rect)
	}
	worst := 0.0
	for y := range got.Size.H {
		for x := range got.Size.W {
			metres := offset + float64(want.Gray16At(x, y).Y)*scale
			worst = max(worst, math.Abs(float64(got.Metres[y*got.Size.W+x])-metres)-scale/2)
		}
	}
	if worst > 1e-4 {
		t.Errorf("%s: off by up to %.2g m", name, worst)
	}
}

// sameBoxes matches without order: equal scores may come in any.
func sameBoxes(t *testing.T, name string, got *yolo.Result, want []answer, px, conf float64) {
	t.Helper()
	left := slices.Clone(got.Detections)
	for _, w := range want {
		i := slices.IndexFunc(left, func(d yolo.Detection) bool {
			ours := [4]float32{d.Box.X1, d.Box.Y1, d.Box.X2, d.Box.Y2}
			for k := range ours {
				if math.Abs(float64(ours[k]-w.XYXY[k])) > px {
					return false
				}
			}
			return d.Class == w.Cls && math.Abs(float64(d.Conf-w.Conf)) <= conf
		})
		if i < 0 {
			t.Errorf("%s: no match for class %d, confidence %.4f, box %v", name, w.Cls, w.Conf, w.XYXY)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, d := range left {
		t.Errorf("%s: extra class %d, confidence %.4f, box %v", name, d.Class, d.Conf, d.Box)
	}
}
