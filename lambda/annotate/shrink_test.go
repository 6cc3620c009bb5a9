package annotate

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"testing"
)

func TestShrink(t *testing.T) {
	// The left half is red. Orientation 6 says that the top is to the left.
	left := ground(60, 40)
	draw.Draw(left, image.Rect(0, 0, 30, 40), image.NewUniform(color.RGBA{R: 255, A: 255}), image.Point{}, draw.Src)
	var plain bytes.Buffer
	if err := png.Encode(&plain, left); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		file []byte
		side int
		size image.Point
		red  image.Point // in the red half
	}{
		{"smaller", plain.Bytes(), 30, image.Pt(30, 20), image.Pt(5, 10)},
		{"as it is", plain.Bytes(), 60, image.Pt(60, 40), image.Pt(10, 20)},
		{"never larger", plain.Bytes(), 600, image.Pt(60, 40), image.Pt(10, 20)},
		{"turned upright", withOrientation(plain.Bytes(), 6), 30, image.Pt(20, 30), image.Pt(10, 5)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file, size, err := Shrink(tt.file, tt.side)
			if err != nil {
				t.Fatal(err)
			}
			got, err := jpeg.Decode(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			if got.Bounds().Size() != tt.size || size != tt.size {
				t.Errorf("size %v, told %v, want %v", got.Bounds().Size(), size, tt.size)
			}
			if r, g, _, _ := got.At(tt.red.X, tt.red.Y).RGBA(); r < 0xE000 || g > 0x3000 {
				t.Errorf("the pixel at %v is %v, want red", tt.red, got.At(tt.red.X, tt.red.Y))
			}
		})
	}
	if _, _, err := Shrink([]byte("no picture"), 30); err == nil {
		t.Error("no error for a text")
	}
}
