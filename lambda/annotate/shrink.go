package annotate

import (
	"image"

	"golang.org/x/image/draw"

	"github.com/yolambda/yolambda/lambda/internal/picture"
)

// Shrink scales the picture in data, a file's bytes, down to side pixels of its
// longer side and returns it upright as a JPEG file, with its size and the one it
// had upright before. A smaller picture keeps its size. It filters as the
// function itself does when it scales a picture to a model's input. It reads what [Decode]
// does, and fails as that.
func Shrink(data []byte, side int) (file []byte, size, before image.Point, err error) {
	decoded, err := Decode(data)
	if err != nil {
		return nil, size, before, err
	}
	from := decoded.Bounds()
	before = from.Size()
	size = before
	if longer := max(size.X, size.Y); longer > side {
		size = image.Pt(max(1, size.X*side/longer), max(1, size.Y*side/longer))
	}
	small := image.NewRGBA(image.Rectangle{Max: size})
	draw.BiLinear.Scale(small, small.Bounds(), decoded, from, draw.Src, nil)
	file, err = Encode(small, JPEG)
	return file, size, before, err
}

// Exceeds reports whether the picture in data has too many pixels for the function, but not
// for [Decode] and [Shrink].
func Exceeds(data []byte) bool { return picture.Exceeds(data) }
