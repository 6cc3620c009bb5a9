package yolo

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func FuzzLiteral(f *testing.F) {
	for _, s := range []string{
		"{0: 'person', 1: \"it's\"}", `{"0": "a\u00e9\ud83d\ude00"}`, "['a', 'b',]", "(1, -2.5e3)", "[[[[[[[[[[[[[[[[[[",
		"{'nms': None, 'x': True}", "'\\x41\\n\\U0001f600\\''", "{True: null, 1.5: {}}", "'", "\"\\", "{'a' 'b'}", "[1,,2]",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := parseLiteral(s)
		if err != nil {
			if len(err.Error()) > 400 || strings.ContainsAny(err.Error(), "\n") {
				t.Errorf("the error is long or of more than a line: %q", err)
			}
			return
		}
		checkLiteral(t, v, 0)
	})
}

// checkLiteral checks that a value is of the promised types and depth.
func checkLiteral(t *testing.T, v any, depth int) {
	if depth > maxLiteralDepth+1 {
		t.Fatal("nested too deeply")
	}
	switch v := v.(type) {
	case nil, string, bool:
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			t.Errorf("the number %v is no literal", v)
		}
	case []any:
		for _, e := range v {
			checkLiteral(t, e, depth+1)
		}
	case dict:
		for _, it := range v {
			checkLiteral(t, it.key, depth+1)
			checkLiteral(t, it.value, depth+1)
		}
	default:
		t.Errorf("unexpected type %T", v)
	}
}

func FuzzMetadata(f *testing.F) {
	f.Add("task", "detect", "names", "{0: 'a', 2: 'c'}")
	f.Add("stride", "32", "imgsz", "[640, 480]")
	f.Add("kpt_shape", "[17, 3]", "kpt_names", "{0: ['nose', 'eye']}")
	f.Add("end2end", "True", "args", "{'nms': True}")
	f.Add("names", "{99999: 'z'}", "imgsz", "1e4")
	f.Fuzz(func(t *testing.T, key1, value1, key2, value2 string) {
		m, err := ParseMetadata(map[string]string{key1: value1, key2: value2})
		if err != nil {
			return
		}
		switch m.Task {
		case "", Detect, Segment, Pose, OBB, Classify:
		default:
			t.Errorf("unknown task %q", m.Task)
		}
		if m.Stride < 1 || m.Stride > maxStride || len(m.Names) > maxClasses {
			t.Errorf("stride %d, %d names", m.Stride, len(m.Names))
		}
		if s := m.ImgSize; s != (Size{}) && (min(s.H, s.W) < 1 || max(s.H, s.W) > maxInputSide) {
			t.Errorf("imgsz %v", s)
		}
		if k := m.KeypointShape; k != [2]int{} && (k[0] < 1 || k[0] > maxKeypoints || k[1] < 2 || k[1] > 3) {
			t.Errorf("kpt_shape %v", k)
		}
	})
}

// FuzzHead feeds arbitrary outputs to every task and layout: whatever the
// numbers, a result is finite, sorted and within the picture.
func FuzzHead(f *testing.F) {
	for task := range byte(5) {
		for layout := range byte(3) {
			f.Add(task, layout, byte(2), byte(3), uint16(60), uint16(40), float32(0.25), float32(0.5), int16(300),
				floatBytes(30, 20, 20, 10, 0.9, 1, 0.5, 30, 20, 0.9, float32(math.NaN()), 12))
			f.Add(task, layout, byte(1), byte(7), uint16(1), uint16(9000), float32(0), float32(1), int16(-1),
				floatBytes(1e38, -1e38, 3e38, 3e38, 0.9, 0, float32(math.Inf(1)), -3, 0))
		}
	}
	f.Fuzz(func(t *testing.T, task, layout, classes, anchors byte, w, h uint16, conf, iou float32, maxDet int16, data []byte) {
		nc, n := int(classes)%4+1, int(anchors)%16+1
		picture := Size{H: int(h)%12_000 + 1, W: int(w)%12_000 + 1}
		if picture.H*picture.W > 100_000 {
			return // only slow
		}
		m, result := fuzzedModel(t, task, layout, nc, n, data)
		if m == nil {
			return
		}
		o := Options{ImgSize: 64, Conf: conf, IoU: iou, MaxDet: int(maxDet), Placement: Placement(classes & 1), AgnosticNMS: anchors&1 == 0}
		m.examined.Store(true)
		got, err := m.Predict(t.Context(), blank(picture.W, picture.H), o)
		if out := o.check(m); out != nil || errors.Is(err, ErrOutput) {
			if out != nil && !errors.Is(err, ErrOption) {
				t.Errorf("%v, and answered: %v", out, err)
			}
			return
		}
		if err != nil {
			t.Fatalf("outputs of the declared shape: %v", err)
		}
		checkResult(t, m, got, o, picture)
		// The same, read as of the shapes that the runner did not declare.
		if len(result) > 0 {
			result[0].Shape = result[0].Shape[1:]
			if _, err := m.Predict(t.Context(), blank(8, 8), o); err == nil {
				t.Error("an output of another shape is not refused")
			}
		}
	})
}

// fuzzedModel makes a model of one of the layouts, with its outputs filled from
// data again and again; nil if New refuses it.
func fuzzedModel(t *testing.T, task, layout byte, nc, n int, data []byte) (*Model, outputs) {
	tasks := []Task{Detect, Segment, Pose, OBB, Classify}
	name := tasks[int(task)%len(tasks)]
	names := make([]string, nc)
	for i := range names {
		names[i] = "'x'"
	}
	lines := []string{"task: " + string(name), "names: [" + strings.Join(names, ", ") + "]"}
	extra := 0
	var out outputs
	switch name {
	case Segment:
		extra = 2
	case Pose:
		extra = 6
		lines = append(lines, "kpt_shape: [2, 3]")
	case OBB:
		extra = 1
	}
	switch {
	case name == Classify:
		out = outputs{filled(data, 1, nc)}
	case layout%3 == 0:
		out = outputs{filled(data, 1, 4+nc+extra, n)}
	case layout%3 == 1:
		lines = append(lines, "end2end: True")
		out = outputs{filled(data, 1, n, 6+extra)}
	case name == Detect || name == Segment:
		out = outputs{filled(data, 1, n, 5+nc+extra)}
	default:
		return nil, nil // there are no other classic heads
	}
	if name == Segment {
		slices.Reverse(data)
		out = append(out, filled(data, 1, extra, 4, 4))
	}
	if (name == Detect || name == Segment) && layout%3 == 2 && n == 4+nc+extra {
		return nil, nil // as long as wide: read as a raw head
	}
	shapes := make([][]int, len(out))
	for i, o := range out {
		shapes[i] = o.Shape
	}
	m, err := New(declare(props(lines...), dynamic, shapes...), out)
	if errors.Is(err, ErrNotYOLO) {
		return nil, nil // so few anchors can look like another kind's
	}
	if err != nil {
		t.Fatal(err)
	}
	return m, out
}

// filled makes a tensor of bytes read as float32, repeated as often as needed.
func filled(data []byte, shape ...int) Tensor {
	t := Tensor{Shape: shape, Data: make([]float32, volume(shape...))}
	if len(data) < 4 {
		return t
	}
	for i := range t.Data {
		t.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*(i%(len(data)/4)):]))
	}
	return t
}

func floatBytes(values ...float32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// checkResult checks what holds of every result, whatever the network said.
func checkResult(t *testing.T, m *Model, r *Result, o Options, picture Size) {
	t.Helper()
	if r.Picture != picture {
		t.Errorf("picture %v, want %v", r.Picture, picture)
	}
	for _, p := range r.Probs {
		if !finite(p) {
			t.Errorf("probability %v", p)
		}
	}
	most := o.MaxDet
	if most < 1 {
		most = 300
	}
	if len(r.Detections) > most {
		t.Errorf("%d detections, want at most %d", len(r.Detections), most)
	}
	for i, d := range r.Detections {
		b := d.Box
		if !(0 <= b.X1 && b.X1 <= b.X2 && b.X2 <= float32(picture.W) && 0 <= b.Y1 && b.Y1 <= b.Y2 && b.Y2 <= float32(picture.H)) {
			t.Errorf("box %v is not within the picture %v", b, picture)
		}
		if !finite(d.Conf) || d.Conf <= o.Conf || (i > 0 && d.Conf > r.Detections[i-1].Conf) {
			t.Errorf("confidence %v at %d: out of order, or not above %v", d.Conf, i, o.Conf)
		}
		if d.Class < 0 || d.Class >= m.Classes {
			t.Errorf("class %d of %d", d.Class, m.Classes)
		}
		for _, k := range d.Keypoints {
			if !(0 <= k.X && k.X <= float32(picture.W) && 0 <= k.Y && k.Y <= float32(picture.H) && finite(k.Visibility)) {
				t.Errorf("keypoint %v", k)
			}
		}
		if ob := d.Oriented; ob != nil {
			for _, c := range ob.Corners() {
				if !finite(c.X) || !finite(c.Y) {
					t.Errorf("corner %v of %v", c, *ob)
				}
			}
			if !finite(ob.CX) || !finite(ob.CY) || !finite(ob.W) || !finite(ob.H) || !finite(ob.Angle) {
				t.Errorf("oriented box %v", *ob)
			}
		}
		if (d.Mask != nil) != (m.Task == Segment) {
			t.Errorf("the task %s has the mask %v", m.Task, d.Mask)
		}
		if mask := d.Mask; mask != nil {
			checkMask(t, mask)
		}
	}
}

func FuzzShapes(f *testing.F) {
	f.Add("segment", "[1]", int64(1), int64(8), int64(525), int64(32), int64(40))
	f.Add("", "", int64(0), int64(-1), int64(6), int64(1<<62), int64(3))
	f.Fuzz(func(t *testing.T, task, names string, a, b, c, d, e int64) {
		p := map[string]string{"names": names}
		if task != "" {
			p["task"] = task
		}
		// onnx.Parse never gives a negative length.
		axis := func(n int64) int { return int(max(n, 0)) }
		file := declare(p, []int{axis(a), 3, axis(b), axis(c)}, []int{axis(a), axis(b), axis(c)}, []int{1, axis(d), axis(e), axis(e)})
		m, err := New(file, outputs{})
		if err != nil {
			if !errors.Is(err, ErrNotYOLO) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q", err)
			}
			return
		}
		if m.Fixed != (Size{}) && max(m.Fixed.H, m.Fixed.W) > maxInputSide {
			t.Errorf("input %v", m.Fixed)
		}
	})
}
