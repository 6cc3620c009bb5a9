package annotate

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
)

var update = flag.Bool("update", false, "write the golden pictures anew; look at them before committing")

// ground is a flat picture with a lighter band, so that the golden files stay
// small.
func ground(w, h int) *image.RGBA {
	picture := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(picture, picture.Bounds(), image.NewUniform(color.RGBA{0x56, 0x5F, 0x68, 0xFF}), image.Point{}, draw.Src)
	band := image.Rect(0, h/2, w, h*3/4)
	draw.Draw(picture, band, image.NewUniform(color.RGBA{0xC9, 0xCE, 0xD2, 0xFF}), image.Point{}, draw.Src)
	return picture
}

func TestDrawGolden(t *testing.T) {
	street := []api.Detection{
		{Box: [4]int{40, 80, 150, 330}, Conf: 0.94, Cls: "person", ClsID: 0},
		{Box: [4]int{44, 82, 170, 335}, Conf: 0.52, Cls: "person", ClsID: 0},       // its label makes way
		{Box: [4]int{200, 0, 420, 200}, Conf: 0.88, Cls: "bus", ClsID: 5},          // no room above
		{Box: [4]int{600, 120, 640, 180}, Conf: 0.71, Cls: "stop sign", ClsID: 11}, // no room to the right
		{Box: [4]int{0, 0, 640, 360}, Conf: 0.33, Cls: "dining table", ClsID: 60},
		{Box: [4]int{300, 250, 303, 252}, Conf: 0.9, Cls: "sports ball", ClsID: 32}, // smaller than its lines
		{Box: [4]int{470, 260, 590, 340}, Conf: 0.45, Cls: "naïve ключ", ClsID: 3},
	}
	detected := func(d ...api.Detection) *api.Response { return &api.Response{Detections: d} }
	tests := []struct {
		name  string
		w, h  int
		reply *api.Response
	}{
		{"street", 640, 360, detected(street...)},
		{"nothing", 80, 60, detected()},
		{"tiny", 48, 32, detected(api.Detection{Box: [4]int{10, 8, 40, 28}, Conf: 1, Cls: "cat", ClsID: 15})},
		{"large", 2400, 1600, detected(api.Detection{Box: [4]int{300, 400, 1900, 1500}, Conf: 0.5, Cls: "truck", ClsID: 7})},
		{"segment", 320, 240, detected(polygonMask, runLengthMask)},
		{"pose", 320, 360, detected(walker(), api.Detection{
			Box: [4]int{200, 200, 300, 340}, Conf: 0.6, Cls: "kite", ClsID: 1,
			Keypoints: []api.Keypoint{{X: 250, Y: 210}, {X: 210, Y: 330}, {X: 290, Y: 330}},
		})},
		{"oriented", 320, 240, detected(
			api.Detection{Box: [4]int{60, 40, 220, 180}, Conf: 0.8, Cls: "ship", ClsID: 8, OBB: &api.OBB{
				Corners: [4][2]float32{{60, 120}, {180, 40}, {220, 100}, {100, 180}}}},
			api.Detection{Box: [4]int{250, 180, 320, 240}, Conf: 0.7, Cls: "plane", ClsID: 4, OBB: &api.OBB{
				Corners: [4][2]float32{{250, 220}, {300, 180}, {340, 230}, {290, 270}}}}, // partly outside
		)},
		{"classify", 200, 120, &api.Response{Detections: []api.Detection{}, Classification: []api.Class{
			{Cls: "tabby", ClsID: 281, Conf: 0.61}, {Cls: "tiger cat", ClsID: 282, Conf: 0.3}, {Cls: "Egyptian cat", ClsID: 285, Conf: 0.05},
		}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			compareGolden(t, filepath.Join("testdata", tt.name+".png"), Draw(ground(tt.w, tt.h), tt.reply))
		})
	}
}

// polygonMask is an octagon in two parts, as if something stood before it.
var polygonMask = api.Detection{
	Box: [4]int{20, 40, 140, 160}, Conf: 0.9, Cls: "cow", ClsID: 19,
	Mask: &api.Mask{Polygons: [][][2]int{
		{{55, 40}, {75, 40}, {75, 159}, {55, 159}, {20, 125}, {20, 75}},
		{{85, 40}, {105, 40}, {139, 75}, {139, 125}, {105, 159}, {85, 159}},
	}},
}

// runLengthMask is a frame of 80x60 pixels with a hole, encoded by pycocotools
// from a mask that is 1 at [60:120, 200:280] and 0 again at [80:100, 220:260].
var runLengthMask = api.Detection{
	Box: [4]int{200, 60, 280, 120}, Conf: 0.8, Cls: "donut", ClsID: 54,
	Mask: &api.Mask{RLE: &api.RLE{Size: [2]int{240, 320}, Counts: runLengths}},
}

// walker is a person with COCO's 17 key points, the right arm hidden.
func walker() api.Detection {
	at := [][2]float32{
		{100, 60}, {106, 54}, {94, 54}, {114, 58}, {88, 58}, {126, 92}, {74, 92}, {144, 136}, {58, 136}, {136, 176}, {60, 176},
		{116, 190}, {84, 190}, {128, 250}, {78, 250}, {144, 310}, {66, 310},
	}
	d := api.Detection{Box: [4]int{44, 40, 160, 330}, Conf: 0.9, Cls: "person"}
	for i, p := range at {
		conf := float32(0.9)
		if coco[i] == "right_elbow" || coco[i] == "right_wrist" {
			conf = 0.2
		}
		d.Keypoints = append(d.Keypoints, api.Keypoint{X: p[0], Y: p[1], Conf: &conf})
	}
	return d
}

// compareGolden allows one pixel in a thousand to differ by more than 16 of
// 255 levels: the edges of letters may be rounded otherwise on another
// processor.
func compareGolden(t *testing.T, path string, got *image.RGBA) {
	t.Helper()
	if *update {
		data, err := Encode(got, PNG)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got.Bounds() != want.Bounds() {
		t.Fatalf("bounds %v, want %v", got.Bounds(), want.Bounds())
	}
	differing := 0
	for y := range got.Rect.Max.Y {
		for x := range got.Rect.Max.X {
			r, g, b, a := want.At(x, y).RGBA()
			c := got.RGBAAt(x, y)
			if far(c.R, r) || far(c.G, g) || far(c.B, b) || far(c.A, a) {
				differing++
			}
		}
	}
	if pixels := got.Rect.Dx() * got.Rect.Dy(); differing*1000 > pixels {
		t.Errorf("%d of %d pixels differ from %s (run with -update and look at it)", differing, pixels, path)
	}
}

// far compares an 8-bit level with a 16-bit one.
func far(got uint8, want uint32) bool {
	d := int(got) - int(want>>8)
	return d > 16 || d < -16
}

func TestDrawLeavesThePictureAlone(t *testing.T) {
	picture := ground(100, 80)
	before := bytes.Clone(picture.Pix)
	Draw(picture, &api.Response{Detections: []api.Detection{{Box: [4]int{10, 30, 90, 70}, Conf: 0.9, Cls: "dog"}}})
	if !bytes.Equal(picture.Pix, before) {
		t.Error("the source picture was changed")
	}
}

// A part of a picture has bounds that don't start at (0, 0); boxes count from
// its own corner all the same.
func TestDrawOnASubImage(t *testing.T) {
	whole := ground(200, 200)
	part := whole.SubImage(image.Rect(50, 60, 150, 160))
	got := Draw(part, &api.Response{Detections: []api.Detection{{Box: [4]int{20, 40, 80, 90}, Conf: 0.9, Cls: "dog"}}})
	if want := image.Rect(0, 0, 100, 100); got.Bounds() != want {
		t.Fatalf("bounds %v, want %v", got.Bounds(), want)
	}
	if c := got.RGBAAt(20, 60); c != colourOf(0) {
		t.Errorf("left side at (20, 60) is %v, want the class's colour %v", c, colourOf(0))
	}
}

// Whatever a reply says, drawing must not fail.
func TestDrawAbsurdBoxes(t *testing.T) {
	for _, box := range [][4]int{
		{0, 0, 0, 0}, {90, 70, 10, 20}, {-500, -500, -400, -400}, {5000, 5000, 6000, 6000},
		{-1 << 40, -1 << 40, 1 << 40, 1 << 40}, {99, 79, 100, 80},
	} {
		Draw(ground(100, 80), &api.Response{Detections: []api.Detection{{Box: box, Conf: 0.9, Cls: "dog", ClsID: -7}}})
	}
	nan, huge := float32(math.NaN()), float32(math.MaxFloat32)
	Draw(ground(100, 80), &api.Response{
		Detections: []api.Detection{
			{OBB: &api.OBB{}},
			{OBB: &api.OBB{Corners: [4][2]float32{{-huge, -huge}, {huge, -huge}, {huge, huge}, {-huge, huge}}}},
			{OBB: &api.OBB{Corners: [4][2]float32{{nan, 0}, {0, nan}, {nan, nan}, {5, 5}}}},
			{Keypoints: []api.Keypoint{{X: huge, Y: -huge}, {X: nan, Y: nan}, {X: -1, Y: 1e6}}},
			{Mask: &api.Mask{}},
			{Mask: &api.Mask{Polygons: [][][2]int{nil, {{1, 1}}, {{-1 << 40, 0}, {1 << 40, 0}, {0, 1 << 40}}}}},
			{Mask: &api.Mask{RLE: &api.RLE{Size: [2]int{1 << 40, 1 << 40}, Counts: "0"}}},
		},
		Classification: make([]api.Class, 50),
	})
	Draw(image.NewGray(image.Rectangle{}), &api.Response{Detections: []api.Detection{{Cls: "dog"}}})
}

func TestDrawLineScales(t *testing.T) {
	tests := []struct {
		size image.Point
		want style
	}{
		{image.Pt(1, 1), style{line: 2, halo: 1, font: 12}},
		{image.Pt(640, 480), style{line: 2, halo: 1, font: 12}},
		{image.Pt(1920, 1080), style{line: 5, halo: 1, font: 27}},
		{image.Pt(4032, 3024), style{line: 11, halo: 3, font: 64}},
	}
	for _, tt := range tests {
		if got := styleFor(tt.size); got != tt.want {
			t.Errorf("%v: %+v, want %+v", tt.size, got, tt.want)
		}
	}
}
