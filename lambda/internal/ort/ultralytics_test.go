package ort_test

import (
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/picture"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// answers is one file of golden/ultralytics: what Ultralytics' predict() said of
// some pictures with one model.
type answers struct {
	Task  yolo.Task
	Cases []struct {
		Image    string
		Settings settings
		Tensor   []int `json:"input_tensor_shape"`
		Result   struct {
			Detections []answer
			Probs      []float32
			Top5       []int
		}
	}
}

type settings struct {
	Conf, IoU float32
	ImgSz     [2]int
	Rect      bool
	MaxDet    int  `json:"max_det"`
	Agnostic  bool `json:"agnostic_nms"`
	Classes   []int
}

// answer is one detection.
type answer struct {
	Cls       int
	Conf      float32
	XYXY      [4]float32
	XYWHR     *[5]float32
	Keypoints [][]float32
	Mask      *struct {
		Runs []int `json:"rle_rows"` // of zeros and ones in turn, at the tensor's size
	}
}

func (s settings) options() yolo.Options {
	return yolo.Options{
		ImgSize: max(s.ImgSz[0], s.ImgSz[1]), Conf: s.Conf, IoU: s.IoU, MaxDet: s.MaxDet,
		AgnosticNMS: s.Agnostic, Classes: s.Classes, Placement: yolo.Center, Square: !s.Rect,
	}
}

// tally is how much of Ultralytics' answers ours match.
type tally struct{ compared, matched, extra int }

func (t *tally) add(o tally) {
	t.compared += o.compared
	t.matched += o.matched
	t.extra += o.extra
}

// TestUltralytics compares every model with what Ultralytics answered, as
// letterbox=center: a detection matches when the class is equal, the confidence
// within 0.02, the IoU of box, oriented box and mask at least 0.95 and the
// keypoints within 2 px; a classification when the first five classes are, with
// probabilities within 0.01. Recorded cases with a threshold of 0.001 are listed
// apart: they are hundreds of guesses about noise. The table is
// docs/fidelity.md.
func TestUltralytics(t *testing.T) {
	files, err := filepath.Glob(yolotest.Shared(t, "golden", "ultralytics", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d golden files: %v", len(files), err)
	}
	var table strings.Builder
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		t.Run(name, func(t *testing.T) {
			var golden answers
			yolotest.ReadJSON(t, yolotest.Shared(t, "golden", "ultralytics", name+".json"), &golden)
			if golden.Cases == nil {
				t.Skip("not Ultralytics' answer: see TestClassic")
			}
			model := open(t, yolotest.Shared(t, "models", name+".onnx"))
			var sure, noise tally
			for _, c := range golden.Cases {
				pic, err := picture.Decode(ctx, yolotest.Read(t, yolotest.Shared(t, filepath.FromSlash(c.Image))))
				if err != nil {
					t.Fatal(err)
				}
				got, err := model.Predict(ctx, pic.Image, c.Settings.options())
				if err != nil {
					t.Fatalf("%s: %v", c.Image, err)
				}
				switch {
				case model.Task == yolo.Classify:
					sure.add(matchClasses(t, got.Probs, c.Result.Probs, c.Result.Top5))
				case c.Settings.Conf < 0.01:
					noise.add(match(t, c.Result.Detections, got, c.Settings.Conf, c.Tensor))
				default:
					sure.add(match(t, c.Result.Detections, got, c.Settings.Conf, c.Tensor))
				}
			}
			fmt.Fprintf(&table, "| %s | %s | %d | %d | %d | %s |\n", name, model.Task, sure.compared, sure.matched, sure.extra, noise)
			for _, sum := range []tally{sure, noise} {
				if sum.matched < sum.compared || sum.extra > 0 {
					t.Errorf("matched %d of %d, %d extra", sum.matched, sum.compared, sum.extra)
				}
			}
		})
	}
	if path := os.Getenv("YOLAMBDA_FIDELITY_TABLE"); path != "" {
		header := "| model | task | compared | matched | extra | at 0.001: matched of compared, extra |\n|---|---|---|---|---|---|\n"
		if err := os.WriteFile(path, []byte(header+table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestClassic compares the layout of YOLOv5's own exporter, which Ultralytics no
// longer reads, with a golden file computed from the tensor.
func TestClassic(t *testing.T) {
	var golden struct {
		Settings   settings
		Detections []answer
	}
	yolotest.ReadJSON(t, yolotest.Shared(t, "golden", "ultralytics", "yolov5-classic-constant.json"), &golden)
	model := open(t, yolotest.Shared(t, "models", "yolov5-classic-constant.onnx"))
	o := golden.Settings.options()
	o.ImgSize = 160
	got, err := model.Predict(ctx, canvas(160, 160), o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range golden.Detections {
		b := &golden.Detections[i].XYXY
		b[1] = max(b[1], 0) // ours are clipped to the picture
		b[2] = min(b[2], 160)
	}
	sum := match(t, golden.Detections, got, o.Conf, nil)
	if sum.matched != sum.compared || len(got.Detections) != sum.compared {
		t.Errorf("matched %d of %d, got %d", sum.matched, sum.compared, len(got.Detections))
	}
}

func (t tally) String() string {
	if t.compared == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d, %d", t.matched, t.compared, t.extra)
}

func matchClasses(t *testing.T, got, want []float32, top5 []int) tally {
	t.Helper()
	order := make([]int, len(got))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if got[a] > got[b] {
			return -1
		}
		return 1
	})
	same := slices.Equal(order[:min(5, len(order))], top5)
	for i, p := range want {
		same = same && math.Abs(float64(got[i]-p)) <= 0.01
	}
	if !same {
		t.Logf("probabilities %v, want %v", got, want)
		return tally{compared: 1}
	}
	return tally{compared: 1, matched: 1}
}

// match pairs each of Ultralytics' detections with one of ours. What is left of
// ours counts as extra when it is clearly above the threshold.
func match(t *testing.T, want []answer, got *yolo.Result, conf float32, tensor []int) tally {
	t.Helper()
	used := make([]bool, len(got.Detections))
	sum := tally{compared: len(want)}
	for _, w := range want {
		i := slices.IndexFunc(got.Detections, func(d yolo.Detection) bool { return w.matches(d, tensor) })
		for i >= 0 && used[i] {
			next := slices.IndexFunc(got.Detections[i+1:], func(d yolo.Detection) bool { return w.matches(d, tensor) })
			if next < 0 {
				i = -1
				break
			}
			i += 1 + next
		}
		if i < 0 {
			t.Logf("no match for class %d, confidence %.3f, box %v", w.Cls, w.Conf, w.XYXY)
			continue
		}
		used[i] = true
		sum.matched++
	}
	for i, d := range got.Detections {
		if !used[i] && d.Conf > conf+0.02 {
			t.Logf("extra class %d, confidence %.3f, box %v", d.Class, d.Conf, d.Box)
			sum.extra++
		}
	}
	return sum
}

func (w answer) matches(d yolo.Detection, tensor []int) bool {
	if d.Class != w.Cls || math.Abs(float64(d.Conf-w.Conf)) > 0.02 {
		return false
	}
	overlap := d.Box.IoU(yolo.Box{X1: w.XYXY[0], Y1: w.XYXY[1], X2: w.XYXY[2], Y2: w.XYXY[3]})
	if w.XYWHR != nil {
		o := w.XYWHR
		overlap = d.Oriented.ProbIoU(yolo.OrientedBox{CX: o[0], CY: o[1], W: o[2], H: o[3], Angle: o[4]})
	}
	if overlap < 0.95 || len(d.Keypoints) != len(w.Keypoints) {
		return false
	}
	for i, k := range w.Keypoints {
		if math.Hypot(float64(d.Keypoints[i].X-k[0]), float64(d.Keypoints[i].Y-k[1])) > 2 {
			return false
		}
	}
	return w.Mask == nil || maskIoU(d.Mask, w.Mask.Runs, image.Pt(tensor[3], tensor[2])) >= 0.95
}

// maskIoU compares with a mask at the tensor's size, looking up ours where the
// centre of each of the tensor's pixels lies in the picture.
func maskIoU(m *yolo.Mask, runs []int, tensor image.Point) float64 {
	gain := math.Min(float64(tensor.Y)/float64(m.Size.H), float64(tensor.X)/float64(m.Size.W))
	pad := func(tensor, picture int) float64 {
		return math.Round((float64(tensor)-math.Round(float64(picture)*gain))/2 - 0.1)
	}
	left, top := pad(tensor.X, m.Size.W), pad(tensor.Y, m.Size.H)
	both, either, i, bit := 0, 0, 0, false
	for _, run := range runs {
		for range run {
			x := (float64(i%tensor.X) + 0.5 - left) / gain
			y := (float64(i/tensor.X) + 0.5 - top) / gain
			ours := m.At(int(math.Floor(x)), int(math.Floor(y)))
			if ours && bit {
				both++
			}
			if ours || bit {
				either++
			}
			i++
		}
		bit = !bit
	}
	return float64(both) / float64(either)
}
