package annotate

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
)

func encoded(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDrawMaps(t *testing.T) {
	black := color.RGBA{A: 255}
	picture := image.NewRGBA(image.Rect(0, 0, 4, 1))
	for x := range 4 {
		picture.SetRGBA(x, 0, black)
	}
	grey := image.NewGray(picture.Rect)
	grey.Pix = []uint8{0, 1, 1, 255}
	area := func(id int) api.Area { return api.Area{ClsID: id, Pixels: 1} }
	for name, tt := range map[string]struct {
		classes []api.Area
		drawn   [4]bool
	}{
		"two classes": {[]api.Area{area(0), area(1)}, [4]bool{true, true, true, false}},
		"one class":   {[]api.Area{area(0)}, [4]bool{false, true, true, false}},
	} {
		got := Draw(picture, &api.Response{Semantic: &api.Semantic{Classes: tt.classes, ClassMap: encoded(t, grey)}})
		for x, want := range tt.drawn {
			if (got.RGBAAt(x, 0) != black) != want {
				t.Errorf("%s: %v at %d", name, got.RGBAAt(x, 0), x)
			}
		}
	}
	depth := image.NewGray16(picture.Rect)
	depth.SetGray16(3, 0, color.Gray16{Y: 65535})
	got := Draw(picture, &api.Response{Depth: &api.Depth{Map: &api.DepthMap{PNG: encoded(t, depth)}}})
	if near, far := got.RGBAAt(0, 0), got.RGBAAt(3, 0); near.R <= far.R || far != black {
		t.Errorf("near %v, far %v", near, far)
	}
	// Of another size, and no PNG: the picture stays.
	small := encoded(t, image.NewGray16(image.Rect(0, 0, 2, 1)))
	for _, data := range [][]byte{small, []byte("no PNG"), nil} {
		got := Draw(picture, &api.Response{Depth: &api.Depth{Map: &api.DepthMap{PNG: data}}, Semantic: &api.Semantic{ClassMap: data}})
		if got.RGBAAt(0, 0) != black {
			t.Errorf("%.10q is drawn", data)
		}
	}
}
