package yolo

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// TestExamine: the first output is looked through, whatever the threshold.
func TestExamine(t *testing.T) {
	two := []string{"task: detect", "names: ['a', 'b']"}
	for _, tt := range []struct {
		name  string
		props []string
		out   Tensor
		want  string
	}{
		{"sound", two, columns([]float32{20, 20, 10, 8, 0.01, 0}, []float32{5, 5, 1, 1, 0, 1}), ""},
		{"a little above 1, as of float16", two, columns([]float32{20, 20, 10, 8, 1.0009, 0}), ""},
		{"a logit", two, columns([]float32{20, 20, 10, 8, -3.5, 0}), "a score is -3.5"},
		{"above 1", two, columns([]float32{20, 20, 10, 8, 0, 1.7}), "a score is 1.7"},
		{"NaN", two, columns([]float32{20, 20, 10, 8, nan, 0}), "a score is NaN"},
		{"fractions", two, columns([]float32{0.5, 0.5, 0.1, 0.1, 0, 0}, []float32{0.9, 0.5, 0.1, 0.1, 0, 0}), "between 0 and 1"},
		{"rows that end before they start", []string{"names: ['a', 'b']"},
			rowsOf([]float32{20, 20, 10, 8, 0.5, 0}, []float32{9, 9, 2, 2, 0, 0}, []float32{9, 9, 2, 2, 0, 0}, []float32{9, 9, 2, 2, 0, 0},
				[]float32{9, 9, 2, 2, 0, 0}, []float32{9, 9, 2, 2, 0, 0}, []float32{9, 9, 2, 2, 0, 0}), "end before they start"},
		{"RT-DETR's fractions", append(two, "head: RTDETRDecoder"), rowsOf([]float32{0.5, 0.5, 0.1, 0.1, 0.5, 1}), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newModel(t, outputs{tt.out}, tt.props...)
			_, err := m.Predict(t.Context(), blank(64, 64), Options{ImgSize: 64, Conf: 1})
			if tt.want == "" && err != nil || tt.want != "" && (!errors.Is(err, ErrOutput) || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// cell is the middle of one of a detector's grids, in pixels of the input.
type cell struct{ x, y, stride float32 }

// cellsOf96 are those of an input of 96 x 96.
var cellsOf96 = func() (all []cell) {
	for _, stride := range []int{8, 16, 32} {
		for y := stride / 2; y < 96; y += stride {
			for x := stride / 2; x < 96; x += stride {
				all = append(all, cell{float32(x), float32(y), float32(stride)})
			}
		}
	}
	return all
}()

// TestExaminePlaces: a box for each cell of the grids lies about that cell, in pixels, and is a middle and sides.
func TestExaminePlaces(t *testing.T) {
	corners := func(b [4]float32) []float32 {
		return []float32{b[0] - b[2]/2, b[1] - b[3]/2, b[0] + b[2]/2, b[1] + b[3]/2}
	}
	for _, tt := range []struct {
		name string
		row  func(b [4]float32) []float32
		want string
	}{
		{"sound", func(b [4]float32) []float32 { return b[:] }, ""},
		{"sides not learned yet, 15 cells", func(b [4]float32) []float32 { return []float32{b[0], b[1], 15 * b[3], 15 * b[3]} }, ""},
		{"one thing that fills the picture", func(b [4]float32) []float32 { return []float32{b[0], b[1], 96, 96} }, ""},
		{"zeros", func(b [4]float32) []float32 { return []float32{0, 0, 0, 0} }, ""},
		{"corners", corners, "look like x1, y1, x2, y2"},
		{"offsets in a cell", func(b [4]float32) []float32 { return []float32{0.5, 0.5, 2.5, 1} }, "not decoded"},
		{"fractions", func(b [4]float32) []float32 { return []float32{b[0] / 96, b[1] / 96, b[2] / 96, b[3] / 96} }, "between 0 and 1"},
		{"pixels of another size", func(b [4]float32) []float32 { return []float32{10 * b[0], 10 * b[1], 10 * b[2], 10 * b[3]} }, "lie beyond its input"},
		{"no sides", func(b [4]float32) []float32 { return []float32{b[0], b[1], -b[2], b[3]} }, "sides of positive length"},
	} {
		var all [][]float32
		for _, c := range cellsOf96 {
			all = append(all, append(slices.Clone(tt.row([4]float32{c.x, c.y, 2 * c.stride, c.stride})), 0.01, 0))
		}
		m := newModel(t, outputs{columns(all...)}, "task: detect", "names: ['a', 'b']", "head: Detect")
		_, err := m.Predict(t.Context(), blank(96, 96), Options{ImgSize: 96, Conf: 0.5})
		if tt.want == "" && err != nil || tt.want != "" && (!errors.Is(err, ErrOutput) || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

// TestClassicOfOneClass: YOLOv5 and YOLOv7 train no class column where there is but one class, so that it is near 1 everywhere.
func TestClassicOfOneClass(t *testing.T) {
	var all [][]float32
	for _, c := range cellsOf96 {
		for range 3 {
			all = append(all, []float32{c.x, c.y, 20, 20, 0.001, 0.9999})
		}
	}
	all[100][4] = 0.75
	for _, objectness := range []float32{0.001, 0.6} {
		all[0][4] = objectness
		m := newModel(t, outputs{rowsOf(all...)}, "stride: 32", "names: ['a']")
		got, err := m.Predict(t.Context(), blank(96, 96), Options{ImgSize: 96, Conf: 0.5, IoU: 0.5})
		if want := 1 + int(objectness+0.5); err != nil || len(got.Detections) != want {
			t.Errorf("objectness of %v: got %+v and %v, want %d", objectness, got, err, want)
		}
	}
	for i := range all { // objectness that is high everywhere is none
		all[i][4] = 0.9
	}
	m := newModel(t, outputs{rowsOf(all...)}, "stride: 32", "names: ['a']")
	if _, err := m.Predict(t.Context(), blank(96, 96), Options{ImgSize: 96, Conf: 0.5}); !errors.Is(err, ErrOutput) {
		t.Errorf("got %v, want no answer", err)
	}
}

// TestScoresOfScores: a sigmoid twice leaves no score below one half.
func TestScoresOfScores(t *testing.T) {
	for _, least := range []float32{0.5, 0.25} {
		rows := make([][]float32, 189)
		for i := range rows {
			rows[i] = []float32{float32(i % 96), float32(95 - i%96), 8, 8, 0.5 + float32(i%20)/100, 0.7}
		}
		rows[100][5] = least
		m := newModel(t, outputs{columns(rows...)}, "task: detect", "names: ['a', 'b']", "head: Detect")
		_, err := m.Predict(t.Context(), blank(96, 96), Options{ImgSize: 96, Conf: 0.9})
		if refused := least == 0.5; refused != errors.Is(err, ErrOutput) || !refused && err != nil {
			t.Errorf("least %v: %v", least, err)
		}
	}
}

// TestOneClass: a row of one class has six columns in YOLOv5's layout as in YOLOv10's; how many there are decides.
func TestOneClass(t *testing.T) {
	rows := make([][]float32, 300)
	for i := range rows {
		rows[i] = []float32{1, 2, 3, 4, 0.01, 0}
	}
	rows[0] = []float32{10, 20, 30, 40, 0.75, 0}
	props := []string{"task: detect", "names: ['a']", "stride: 32"}
	m := newModel(t, outputs{rowsOf(rows...)}, props...)
	if got := predict(t, m, 64, 64, Options{ImgSize: 64, Conf: 0.5}).Detections; len(got) != 1 || got[0].Box != (Box{10, 20, 30, 40}) {
		t.Errorf("got %+v, want one row", got)
	}
	open, err := New(declare(map[string]string{"names": "['a']"}, dynamic, []int{0, 0, 6}), outputs{rowsOf(rows...)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open.Predict(t.Context(), blank(64, 64), Options{ImgSize: 64, Conf: 0.5}); !errors.Is(err, ErrOutput) || !strings.Contains(err.Error(), "300 places") {
		t.Errorf("got %v, want no answer", err)
	}
}

// TestRowsLater: rows that the file does not call so are looked at in every reply, as the first picture may have none.
func TestRowsLater(t *testing.T) {
	for name, row := range map[string][]float32{"a class is 0.75": {10, 20, 30, 40, 0, 0.75}, "end before they start": {30, 40, 10, 20, 0.75, 1}} {
		out := outputs{rowsOf(make([]float32, 6), make([]float32, 6), make([]float32, 6), make([]float32, 6), make([]float32, 6), make([]float32, 6), make([]float32, 6))}
		m := newModel(t, out, "task: detect", "names: ['a', 'b', 'c', 'd']")
		predict(t, m, 64, 64, Options{ImgSize: 64, Conf: 0.5})
		copy(out[0].Data, row)
		if _, err := m.Predict(t.Context(), blank(64, 64), Options{ImgSize: 64, Conf: 0.5}); !errors.Is(err, ErrOutput) || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
}

// TestGuessedPrototypes: a second output of four axes makes masks only if there are coefficients of such.
func TestGuessedPrototypes(t *testing.T) {
	features := tensor(make([]float32, 2*4*4), 1, 2, 4, 4)
	rows := make([][]float32, 189)
	for i := range rows {
		rows[i] = []float32{float32(i % 96), float32(95 - i%96), 8, 8, 0.01, 0, 0.02, 0}
	}
	for _, below := range []bool{false, true} {
		if below {
			rows[7][7] = -1
		}
		m := newModel(t, outputs{columns(rows...), features})
		_, err := m.Predict(t.Context(), blank(96, 96), Options{ImgSize: 96, Conf: 0.5})
		if below && err != nil || !below && (err == nil || !strings.Contains(err.Error(), "no coefficients of masks")) {
			t.Errorf("coefficients below 0: %v, got %v", below, err)
		}
	}
}

// TestCheckFound: what later replies find is checked too.
func TestCheckFound(t *testing.T) {
	for name, rows := range map[string][][]float32{
		"a score": {{20, 20, 10, 8, 1.7}}, "between 0 and 1": {{0.5, 0.5, 0.1, 0.1, 0.9}, {0.25, 0.5, 0.1, 0.1, 0.8}},
	} {
		m := newModel(t, outputs{columns(rows...)}, "task: detect", "names: ['a']")
		m.examined.Store(true)
		if _, err := m.Predict(t.Context(), blank(64, 64), Options{ImgSize: 64, Conf: 0.5}); !errors.Is(err, ErrOutput) || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
}

// TestCheckFoundNumbers: what is found with a score has a place, an angle, key points and a mask that are numbers,
// and what is not found has a score that is one.
func TestCheckFoundNumbers(t *testing.T) {
	box := func(cx, w, score float32, extra ...float32) Tensor {
		return columns(append([]float32{cx, 20, w, 8, score}, extra...))
	}
	pose := []string{"task: pose", "names: ['a']", "kpt_shape: [1, 3]"}
	for _, tt := range []struct {
		name  string
		out   Tensor
		props []string
		want  bool // that it is refused
	}{
		{"a box", box(nan, 10, 0.75), []string{"task: detect", "names: ['a']"}, true},
		{"an infinite box", box(inf, 10, 0.75), []string{"task: detect", "names: ['a']"}, true},
		{"an infinite side", box(20, inf, 0.75), []string{"task: detect", "names: ['a']"}, true},
		{"of a row", rowsOf([]float32{1, nan, 2, 2, 0.75, 0}), []string{"task: detect", "names: ['a']", "end2end: True"}, true},
		{"below the threshold", box(nan, 10, 0.25), []string{"task: detect", "names: ['a']"}, false},
		{"scores of which none is a number", box(20, 10, nan), []string{"task: detect", "names: ['a']"}, true},
		{"an infinite score", box(20, 10, inf), []string{"task: detect", "names: ['a']"}, true},
		{"scores of rows", rowsOf([]float32{1, 2, 3, 4, nan, 0}), []string{"task: detect", "names: ['a']", "end2end: True"}, true},
		{"a score that is none beside one that is", columns([]float32{20, 20, 10, 8, 0.75}, []float32{50, 20, 10, 8, nan}), []string{"task: detect", "names: ['a']"}, true},
		{"an infinite one beside rows", rowsOf([]float32{1, 2, 3, 4, 0.75, 0}, []float32{1, 2, 3, 4, inf, 0}), []string{"task: detect", "names: ['a']", "end2end: True"}, true},
		{"a class that is none", rowsOf([]float32{1, 2, 3, 4, 0.75, nan}), []string{"task: detect", "names: ['a']", "end2end: True"}, true},
		{"a class below 0", rowsOf([]float32{1, 2, 3, 4, 0.75, -1}), []string{"task: detect", "names: ['a']", "end2end: True"}, true},
		{"a class without a name", rowsOf([]float32{1, 2, 3, 4, 0.75, 1}), []string{"task: detect", "names: ['a']", "end2end: True"}, true},
		{"a class beyond all", rowsOf([]float32{1, 2, 3, 4, 0.75, 1e30}), []string{"task: detect", "end2end: True"}, true},
		{"such rows below the threshold", rowsOf([]float32{1, 2, 3, 4, 0.25, -1}), []string{"task: detect", "names: ['a']", "end2end: True"}, false},
		{"an angle", box(20, 10, 0.75, nan), []string{"task: obb", "names: ['a']"}, true},
		{"a key point", box(20, 10, 0.75, 1, -inf, 1), pose, true},
		{"key points", box(20, 10, 0.75, 1, 2, 1), pose, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newModel(t, outputs{tt.out}, tt.props...)
			m.examined.Store(true)
			_, err := m.Predict(t.Context(), blank(64, 64), Options{ImgSize: 64, Conf: 0.5})
			if tt.want != errors.Is(err, ErrOutput) || (!tt.want && err != nil) {
				t.Errorf("got %v, refused: %v", err, tt.want)
			}
		})
	}
}

// TestStretched: RT-DETR's boxes are fractions of the picture, and may leave it.
func TestStretched(t *testing.T) {
	m := newModel(t, outputs{rowsOf([]float32{0.5, 0.5, 0.5, 0.25, 0.9, 1}, []float32{0, 0.5, 0.5, 0.5, 0.8, 0})},
		"task: detect", "names: ['a', 'b']", "head: RTDETRDecoder")
	got := predict(t, m, 200, 100, Options{ImgSize: 64, Conf: 0.5}).Detections
	want := []Box{{50, 37.5, 150, 62.5}, {-50, 25, 50, 75}}
	for i, d := range got {
		if d.Box != want[i] {
			t.Errorf("got %v, want %v", d.Box, want[i])
		}
	}
}

// TestStretchedRaw: where the file says so, the picture fills the input of a raw head too.
func TestStretchedRaw(t *testing.T) {
	m := newModel(t, outputs{columns([]float32{32, 32, 32, 16, 0.9, 0}, []float32{32, 32, 64, 64, 0, 0.8})},
		"task: detect", "names: ['a', 'b']", "yolambda_resize: stretch")
	got := predict(t, m, 200, 100, Options{ImgSize: 64, Conf: 0.5}).Detections
	want := []Box{{50, 37.5, 150, 62.5}, {0, 0, 200, 100}}
	if len(got) != 2 || got[0].Box != want[0] || got[1].Box != want[1] {
		t.Errorf("got %+v, want %v", got, want)
	}
}

// TestMaps: a class map and depth come back at the picture's size.
func TestMaps(t *testing.T) {
	ids := tensor(make([]float32, 64*64), 1, 64, 64)
	for i := range ids.Data {
		ids.Data[i] = float32(i % 64 / 32) // the right half is class 1
	}
	m := newModel(t, outputs{ids}, "task: semantic", "names: ['ground', 'sky']", "imgsz: 64")
	r := predict(t, m, 128, 128, Options{})
	if n := r.Classes.Pixels(); n[0] != 128*64 || n[1] != 128*64 {
		t.Errorf("pixels %v", n[:2])
	}
	if mask := r.Classes.Mask(1); mask.Left != 64 || mask.W != 64 || mask.H != 128 || mask.Area() != 64*128 {
		t.Errorf("mask %+v", mask)
	}
	if r := predict(t, m, 128, 128, Options{Classes: []int{1}}); r.Classes.Pixels()[NoClass] != 128*64 || r.Classes.Mask(0) != nil {
		t.Error("a class that was not asked for is there")
	}
	metres := tensor(make([]float32, 64*64), 1, 1, 64, 64)
	for i := range metres.Data {
		metres.Data[i] = 1 + float32(i%64)
	}
	m = newModel(t, outputs{metres}, "task: depth", "imgsz: 64")
	if least, most, mean := predict(t, m, 200, 100, Options{}).Depth.Range(); least != 1 || most != 64 || mean < 32.4 || mean > 32.6 {
		t.Errorf("range %v, %v, %v", least, most, mean)
	}
	ids.Data[7] = 9
	m = newModel(t, outputs{ids}, "task: semantic", "names: ['ground', 'sky']", "imgsz: 64")
	if _, err := m.Predict(t.Context(), blank(64, 64), Options{}); !errors.Is(err, ErrOutput) {
		t.Errorf("a class that is not there: %v", err)
	}
}

// TestLogitsThatAreNone: a map of NaN or infinite numbers would be one of the first class alone.
func TestLogitsThatAreNone(t *testing.T) {
	infinite := float32(math.Inf(1))
	for _, tt := range []struct {
		classes int
		v       float32
		want    string
	}{{1, nan, "a logit is NaN"}, {2, nan, "a logit is NaN"}, {2, infinite, "a logit is +Inf"}, {2, -infinite, "a logit is -Inf"}, {2, 5, ""}} {
		out := Tensor{Shape: []int{1, tt.classes, 64, 64}, Data: make([]float32, tt.classes*64*64)}
		out.Data[len(out.Data)-1] = tt.v
		names := "names: " + strings.Replace("['a', 'b']", map[int]string{1: ", 'b'"}[tt.classes], "", 1)
		m := newModel(t, outputs{out}, "task: semantic", names, "imgsz: 64")
		_, err := m.Predict(t.Context(), blank(64, 64), Options{})
		if tt.want == "" && err != nil || tt.want != "" && (!errors.Is(err, ErrOutput) || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%d classes, %v: got %v, want %q", tt.classes, tt.v, err, tt.want)
		}
	}
}

// TestPrototypesThatAreNone: masks of NaN would be empty, and their detections dropped.
func TestPrototypesThatAreNone(t *testing.T) {
	prototypes := tensor(slices.Repeat([]float32{nan}, 16*16), 1, 1, 16, 16)
	m := newModel(t, outputs{columns([]float32{32, 32, 16, 16, 0.9, 1}), prototypes}, "task: segment", "names: ['a']")
	_, err := m.Predict(t.Context(), blank(64, 64), Options{ImgSize: 64, Conf: 0.5})
	if !errors.Is(err, ErrOutput) || !strings.Contains(err.Error(), "a prototype is NaN") {
		t.Errorf("got %v", err)
	}
}
