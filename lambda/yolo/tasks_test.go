package yolo

import (
	"errors"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each task is read from hand-made outputs. The picture is 128 x 64 and the
// tensor 64 wide: one pixel of the tensor is two of the picture.
var half = Options{ImgSize: 64, Conf: 0.25, IoU: 0.5}

func TestFinishOriented(t *testing.T) {
	quarter := float32(math.Pi / 2)
	for name, m := range map[string]*Model{
		"raw": newModel(t, outputs{columns([]float32{20, 10, 8, 4, 0.75, 0.5}, []float32{40, 20, 30, 60, 0.5, quarter})}, "task: obb", "names: ['a']"),
		"end2end": newModel(t, outputs{rowsOf([]float32{20, 10, 8, 4, 0.75, 0, 0.5}, []float32{40, 20, 30, 60, 0.5, 0, quarter})},
			"task: obb", "names: ['a']", "end2end: True"),
	} {
		t.Run(name, func(t *testing.T) {
			got := predict(t, m, 128, 64, half).Detections
			if len(got) != 2 {
				t.Fatalf("got %v", got)
			}
			if want := (OrientedBox{40, 20, 16, 8, 0.5}); *got[0].Oriented != want {
				t.Errorf("got %v, want %v", *got[0].Oriented, want)
			}
			// The box is not clipped, the one around it is.
			if want := (OrientedBox{80, 40, 60, 120, quarter}); *got[1].Oriented != want {
				t.Errorf("got %v, want %v", *got[1].Oriented, want)
			}
			want := Box{20, 10, 128, 64}
			if b := got[1].Box; math.Abs(float64(b.X1-want.X1)) > 1e-4 || math.Abs(float64(b.Y1-want.Y1)) > 1e-4 || b.X2 != want.X2 || b.Y2 != want.Y2 {
				t.Errorf("box around %v, want %v", b, want)
			}
		})
	}
	m := newModel(t, outputs{columns([]float32{20, 10, 3e38, 4, 0.75, 0})}, "task: obb", "names: ['a']")
	if got := predict(t, m, 128, 64, half).Detections; len(got) != 0 {
		t.Errorf("a box without an end: %v", got)
	}
}

func TestFinishKeypoints(t *testing.T) {
	point := func(x, y, visibility float32) Keypoint { return Keypoint{Point{x, y}, visibility} }
	for _, tt := range []struct {
		name  string
		out   Tensor
		props []string
		want  [][]Keypoint
	}{
		{"three dimensions", columns([]float32{20, 10, 8, 4, 0.75, 1, 2, 0.5, 60, 31, 0}), []string{"kpt_shape: [2, 3]"},
			[][]Keypoint{{point(2, 4, 0.5), point(120, 62, 0)}}},
		{"two dimensions", columns([]float32{20, 10, 8, 4, 0.75, 1, 2, 60, 31}), []string{"kpt_shape: [2, 2]"},
			[][]Keypoint{{point(2, 4, 1), point(120, 62, 1)}}},
		{"rows", rowsOf([]float32{1, 1, 9, 9, 0.75, 0, 1, 2, 0.5}), []string{"kpt_shape: [1, 3]", "end2end: True"},
			[][]Keypoint{{point(2, 4, 0.5)}}},
		{"clipped to the picture", columns([]float32{20, 10, 8, 4, 0.75, -5, 99, 0.5}), []string{"kpt_shape: [1, 3]"}, [][]Keypoint{{point(0, 64, 0.5)}}},
		{"each its own columns", columns([]float32{20, 10, 8, 4, 0.5, 1, 1, 0.5}, []float32{50, 20, 8, 4, 0.75, 2, 2, 0.5}), []string{"kpt_shape: [1, 3]"},
			[][]Keypoint{{point(4, 4, 0.5)}, {point(2, 2, 0.5)}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got [][]Keypoint
			m := newModel(t, outputs{tt.out}, append(tt.props, "task: pose", "names: ['a']")...)
			for _, d := range predict(t, m, 128, 64, half).Detections {
				got = append(got, d.Keypoints)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestFinishMask: the prototypes are a ramp along x that crosses zero at the
// tensor's column 32, so the mask is the part of the box next to it.
func TestFinishMask(t *testing.T) {
	ramp := Tensor{Shape: []int{1, 1, 8, 16}, Data: make([]float32, 8*16)}
	for i := range ramp.Data {
		ramp.Data[i] = float32(i%16) - 7.5
	}
	box := []float32{32, 16, 40, 20, 0.75} // from (12, 6) to (52, 26)
	for _, tt := range []struct {
		name string
		row  []float32
		want Box // of the mask, in the picture; its area if it is full
	}{
		{"right of the middle", append(box, 1), Box{64, 13, 104, 52}},
		{"left of the middle", append(box, -1), Box{25, 13, 64, 52}},
		{"at the corner", []float32{60, 30, 20, 20, 0.75, 1}, Box{101, 41, 128, 64}},
		{"empty", append(box, 0), Box{}},
		{"all outside", []float32{10, 16, 10, 10, 0.75, 1}, Box{}},
		{"without area", []float32{40, 16, 0, 0, 0.75, 1}, Box{}},
		{"beyond the picture", []float32{-30, 16, 10, 10, 0.75, -1}, Box{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newModel(t, outputs{columns(tt.row), ramp}, "task: segment", "names: ['a']")
			r := predict(t, m, 128, 64, half)
			if tt.want == (Box{}) {
				if len(r.Detections) != 0 {
					t.Fatalf("a detection with an empty mask stays: %+v", r.Detections[0])
				}
				return
			}
			if len(r.Detections) != 1 {
				t.Fatalf("got %d detections", len(r.Detections))
			}
			mask := r.Detections[0].Mask
			checkMask(t, mask)
			if float32(mask.Area()) != tt.want.Area() {
				t.Errorf("area %d, want %v", mask.Area(), tt.want.Area())
			}
			for y := range r.Picture.H {
				for x := range r.Picture.W {
					want := float32(x) >= tt.want.X1 && float32(x) < tt.want.X2 && float32(y) >= tt.want.Y1 && float32(y) < tt.want.Y2
					if mask.At(x, y) != want {
						t.Fatalf("pixel (%d, %d) is %v, want %v", x, y, mask.At(x, y), want)
					}
				}
			}
		})
	}
	t.Run("classic", func(t *testing.T) {
		row := slices.Insert(slices.Clone(append(box, 1)), 4, 1) // objectness
		m := newModel(t, outputs{rowsOf(append(row[:6:6], append([]float32{0}, row[6:]...)...)), ramp}, "names: ['a', 'b']")
		r := predict(t, m, 128, 64, half)
		if len(r.Detections) != 1 || r.Detections[0].Mask.Area() != 40*39 {
			t.Errorf("got %+v, want the mask right of the middle", r.Detections)
		}
	})
	t.Run("prototypes that are not as declared", func(t *testing.T) {
		row := columns(append(box, 1))
		for _, out := range []outputs{
			{row}, {row, tensor(nil, 1, 1, 8)}, {row, tensor(make([]float32, 9), 1, 1, 8, 16)}, {row, tensor(make([]float32, 4), 1, 2, 1, 2)}, {row, tensor(nil, 1, 1, 0, 0)},
		} {
			m, err := New(declare(props("task: segment", "names: ['a']"), dynamic, row.Shape, ramp.Shape), out)
			if err != nil {
				t.Fatal(err)
			}
			img := image.NewGray(image.Rect(0, 0, 128, 64))
			if _, err := m.Predict(t.Context(), img, half); err == nil || !strings.Contains(err.Error(), "read prototypes") {
				t.Errorf("%v: error %v", out, err)
			}
		}
	})
}

// TestMaskAtTheTensorsPixels: a mask has the picture's pixels of each of the tensor's whose
// index lies in the box, here columns 13 to 52 and rows 7 to 26, also those beyond the box.
func TestMaskAtTheTensorsPixels(t *testing.T) {
	everywhere := Tensor{Shape: []int{1, 1, 8, 16}, Data: slices.Repeat([]float32{1}, 8*16)}
	m := newModel(t, outputs{columns([]float32{32.25, 16.25, 40, 20, 0.75, 1}), everywhere}, "task: segment", "names: ['a']")
	o := half
	o.Placement = Center
	for _, gain := range []int{1, 2, 10} { // pixels of the picture a pixel of the tensor
		mask := predict(t, m, 64*gain, 32*gain, o).Detections[0].Mask
		checkMask(t, mask)
		for y := range 32 * gain {
			for x := range 64 * gain {
				want := x/gain >= 13 && x/gain <= 52 && y/gain >= 7 && y/gain <= 26
				if mask.At(x, y) != want {
					t.Fatalf("pixel (%d, %d) of a picture %d times the tensor's size is %v, want %v", x, y, gain, mask.At(x, y), want)
				}
			}
		}
	}
}

// TestMaskPixels: many masks over all of a large picture are refused before they
// take the memory.
func TestMaskPixels(t *testing.T) {
	var all [][]float32
	for range 10 {
		all = append(all, []float32{0, 0, 64, 64, 0.75, 0, 1})
	}
	m := newModel(t, outputs{rowsOf(all...), tensor(make([]float32, 4), 1, 1, 2, 2)}, "task: segment", "names: ['a']", "end2end: True")
	r, err := m.Predict(t.Context(), blank(6000, 6000), half)
	const want = "option does not fit the model: the masks of 10 detections cover 360 million pixels, 268 are allowed; " +
		"ask for a higher confidence, fewer detections or a smaller picture"
	if !errors.Is(err, ErrOption) || err.Error() != want {
		t.Errorf("got %v and %v", r, err)
	}
}

func TestClassify(t *testing.T) {
	m := newModel(t, outputs{tensor([]float32{0.25, 0, 0.5, 0.25}, 1, 4)}, "task: classify", "names: ['a', 'b', 'c', 'd']", "imgsz: 96")
	r := predict(t, m, 30, 20, Options{})
	if d := cmp.Diff([]float32{0.25, 0, 0.5, 0.25}, r.Probs); d != "" || r.Detections != nil {
		t.Errorf("-want +got\n%s and %v", d, r.Detections)
	}
	for _, out := range []outputs{{}, {tensor(nil, 4)}, {tensor(make([]float32, 3), 1, 3)}, {tensor(make([]float32, 3), 1, 4)},
		{tensor([]float32{0.25, nan, 0.5, 0.25}, 1, 4)}, {tensor([]float32{0.5, 0.5, 0.5, 0.25}, 1, 4)}, {tensor([]float32{-1, 1, 0.5, 0.5}, 1, 4)}} {
		m.runner = out
		if r, err := m.Predict(t.Context(), blank(9, 9), Options{}); err == nil {
			t.Errorf("%v makes %v", out, r)
		}
	}
}

func BenchmarkFinishMask(b *testing.B) {
	protos := Tensor{Shape: []int{1, 32, 160, 160}, Data: make([]float32, 32*160*160)}
	for i := range protos.Data {
		protos.Data[i] = float32(i%17) - 8
	}
	row := make([]float32, 4+1+32)
	copy(row, []float32{320, 180, 200, 300, 0.9})
	for i := range 32 {
		row[5+i] = float32(i%5) - 2
	}
	out := columns(row)
	h, err := newHead(layout{raw, 1, 32}, out)
	if err != nil {
		b.Fatal(err)
	}
	lb := newLetterbox(Size{720, 1280}, fit{size: Size{640, 640}})
	c := candidate{box: boxAround(320, 180, 200, 300)}
	for b.Loop() {
		finishMask(&Detection{Box: toPicture(c.box, lb).Clip(lb.Picture)}, c, h, []Tensor{out, protos}, lb)
	}
}
