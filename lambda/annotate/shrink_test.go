package annotate

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
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
		from image.Point
		red  image.Point // in the red half
	}{
		{"smaller", plain.Bytes(), 30, image.Pt(30, 20), image.Pt(60, 40), image.Pt(5, 10)},
		{"as it is", plain.Bytes(), 60, image.Pt(60, 40), image.Pt(60, 40), image.Pt(10, 20)},
		{"never larger", plain.Bytes(), 600, image.Pt(60, 40), image.Pt(60, 40), image.Pt(10, 20)},
		{"turned upright", withOrientation(plain.Bytes(), 6), 30, image.Pt(20, 30), image.Pt(40, 60), image.Pt(10, 5)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file, size, before, err := Shrink(tt.file, tt.side)
			if err != nil {
				t.Fatal(err)
			}
			got, err := jpeg.Decode(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			if got.Bounds().Size() != tt.size || size != tt.size || before != tt.from {
				t.Errorf("size %v, told %v from %v, want %v from %v", got.Bounds().Size(), size, before, tt.size, tt.from)
			}
			if r, g, _, _ := got.At(tt.red.X, tt.red.Y).RGBA(); r < 0xE000 || g > 0x3000 {
				t.Errorf("the pixel at %v is %v, want red", tt.red, got.At(tt.red.X, tt.red.Y))
			}
		})
	}
}

// What the function has too many pixels of, of one side or in all, is scaled all the same.
func TestShrinkBeyondTheFunction(t *testing.T) {
	for _, tt := range []struct {
		size    image.Point
		exceeds bool
	}{
		{image.Pt(12_000, 3), false},
		{image.Pt(12_001, 3), true},
		{image.Pt(3, 20_000), true},
		{image.Pt(10_001, 4_000), true},
		{image.Pt(65_536, 1), false}, // for nobody
	} {
		var file bytes.Buffer
		fast := png.Encoder{CompressionLevel: png.BestSpeed}
		if err := fast.Encode(&file, image.NewGray(image.Rectangle{Max: tt.size})); err != nil {
			t.Fatal(err)
		}
		if got := Exceeds(file.Bytes()); got != tt.exceeds {
			t.Errorf("%v exceeds: %v", tt.size, got)
		}
		_, _, before, err := Shrink(file.Bytes(), 100)
		if tt.exceeds && (err != nil || before != tt.size) {
			t.Errorf("%v: %v, %v", tt.size, before, err)
		}
	}
	if Exceeds([]byte("no picture")) || Exceeds(nil) {
		t.Error("what is no picture exceeds")
	}
}

// TestShrinkRefuses holds that the function's own code and words are told.
func TestShrinkRefuses(t *testing.T) {
	var whole bytes.Buffer
	if err := png.Encode(&whole, ground(60, 40)); err != nil {
		t.Fatal(err)
	}
	vast := bytes.Clone(whole.Bytes())
	binary.BigEndian.PutUint32(vast[16:], 1<<24) // the header's width
	binary.BigEndian.PutUint32(vast[29:], crc32.ChecksumIEEE(vast[12:29]))
	for _, tt := range []struct {
		name string
		file []byte
		want api.Code
	}{
		{"text", []byte("no picture"), api.UnsupportedPicture},
		{"half", whole.Bytes()[:whole.Len()/2], api.BrokenPicture},
		{"vast", vast, api.TooLarge},
	} {
		_, _, _, err := Shrink(tt.file, 30)
		var refusal *api.Error
		if !errors.As(err, &refusal) || refusal.Code != tt.want || refusal.Message == "" {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}
