package yolotest

import (
	"bytes"
	_ "embed"
	"image"
	"image/color"
	"image/draw"
	"image/png"
)

// Square is one that the fixture models find: they know squares of pure red, green
// and blue whose sides have 64 pixels in their input.
type Square struct {
	Class string // red, green or blue, which is also its colour
	At    image.Rectangle
}

// The picture of squares: 480x270 pixels, which an input of 320 scales by 2/3, so
// that the squares' 96 pixels make the models' 64.
const (
	SquaresWidth  = 480
	SquaresHeight = 270
	SquaresInput  = 320 // the input's longer side at which they are found
)

// Red and Blue are the squares of the picture.
var (
	Red  = Square{"red", image.Rect(30, 40, 126, 136)}
	Blue = Square{"blue", image.Rect(300, 150, 396, 246)}
)

// SquaresPNG is the picture of Red and Blue as a file, for tests in other languages
// as well (squares.png).
//
//go:embed squares.png
var SquaresPNG []byte

// SquaresTolerance is how far a side may be off, in pixels of the picture. The
// models know a place to half a cell of 8 pixels of their input, 12 of the picture;
// truncation takes up to one more.
const SquaresTolerance = 7

// Draw returns a picture of the given size with squares on grey, in which the
// fixture models find nothing else.
func Draw(size image.Point, squares ...Square) *image.NRGBA {
	colours := map[string]color.NRGBA{"red": {R: 255, A: 255}, "green": {G: 255, A: 255}, "blue": {B: 255, A: 255}}
	img := image.NewNRGBA(image.Rectangle{Max: size})
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{Y: 120}), image.Point{}, draw.Src)
	for _, s := range squares {
		draw.Draw(img, s.At, image.NewUniform(colours[s.Class]), image.Point{}, draw.Src)
	}
	return img
}

// PNG encodes a picture.
func PNG(img image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // an empty picture
	}
	return b.Bytes()
}

// Matches reports whether a detection is the square: of its class, and with each
// side (x1, y1, x2, y2, in pixels of the picture) within the tolerance.
func (s Square) Matches(class string, box [4]int) bool {
	sides := [4]int{s.At.Min.X, s.At.Min.Y, s.At.Max.X, s.At.Max.Y}
	for i, side := range sides {
		if off := box[i] - side; off > SquaresTolerance || off < -SquaresTolerance {
			return false
		}
	}
	return class == s.Class
}
