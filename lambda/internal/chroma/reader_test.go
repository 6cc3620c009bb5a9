package chroma

import (
	"fmt"
	"image"
	"math/rand/v2"
	"testing"
)

var named = []image.YCbCrSubsampleRatio{
	image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
	image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
}

// TestReader compares with libjpeg's rules, written down pixel by pixel, at
// every ratio, at odd sizes, and in parts of a picture from any corner.
func TestReader(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for _, ratio := range named {
		t.Run(ratio.String(), func(t *testing.T) {
			for range 60 {
				full := image.NewYCbCr(image.Rect(0, 0, 1+random.IntN(24), 1+random.IntN(24)), ratio)
				for i := range full.Cb {
					full.Cb[i], full.Cr[i] = uint8(random.IntN(256)), uint8(random.IntN(256))
				}
				x0, y0 := random.IntN(full.Rect.Dx()), random.IntN(full.Rect.Dy())
				part := full.SubImage(image.Rect(x0, y0, x0+1+random.IntN(full.Rect.Dx()-x0), y0+1+random.IntN(full.Rect.Dy()-y0))).(*image.YCbCr)
				for _, img := range []*image.YCbCr{full, part} {
					checkReader(t, img)
				}
			}
		})
	}
}

func checkReader(t *testing.T, img *image.YCbCr) {
	t.Helper()
	var r Reader
	r.Open(img)
	for y := range img.Rect.Dy() {
		luma, cb, cr := r.Row(y)
		if at := img.YOffset(img.Rect.Min.X, img.Rect.Min.Y+y); &luma[0] != &img.Y[at] || len(luma) != img.Rect.Dx() {
			t.Fatalf("%v %v: row %d of luma is another one", img.SubsampleRatio, img.Rect, y)
		}
		for x := range img.Rect.Dx() {
			wantCb, wantCr := libjpegChroma(img, img.Cb, x, y), libjpegChroma(img, img.Cr, x, y)
			if cb[x] != wantCb || cr[x] != wantCr {
				t.Fatalf("%v %v: pixel (%d, %d) has chroma %d, %d, want %d, %d", img.SubsampleRatio, img.Rect, x, y, cb[x], cr[x], wantCb, wantCr)
			}
		}
	}
}

// libjpegChroma is the chroma of the pixel at (x, y) of the part, by jdsample.c:
// h2v1_fancy_upsample, h2v2_fancy_upsample, h1v2_fancy_upsample, otherwise
// int_upsample. Parts are read as pictures whose first sample may be cut.
func libjpegChroma(img *image.YCbCr, plane []uint8, x, y int) uint8 {
	subX, subY := 1, 1
	fmt.Sscan(map[image.YCbCrSubsampleRatio]string{
		image.YCbCrSubsampleRatio444: "1 1", image.YCbCrSubsampleRatio422: "2 1", image.YCbCrSubsampleRatio420: "2 2",
		image.YCbCrSubsampleRatio440: "1 2", image.YCbCrSubsampleRatio411: "4 1", image.YCbCrSubsampleRatio410: "4 2",
	}[img.SubsampleRatio], &subX, &subY)
	r := img.Rect
	// The samples that the part covers, and its pixel's place among them.
	left, right := r.Min.X/subX, (r.Max.X-1)/subX
	upper, lower := r.Min.Y/subY, (r.Max.Y-1)/subY
	width := right - left + 1
	x, y = r.Min.X+x, r.Min.Y+y
	at := func(cx, cy int) int {
		cx, cy = min(max(cx, left), right), min(max(cy, upper), lower)
		return int(plane[img.COffset(cx*subX, 0)-img.COffset(r.Min.X, 0)+img.COffset(r.Min.X, r.Min.Y)+(cy-upper)*img.CStride])
	}
	cx, cy := x/subX, y/subY
	sideX, sideY := cx+2*(x%2)-1, cy+2*(y%2)-1 // the next nearest samples
	edge := sideX < left || sideX > right
	switch {
	case subX == 2 && subY == 2 && width > 2:
		column := func(cx int) int { return 3*at(cx, cy) + at(cx, sideY) }
		switch {
		case edge && x%2 == 0:
			return uint8((4*column(cx) + 8) >> 4)
		case edge:
			return uint8((4*column(cx) + 7) >> 4)
		case x%2 == 0:
			return uint8((3*column(cx) + column(sideX) + 8) >> 4)
		}
		return uint8((3*column(cx) + column(sideX) + 7) >> 4)
	case subX == 2 && subY == 1 && width > 2:
		switch {
		case edge:
			return uint8(at(cx, cy))
		case x%2 == 0:
			return uint8((3*at(cx, cy) + at(sideX, cy) + 1) >> 2)
		}
		return uint8((3*at(cx, cy) + at(sideX, cy) + 2) >> 2)
	case subX == 1 && subY == 2:
		return uint8((3*at(cx, cy) + at(cx, sideY) + 1 + y%2) >> 2)
	}
	return uint8(at(cx, cy))
}
