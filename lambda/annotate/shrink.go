package annotate

import (
	"fmt"
	"image"

	"golang.org/x/image/draw"

	"github.com/yolambda/yolambda/lambda/internal/picture"
)

// Shrink scales the picture in data, a file's bytes, down to side pixels of its
// longer side and returns it upright as a JPEG file, with its size. A smaller
// picture keeps its size. It filters as the function itself does when it scales
// a picture to a model's input.
func Shrink(data []byte, side int) ([]byte, image.Point, error) {
	decoded, err := picture.Decode(data)
	if err != nil {
		return nil, image.Point{}, fmt.Errorf("read picture: %w", err)
	}
	from := decoded.Image.Bounds()
	size := from.Size()
	if longer := max(size.X, size.Y); longer > side {
		size = image.Pt(max(1, size.X*side/longer), max(1, size.Y*side/longer))
	}
	small := image.NewRGBA(image.Rectangle{Max: size})
	draw.BiLinear.Scale(small, small.Bounds(), decoded.Image, from, draw.Src, nil)
	file, err := Encode(small, JPEG)
	return file, size, err
}
