package ort_test

import (
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolo"
)

// The fixture models' picture: a red disc, which fills 78 % of its square, in
// pixels of the picture. 480 x 270 is scaled by 2/3 for an input of 320.
var disc = image.Rect(30, 40, 126, 136)

func discPicture() *image.NRGBA {
	img := canvas(480, 270)
	for y := disc.Min.Y; y < disc.Max.Y; y++ {
		for x := disc.Min.X; x < disc.Max.X; x++ {
			if inDisc(x, y) {
				img.SetNRGBA(x, y, color.NRGBA{R: 255, A: 255})
			}
		}
	}
	return img
}

func inDisc(x, y int) bool {
	r := float64(disc.Dx()) / 2
	return math.Hypot(float64(x)+0.5-float64(disc.Min.X)-r, float64(y)+0.5-float64(disc.Min.Y)-r) < r
}

// findDisc returns the one detection that there must be.
func findDisc(t *testing.T, name string) (*yolo.Model, yolo.Detection) {
	t.Helper()
	m := open(t, "testdata/"+name+".onnx")
	got, err := m.Predict(ctx, discPicture(), yolo.Options{Conf: 0.7, IoU: 0.3})
	if err != nil {
		t.Fatal(err)
	}
	wantNear(t, m, got, map[string]image.Rectangle{"red": disc}, squareTolerance)
	if len(got.Detections) != 1 {
		t.Fatalf("%d detections, want 1", len(got.Detections))
	}
	return m, got.Detections[0]
}

// squareTolerance is half a cell of 8 px of the tensor and the rounding, in
// pixels of the picture.
const squareTolerance = 7

// TestSquaresSegment: the mask is the disc, not its box, but for pixels on the
// edge, where four of the tensor's make one of the prototypes'.
func TestSquaresSegment(t *testing.T) {
	_, d := findDisc(t, "squares-seg")
	inter, union := 0, 0
	for y := range 270 {
		for x := range 480 {
			switch in, want := d.Mask.At(x, y), inDisc(x, y); {
			case in && want:
				inter, union = inter+1, union+1
			case in || want:
				union++
			}
		}
	}
	if iou := float64(inter) / float64(union); iou < 0.95 {
		t.Errorf("the mask overlaps the disc by %.3f", iou)
	}
}

func TestSquaresPose(t *testing.T) {
	m, d := findDisc(t, "squares-pose")
	for i, want := range []struct {
		name string
		x, y int
	}{
		{"top_left", disc.Min.X, disc.Min.Y},
		{"top_right", disc.Max.X, disc.Min.Y},
		{"bottom_right", disc.Max.X, disc.Max.Y},
		{"bottom_left", disc.Min.X, disc.Max.Y},
	} {
		k := d.Keypoints[i]
		off := math.Hypot(float64(k.X)-float64(want.x), float64(k.Y)-float64(want.y))
		if name := m.KeypointName(i); name != want.name || off > squareTolerance*math.Sqrt2 || k.Visibility != d.Conf {
			t.Errorf("%s at %v, want %s at (%d, %d), visible by %.2f", name, k, want.name, want.x, want.y, d.Conf)
		}
	}
}

func TestSquaresOBB(t *testing.T) {
	_, d := findDisc(t, "squares-obb")
	o := d.Oriented
	if o.Angle != 0 || o.W != 96 || o.H != 96 || o.Bounds() != d.Box {
		t.Errorf("oriented box %+v in the box %v, want 96 x 96, not turned", *o, d.Box)
	}
}

// TestSquaresClassify: of a centred crop the mean colour decides.
func TestSquaresClassify(t *testing.T) {
	m := open(t, "testdata/squares-cls.onnx")
	img := canvas(300, 100) // cropped to the middle third
	paint(img, image.Rect(0, 0, 100, 100), color.NRGBA{R: 255, A: 255})
	paint(img, image.Rect(100, 0, 200, 100), color.NRGBA{B: 255, A: 255})
	got, err := m.Predict(ctx, img, yolo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// Softmax of 0, 0 and 10.
	for id, want := range []float64{4.54e-5, 4.54e-5, 0.9999} {
		if p := float64(got.Probs[id]); math.Abs(p-want) > 1e-4 {
			t.Errorf("%s: probability %v, want %v", m.Name(id), p, want)
		}
	}
}

// TestSquaresTiles: squares of 64 px are too small for the model in the whole
// picture, which is scaled by 1/4, and seen in tiles of the model's own size;
// once also where another tile cuts the square.
func TestSquaresTiles(t *testing.T) {
	m := open(t, "testdata/squares.onnx")
	img := canvas(1280, 960)
	want := map[string]image.Rectangle{
		"red":   image.Rect(0, 0, 64, 64),
		"green": image.Rect(260, 300, 324, 364), // entire in the tile from 240, cut in the one to 320
		"blue":  image.Rect(1216, 896, 1280, 960),
	}
	paint(img, want["red"], color.NRGBA{R: 255, A: 255})
	paint(img, want["green"], color.NRGBA{G: 255, A: 255})
	paint(img, want["blue"], color.NRGBA{B: 255, A: 255})
	options := yolo.Options{Conf: 0.8, IoU: 0.3}
	for tile, want := range map[int]map[string]image.Rectangle{0: {}, 320: want} {
		options.Tile, options.TileOverlap = tile, 0.25
		got, err := m.Predict(ctx, img, options)
		if err != nil {
			t.Fatal(err)
		}
		const tolerance = 0.5*8 + 1 // half a cell
		wantNear(t, m, got, want, tolerance)
		if len(got.Detections) != len(want) {
			t.Errorf("tile %d: %d detections, want %d", tile, len(got.Detections), len(want))
		}
	}
}
