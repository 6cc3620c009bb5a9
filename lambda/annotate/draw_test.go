package annotate

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
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
	tests := []struct {
		name       string
		w, h       int
		detections []api.Detection
	}{
		{"street", 640, 360, street},
		{"nothing", 80, 60, nil},
		{"tiny", 48, 32, []api.Detection{{Box: [4]int{10, 8, 40, 28}, Conf: 1, Cls: "cat", ClsID: 15}}},
		{"large", 2400, 1600, []api.Detection{{Box: [4]int{300, 400, 1900, 1500}, Conf: 0.5, Cls: "truck", ClsID: 7}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			compareGolden(t, filepath.Join("testdata", tt.name+".png"), Draw(ground(tt.w, tt.h), tt.detections))
		})
	}
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
	Draw(picture, []api.Detection{{Box: [4]int{10, 30, 90, 70}, Conf: 0.9, Cls: "dog"}})
	if !bytes.Equal(picture.Pix, before) {
		t.Error("the source picture was changed")
	}
}

// A part of a picture has bounds that don't start at (0, 0); boxes count from
// its own corner all the same.
func TestDrawOnASubImage(t *testing.T) {
	whole := ground(200, 200)
	part := whole.SubImage(image.Rect(50, 60, 150, 160))
	got := Draw(part, []api.Detection{{Box: [4]int{20, 40, 80, 90}, Conf: 0.9, Cls: "dog"}})
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
		Draw(ground(100, 80), []api.Detection{{Box: box, Conf: 0.9, Cls: "dog", ClsID: -7}})
	}
	Draw(image.NewGray(image.Rectangle{}), []api.Detection{{Cls: "dog"}})
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
