package yolo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestLetterboxRoundTrip maps points of random pictures to the tensor and back.
// float32 itself carries a coordinate of 12,000 px to half of 1/1024 px only.
func TestLetterboxRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	side := func() int { return 1 + int(math.Pow(random.Float64(), 3)*12_000) }
	for range 2000 {
		size := Size{32 * (1 + random.IntN(40)), 32 * (1 + random.IntN(40))}
		lb := newLetterbox(Size{side(), side()}, fit{size: size, multiple: 32 * random.IntN(2), placement: Placement(random.IntN(2))})
		for range 5 {
			x, y := random.Float32()*float32(lb.Picture.W), random.Float32()*float32(lb.Picture.H)
			tx, ty := lb.ToTensor(x, y)
			// A side that was rounded up to one pixel may stick out by that.
			const slack = 1
			if tx < float32(lb.Left)-1e-3 || tx > float32(lb.Left+lb.Resized.W)+slack || ty < float32(lb.Top)-1e-3 || ty > float32(lb.Top+lb.Resized.H)+slack {
				t.Fatalf("%+v: (%v, %v) goes to (%v, %v), outside the resized picture", lb, x, y, tx, ty)
			}
			bx, by := lb.ToPicture(tx, ty)
			// The rounding of the tensor's coordinate counts 1/gain in the picture.
			if d := math.Hypot(float64(bx-x), float64(by-y)); d > max(1e-3, 2e-4/lb.Gain) {
				t.Fatalf("%+v: (%v, %v) comes back as (%v, %v), off by %g px", lb, x, y, bx, by, d)
			}
			// From the tensor's side, where it is the network that speaks.
			px, py := lb.ToPicture(tx, ty)
			ux, uy := lb.ToTensor(px, py)
			if d := math.Hypot(float64(ux-tx), float64(uy-ty)); d > 1e-3 {
				t.Fatalf("%+v: the tensor's (%v, %v) comes back off by %g px", lb, tx, ty, d)
			}
		}
	}
}

func TestLetterbox(t *testing.T) {
	square := func(n int) Size { return Size{n, n} }
	for _, tt := range []struct {
		picture Size
		fit     fit
		want    Letterbox // less Picture and Gain
	}{
		{Size{720, 1280}, fit{size: square(640), multiple: 32}, Letterbox{Tensor: Size{384, 640}, Resized: Size{360, 640}}},
		{Size{720, 1280}, fit{size: square(640), multiple: 32, placement: Center}, Letterbox{Tensor: Size{384, 640}, Resized: Size{360, 640}, Top: 12}},
		{Size{1080, 810}, fit{size: square(640), multiple: 32, placement: Center}, Letterbox{Tensor: Size{640, 480}, Resized: Size{640, 480}}},
		// An odd padding: 27 is 13 before and 14 after, as round(13.5 - 0.1).
		{Size{101, 160}, fit{size: square(160), multiple: 32, placement: Center}, Letterbox{Tensor: Size{128, 160}, Resized: Size{101, 160}, Top: 13}},
		{Size{720, 1280}, fit{size: square(640)}, Letterbox{Tensor: square(640), Resized: Size{360, 640}}},
		{Size{720, 1280}, fit{size: square(640), placement: Center}, Letterbox{Tensor: square(640), Resized: Size{360, 640}, Top: 140}},
		{Size{100, 100}, fit{size: Size{128, 192}, placement: Center}, Letterbox{Tensor: Size{128, 192}, Resized: square(128), Left: 32}},
		// Small pictures are enlarged.
		{Size{1, 1}, fit{size: square(640), multiple: 32}, Letterbox{Tensor: square(640), Resized: square(640)}},
		// Extreme ones keep at least a row.
		{Size{10, 12_000}, fit{size: square(640), multiple: 32}, Letterbox{Tensor: Size{32, 640}, Resized: Size{1, 640}}},
		{Size{12_000, 10}, fit{size: square(640), multiple: 32}, Letterbox{Tensor: Size{640, 32}, Resized: Size{640, 1}}},
		{Size{12_000, 1}, fit{size: square(640), multiple: 32, placement: Center}, Letterbox{Tensor: Size{640, 32}, Resized: Size{640, 1}, Left: 15}},
		// A graph with TopK over 300 anchors gets as many.
		{Size{160, 160}, fit{size: square(32), multiple: 32, square: true, minAnchors: 300}, Letterbox{Tensor: square(128), Resized: square(32)}},
		{Size{160, 80}, fit{size: square(640), multiple: 32, square: true}, Letterbox{Tensor: square(640), Resized: Size{640, 320}}},
		{Size{10, 12_000}, fit{size: square(64), multiple: 32, minAnchors: 300}, Letterbox{Tensor: Size{128, 128}, Resized: Size{1, 64}}},
		{Size{64, 32}, fit{size: square(64), multiple: 32, minAnchors: 300}, Letterbox{Tensor: Size{128, 128}, Resized: Size{64, 32}}},
		{Size{100, 100}, fit{size: square(160), multiple: 32, minAnchors: 300}, Letterbox{Tensor: square(160), Resized: square(160)}},
	} {
		t.Run(fmt.Sprint(tt.picture, tt.fit), func(t *testing.T) {
			got := newLetterbox(tt.picture, tt.fit)
			tt.want.Picture, tt.want.placement = tt.picture, tt.fit.placement
			tt.want.Gain = math.Min(float64(tt.fit.size.H)/float64(tt.picture.H), float64(tt.fit.size.W)/float64(tt.picture.W))
			if got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
			if n := anchors(got.Tensor); n < tt.fit.minAnchors {
				t.Errorf("%d anchors, want at least %d", n, tt.fit.minAnchors)
			}
		})
	}
}

// The wanted sizes are those of torchvision's Resize(224) and CenterCrop(224).
func TestCenterCrop(t *testing.T) {
	for _, tt := range []struct {
		picture, resized Size
		left, top        int
	}{
		{Size{480, 640}, Size{224, 298}, -37, 0},
		{Size{640, 480}, Size{298, 224}, 0, -37},
		{Size{224, 224}, Size{224, 224}, 0, 0},
		{Size{100, 101}, Size{224, 226}, -1, 0},
		{Size{100, 102}, Size{224, 228}, -2, 0},
		{Size{1, 1}, Size{224, 224}, 0, 0},
		{Size{10, 12_000}, Size{224, 268_800}, -134_288, 0},
	} {
		got := newCenterCrop(tt.picture, Size{224, 224})
		if got.Resized != tt.resized || got.Left != tt.left || got.Top != tt.top {
			t.Errorf("%v: resized %v at (%d, %d), want %v at (%d, %d)", tt.picture, got.Resized, got.Left, got.Top, tt.resized, tt.left, tt.top)
		}
	}
}
