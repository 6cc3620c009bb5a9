package e2e

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
)

// A drawn picture, and where the squares in it lie. 480x270 is scaled by 2/3
// for an input of 320, so that 96 pixels make the model's 64.
var (
	redSquare  = image.Rect(30, 40, 126, 136)
	blueSquare = image.Rect(300, 150, 396, 246)
)

// squaresRequest is what to ask of the model about that picture.
func squaresRequest(t *testing.T) api.Request {
	conf := 0.8
	return api.Request{Image: squaresPicture(t), Options: api.Options{ImgSize: 320, Conf: &conf}}
}

func squaresPicture(t *testing.T) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 480, 270))
	paint := func(r image.Rectangle, c color.Color) {
		draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	paint(img.Rect, color.Gray{Y: 120})
	paint(redSquare, color.NRGBA{R: 255, A: 255})
	paint(blueSquare, color.NRGBA{B: 255, A: 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checkSquares holds a response to what was drawn. A deployed function has
// some other model: of its response the form alone is checked.
func (f *function) checkSquares(t *testing.T, resp *api.Response) {
	t.Helper()
	if resp.Detections == nil {
		t.Error("no detections, not even an empty list")
	}
	if resp.Image == nil || *resp.Image != (api.Image{Width: 480, Height: 270}) {
		t.Errorf("image %+v, want 480x270", resp.Image)
	}
	if f.server == nil {
		return
	}
	want := map[string]image.Rectangle{"red": redSquare, "blue": blueSquare}
	if len(resp.Detections) != len(want) {
		t.Errorf("detections %+v, want one red and one blue", resp.Detections)
	}
	for _, d := range resp.Detections {
		r, expected := want[d.Cls]
		if !expected || d.Conf < 0.8 || d.Conf > 1 {
			t.Errorf("unexpected %+v", d)
			continue
		}
		if !lies(d.Box, r) {
			t.Errorf("%s at %v, want %v within %d px", d.Cls, d.Box, r, squaresTolerance)
		}
	}
}

// squaresTolerance is in pixels of the picture. The model knows a place to half
// a cell of 8 pixels of its input, 12 of the picture; truncation takes up to one
// more.
const squaresTolerance = 7

func lies(box [4]int, r image.Rectangle) bool {
	for i, side := range []int{r.Min.X, r.Min.Y, r.Max.X, r.Max.Y} {
		if off := box[i] - side; off > squaresTolerance || off < -squaresTolerance {
			return false
		}
	}
	return true
}

// object is the default request as a map, for tests that change it.
func object(t *testing.T, req api.Request) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(marshal(t, req), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
