package yolo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var nan, inf = float32(math.NaN()), float32(math.Inf(1))

// found is what a test compares of a detection.
type found struct {
	Box   Box
	Conf  float32
	Class int
}

func foundIn(r *Result) []found {
	list := []found{}
	for _, d := range r.Detections {
		list = append(list, found{d.Box, d.Conf, d.Class})
	}
	return list
}

// TestHeads reads hand-made outputs on a picture of the tensor's size, 64 x 64.
func TestHeads(t *testing.T) {
	two := []string{"task: detect", "names: ['a', 'b']"}
	options := Options{ImgSize: 64, Conf: 0.5, IoU: 0.5}
	with := func(change func(*Options)) Options { o := options; change(&o); return o }
	for _, tt := range []struct {
		name  string
		props []string
		out   Tensor
		o     Options
		want  []found
	}{
		{"raw", two, columns([]float32{20, 20, 10, 8, 0.75, 0.25}, []float32{50, 50, 4, 4, 0.25, 0.875}), options,
			[]found{{Box{48, 48, 52, 52}, 0.875, 1}, {Box{15, 16, 25, 24}, 0.75, 0}}},
		{"rows", append(two, "end2end: True"), rowsOf([]float32{15, 16, 25, 24, 0.75, 0}, []float32{48, 48, 52, 52, 0.875, 1}), options,
			[]found{{Box{48, 48, 52, 52}, 0.875, 1}, {Box{15, 16, 25, 24}, 0.75, 0}}},
		{"classic", []string{"names: ['a', 'b']"}, rowsOf([]float32{20, 20, 10, 8, 0.75, 1, 0.5}, []float32{50, 50, 4, 4, 0.875, 0.5, 1}, []float32{5, 5, 5, 5, 0.5, 0.9, 0.9}),
			options, []found{{Box{48, 48, 52, 52}, 0.875, 1}, {Box{15, 16, 25, 24}, 0.75, 0}}},
		{"not above the threshold", two, columns([]float32{20, 20, 10, 8, 0.5, 0.5}), options, []found{}},
		{"rows not above the threshold", append(two, "end2end: True"), rowsOf([]float32{1, 1, 2, 2, 0.5, 0}), options, []found{}},
		{"at equal scores the first class", two, columns([]float32{20, 20, 10, 8, 0.75, 0.75}), options, []found{{Box{15, 16, 25, 24}, 0.75, 0}}},
		{"at equal confidence the first anchor", two, columns([]float32{50, 50, 4, 4, 0.75, 0}, []float32{20, 20, 10, 8, 0, 0.75}), options,
			[]found{{Box{48, 48, 52, 52}, 0.75, 0}, {Box{15, 16, 25, 24}, 0.75, 1}}},
		{"boxes far outside", two, columns([]float32{20, 20, 3e38, 8, 0.75, 0}), options, []found{{Box{0, 16, 64, 24}, 0.75, 0}}},
		{"sides of negative length", two, columns([]float32{20, 20, -10, 8, 0.75, 0}, []float32{20, 20, 10, -8, 0.75, 0}), options, []found{}},
		{"clipped to the picture", two, columns([]float32{0, 60, 20, 20, 0.75, 0}), options, []found{{Box{0, 50, 10, 64}, 0.75, 0}}},
		{"without area", two, columns([]float32{20, 20, 0, 0, 0.75, 0}), options, []found{{Box{20, 20, 20, 20}, 0.75, 0}}},
		{"one class asked", two, columns([]float32{20, 20, 10, 8, 0.75, 0.25}, []float32{50, 50, 4, 4, 0.25, 0.875}),
			with(func(o *Options) { o.Classes = []int{0} }), []found{{Box{15, 16, 25, 24}, 0.75, 0}}},
		{"no class asked", two, columns([]float32{20, 20, 10, 8, 0.75, 0.25}), with(func(o *Options) { o.Classes = []int{} }), []found{}},
		{"the strongest only", two, columns([]float32{20, 20, 10, 8, 0.75, 0.25}, []float32{50, 50, 4, 4, 0.25, 0.875}),
			with(func(o *Options) { o.MaxDet = 1 }), []found{{Box{48, 48, 52, 52}, 0.875, 1}}},
		{"the strongest row only", append(two, "end2end: True"), rowsOf([]float32{15, 16, 25, 24, 0.75, 0}, []float32{48, 48, 52, 52, 0.875, 1}),
			with(func(o *Options) { o.MaxDet = 1 }), []found{{Box{48, 48, 52, 52}, 0.875, 1}}},
		{"the same place twice", two, columns([]float32{20, 20, 10, 8, 0.75, 0}, []float32{20, 20, 10, 8, 0.875, 0}), options,
			[]found{{Box{15, 16, 25, 24}, 0.875, 0}}},
		{"the same place in two classes", two, columns([]float32{20, 20, 10, 8, 0.75, 0}, []float32{20, 20, 10, 8, 0, 0.875}), options,
			[]found{{Box{15, 16, 25, 24}, 0.875, 1}, {Box{15, 16, 25, 24}, 0.75, 0}}},
		{"the same place in two classes, agnostic", two, columns([]float32{20, 20, 10, 8, 0.75, 0}, []float32{20, 20, 10, 8, 0, 0.875}),
			with(func(o *Options) { o.AgnosticNMS = true }), []found{{Box{15, 16, 25, 24}, 0.875, 1}}},
		{"rows are not suppressed", append(two, "end2end: True"), rowsOf([]float32{1, 1, 9, 9, 0.75, 0}, []float32{1, 1, 9, 9, 0.625, 0}), options,
			[]found{{Box{1, 1, 9, 9}, 0.75, 0}, {Box{1, 1, 9, 9}, 0.625, 0}}},
		{"rows without names", []string{"task: detect", "end2end: True"}, rowsOf([]float32{1, 1, 9, 9, 0.75, 41}), options, []found{{Box{1, 1, 9, 9}, 0.75, 41}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newModel(t, outputs{tt.out}, tt.props...)
			m.examined.Store(true) // a later reply: TestExamine has the first
			got := predict(t, m, 64, 64, tt.o)
			if d := cmp.Diff(tt.want, foundIn(got)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestHeadRefuses: a run whose output is not as declared is an error.
func TestHeadRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		out  outputs
		want string
	}{
		{"no output", outputs{}, ErrOutput.Error() + ": read output: there is none"},
		{"other columns", outputs{tensor(make([]float32, 70), 1, 7, 10)}, "the model's output is not what its file declares: read output of shape [1 7 10]: want 6 columns on axis 1"},
		{"transposed", outputs{tensor(make([]float32, 60), 1, 10, 6)}, "the model's output is not what its file declares: read output of shape [1 10 6]: want 6 columns on axis 1; it is transposed: " + adaptIt},
		{"fewer axes", outputs{tensor(make([]float32, 60), 6, 10)}, "the model's output is not what its file declares: read output of shape [6 10]: want 6 columns on axis 1"},
		{"too little data", outputs{tensor(make([]float32, 59), 1, 6, 10)}, "the model's output is not what its file declares: read output of shape [1 6 10]: want 6 columns on axis 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := New(declare(props("names: ['a', 'b']"), dynamic, []int{0, 6, 0}), tt.out)
			if err != nil {
				t.Fatal(err)
			}
			r, err := m.Predict(t.Context(), blank(9, 9), Options{})
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v and %v, want %s", r, err, tt.want)
			}
		})
	}
}

// BenchmarkDetect reads a head of COCO's size with a thousand candidates.
func BenchmarkDetect(b *testing.B) {
	out := Tensor{Shape: []int{1, 84, 8400}, Data: make([]float32, 84*8400)}
	for i := range 8400 {
		cx, cy := float32(i%80)*8+4, float32(i/80%80)*8+4
		for c, v := range []float32{cx, cy, 40, 60} {
			out.Data[c*8400+i] = v
		}
		if i%8 == 0 {
			out.Data[(4+i%80)*8400+i] = 0.3 + float32(i)/20_000
		}
	}
	m := newModel(b, outputs{out}, "task: detect")
	lb := newLetterbox(Size{720, 1280}, fit{size: Size{640, 640}})
	for b.Loop() {
		if err := m.detect(&Result{}, &memory{outputs: []Tensor{out}}, lb, Options{Conf: 0.25, IoU: 0.45}); err != nil {
			b.Fatal(err)
		}
	}
}

// bestPlainly is what best.find finds of a raw head, written plainly.
func bestPlainly(h head, conf float32) (scores []float32, classes []int32) {
	for i := range h.anchors {
		score, class := conf, int32(-1)
		for c := range h.classes {
			if s := h.at(4+c, i); s > score && s <= math.MaxFloat32 {
				score, class = s, int32(c)
			}
		}
		scores, classes = append(scores, score), append(classes, class)
	}
	return scores, classes
}

// randomHead has scores of which about one in twenty is above 0.5, and some that
// are not numbers or equal.
func randomHead(r *rand.Rand, classes, anchors int) head {
	out := Tensor{Shape: []int{1, 4 + classes, anchors}, Data: make([]float32, (4+classes)*anchors)}
	odd := []float32{float32(math.NaN()), float32(math.Inf(1)), -1, 0.75}
	for i := range out.Data {
		out.Data[i] = float32(math.Pow(r.Float64(), 14))
		if r.IntN(100) == 0 {
			out.Data[i] = odd[r.IntN(len(odd))]
		}
	}
	h, err := newHead(layout{form: raw, classes: classes}, out)
	if err != nil {
		panic(err)
	}
	return h
}

func TestBest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, conf := range []float32{0, 0.3, 0.75, 1} {
		for anchors := range 12 {
			h := randomHead(r, 1+r.IntN(100), anchors)
			var b best
			b.find(h, conf)
			wantScores, wantClasses := bestPlainly(h, conf)
			if !slices.Equal(b.scores, wantScores) || !slices.Equal(b.classes, wantClasses) {
				t.Errorf("%d anchors, %d classes, confidence %g: %v %v, want %v %v", anchors, h.classes, conf, b.scores, b.classes, wantScores, wantClasses)
			}
		}
	}
}

// BenchmarkBest reads heads of an input of 640 x 384. Its ratio is to bestPlainly.
func BenchmarkBest(b *testing.B) {
	for _, classes := range []int{1, 80, 1000} {
		b.Run(fmt.Sprintf("%dclasses", classes), func(b *testing.B) {
			h := randomHead(rand.New(rand.NewPCG(1, 2)), classes, 5040)
			var found best
			for b.Loop() {
				found.find(h, 0.3)
			}
			each := b.Elapsed().Seconds() / float64(b.N)
			const plain = 5
			start := time.Now()
			for range plain {
				bestPlainly(h, 0.3)
			}
			b.ReportMetric(each/(time.Since(start).Seconds()/plain), "of-plain")
		})
	}
}
