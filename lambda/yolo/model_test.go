package yolo

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recorder is a Runner that finds nothing and notes the shape of its input.
type recorder struct{ shape []int }

func (r *recorder) Run(_ context.Context, in Tensor, _ []Tensor) ([]Tensor, error) {
	r.shape = in.Shape
	if len(in.Data) != volume(in.Shape...) {
		return nil, fmt.Errorf("%d numbers for the shape %v", len(in.Data), in.Shape)
	}
	return []Tensor{tensor(make([]float32, 5), 1, 5, 1)}, nil
}

// TestImgSize: what size of tensor follows from the model, the picture and the
// options.
func TestImgSize(t *testing.T) {
	static, batch4 := []int{1, 3, 128, 192}, []int{4, 3, 128, 192}
	for _, tt := range []struct {
		name  string
		input []int
		props []string
		w, h  int
		o     Options
		want  []int
	}{
		{"the model's own", dynamic, []string{"imgsz: [320, 320]"}, 1280, 720, Options{}, []int{1, 3, 192, 320}},
		{"Ultralytics' default", dynamic, nil, 1280, 720, Options{}, []int{1, 3, 384, 640}},
		{"asked", dynamic, nil, 1280, 720, Options{ImgSize: 320}, []int{1, 3, 192, 320}},
		{"rounded up to the stride", dynamic, nil, 1280, 720, Options{ImgSize: 321}, []int{1, 3, 224, 352}},
		{"metadata that is no multiple of the stride", dynamic, []string{"imgsz: [100, 100]"}, 50, 50, Options{Square: true}, []int{1, 3, 128, 128}},
		{"a stride of 64", dynamic, []string{"stride: 64"}, 1280, 720, Options{ImgSize: 320}, []int{1, 3, 192, 320}},
		{"square", dynamic, nil, 1280, 720, Options{ImgSize: 320, Square: true}, []int{1, 3, 320, 320}},
		{"centred", dynamic, nil, 1280, 720, Options{ImgSize: 320, Placement: Center}, []int{1, 3, 192, 320}},
		{"static", static, nil, 1280, 720, Options{}, static},
		{"static and asked its longer side", static, nil, 720, 1280, Options{ImgSize: 192, Placement: Center}, static},
		{"static and square", static, nil, 1280, 720, Options{Square: true}, static},
		{"a batch in the graph", batch4, nil, 1280, 720, Options{}, batch4},
		{"a batch in a dynamic graph", []int{4, 3, 0, 0}, nil, 64, 64, Options{ImgSize: 64}, []int{4, 3, 64, 64}},
		{"one pixel", dynamic, nil, 1, 1, Options{ImgSize: 64}, []int{1, 3, 64, 64}},
		{"a line", dynamic, nil, 12_000, 10, Options{ImgSize: 64}, []int{1, 3, 32, 64}},
		{"a line upright, centred", dynamic, nil, 10, 12_000, Options{ImgSize: 64, Placement: Center}, []int{1, 3, 64, 32}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &recorder{}
			m, err := New(declare(props(append(tt.props, "names: ['a']")...), tt.input, []int{0, 5, 0}), r)
			if err != nil {
				t.Fatal(err)
			}
			predict(t, m, tt.w, tt.h, tt.o)
			if !slices.Equal(r.shape, tt.want) {
				t.Errorf("tensor %v, want %v", r.shape, tt.want)
			}
		})
	}
}

func TestPredictRefuses(t *testing.T) {
	one := []int{0, 5, 0}
	for _, tt := range []struct {
		name  string
		input []int
		img   image.Image
		o     Options
		want  string
	}{
		{"another size of a static model", []int{1, 3, 128, 192}, blank(9, 9), Options{ImgSize: 128},
			"option does not fit the model: imgsz 128: this model takes 128 x 192 (height x width) only"},
		{"a size beyond all", dynamic, blank(9, 9), Options{ImgSize: 1 << 40}, "option does not fit the model: imgsz 1099511627776 is above 16384"},
		{"an empty picture", dynamic, blank(9, 0), Options{}, "option does not fit the model: the picture is empty"},
		{"too many tiles", dynamic, blank(2000, 2000), Options{Tile: 64},
			"option does not fit the model: tile 64 would cut the picture into 1024 tiles, 100 are allowed; ask for larger tiles"},
		{"a confidence in per cent", dynamic, blank(9, 9), Options{Conf: 50}, "option does not fit the model: Conf is 50, and a confidence is from 0 to 1"},
		{"a confidence that is no number", dynamic, blank(9, 9), Options{Conf: float32(math.NaN())},
			"option does not fit the model: Conf is NaN, and a confidence is from 0 to 1"},
		{"an overlap below 0", dynamic, blank(9, 9), Options{IoU: -1}, "option does not fit the model: IoU is -1, and an overlap is from 0 to 1"},
		{"a size below 0", dynamic, blank(9, 9), Options{ImgSize: -640}, "option does not fit the model: ImgSize is -640 and Tile 0, and neither can be below 0"},
		{"tiles that share all", dynamic, blank(9, 9), Options{Tile: 640, TileOverlap: 1},
			"option does not fit the model: TileOverlap is 1, and a tile's neighbour shares from 0 to 0.9 of it"},
		{"a class that there is not", dynamic, blank(9, 9), Options{Classes: []int{0, 1}},
			"option does not fit the model: Classes has 1, which is no class of the model"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := New(declare(props("names: ['a']"), tt.input, one), &recorder{})
			if err != nil {
				t.Fatal(err)
			}
			r, err := m.Predict(t.Context(), tt.img, tt.o)
			if !errors.Is(err, ErrOption) || err.Error() != tt.want {
				t.Errorf("got %v and %v, want %s", r, err, tt.want)
			}
		})
	}
}

// A closed model is not the fault of its file.
func TestPredictClosed(t *testing.T) {
	closed := runnerFunc(func(context.Context, Tensor) ([]Tensor, error) { return nil, ErrClosed })
	m, err := New(declare(props("names: ['a']"), dynamic, []int{0, 5, 0}), closed)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := m.Predict(t.Context(), blank(9, 9), Options{}); !errors.Is(err, ErrClosed) || errors.Is(err, ErrOutput) {
		t.Errorf("got %v and %v", r, err)
	}
}

func TestPredictCancelled(t *testing.T) {
	m := newModel(t, outputs{columns([]float32{20, 10, 8, 4, 0.75})}, "names: ['a']")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := m.Predict(ctx, blank(9, 9), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v and %v", r, err)
	}
}

// TestPredictInput looks at the tensor itself: the picture's pixels, the grey
// around them, and nothing of an earlier, larger request.
func TestPredictInput(t *testing.T) {
	var seen Tensor
	m, err := New(declare(props("names: ['a']"), dynamic, []int{0, 5, 0}), runnerFunc(func(_ context.Context, in Tensor) ([]Tensor, error) {
		seen = Tensor{slices.Clone(in.Shape), slices.Clone(in.Data)}
		return []Tensor{tensor(make([]float32, 5), 1, 5, 1)}, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	white := image.NewGray(image.Rect(0, 0, 64, 32))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	predict(t, m, 500, 500, Options{ImgSize: 256}) // fills the pool
	for _, o := range []Options{{ImgSize: 64, Square: true}, {ImgSize: 64, Square: true, Placement: Center}} {
		if _, err := m.Predict(t.Context(), white, o); err != nil {
			t.Fatal(err)
		}
		top := 0
		if o.Placement == Center {
			top = 16
		}
		for i, v := range seen.Data {
			want := float32(padding) / 255
			if y := i / 64 % 64; y >= top && y < top+32 {
				want = 1
			}
			if v != want {
				t.Fatalf("%+v: %v at %d, want %v", o, v, i, want)
			}
		}
	}
}

// TestPredictConcurrently is of use under -race.
func TestPredictConcurrently(t *testing.T) {
	m := newModel(t, outputs{columns([]float32{20, 10, 8, 4, 0.75})}, "names: ['a']")
	want := foundIn(predict(t, m, 40, 30, Options{ImgSize: 64, Conf: 0.5}))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 5 {
				m.Predict(t.Context(), blank(10*i+1, 10*k+1), Options{ImgSize: 32 * (1 + k)})
				r, err := m.Predict(t.Context(), blank(40, 30), Options{ImgSize: 64, Conf: 0.5})
				if err != nil {
					t.Error(err)
					continue
				}
				if d := cmp.Diff(want, foundIn(r)); d != "" {
					t.Error(d)
				}
			}
		})
	}
	wg.Wait()
}

// A model that looks at pictures of one size works in the memory that it has, but
// for some kilobytes.
func TestPredictMemory(t *testing.T) {
	build, _ := debug.ReadBuildInfo()
	if slices.Contains(build.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("with the race detector, pools drop some of what they are given")
	}
	const limit = 64 << 10 // bytes
	out := Tensor{Shape: []int{1, 84, 8400}, Data: make([]float32, 84*8400)}
	m := newModel(t, outputs{out}, "task: detect", "names: ["+strings.Repeat("'a', ", 80)+"]")
	picture := image.NewYCbCr(image.Rect(0, 0, 1280, 720), image.YCbCrSubsampleRatio420)
	predict := func() {
		if _, err := m.Predict(t.Context(), picture, Options{Conf: 0.3}); err != nil {
			t.Fatal(err)
		}
	}
	predict()
	const runs = 10
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		predict()
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / runs; each > limit {
		t.Errorf("%d bytes a picture, want at most %d", each, limit)
	} else {
		t.Logf("%d bytes a picture", each)
	}
}
