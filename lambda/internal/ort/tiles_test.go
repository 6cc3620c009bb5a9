package ort_test

import (
	"bytes"
	"image"
	_ "image/jpeg"
	"testing"

	"golang.org/x/image/draw"

	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestTilesFindMore: of a street with its people, pasted small and often into one
// large picture, the network sees little in the whole and much in tiles.
func TestTilesFindMore(t *testing.T) {
	m := open(t, yolotest.Shared(t, "models", "yolov8n.onnx"))
	photo, _, err := image.Decode(bytes.NewReader(yolotest.Read(t, yolotest.Shared(t, "images", "real", "bus.jpg"))))
	if err != nil {
		t.Fatal(err)
	}
	const columns, rows, w, h = 10, 5, 192, 256 // the photo has 810 x 1080
	img := image.NewRGBA(image.Rect(0, 0, columns*w, rows*h))
	for i := range columns * rows {
		at := image.Pt(i%columns*w, i/columns*h)
		draw.CatmullRom.Scale(img, image.Rectangle{Min: at, Max: at.Add(image.Pt(w, h))}, photo, photo.Bounds(), draw.Src, nil)
	}
	persons := func(tile int) (n int) {
		got, err := m.Predict(ctx, img, yolo.Options{Conf: 0.4, IoU: 0.5, Tile: tile, TileOverlap: 0.25})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range got.Detections {
			if m.Name(d.Class) == "person" {
				n++
			}
		}
		return n
	}
	whole, tiled := persons(0), persons(640)
	t.Logf("%d persons in the whole picture, %d in tiles", whole, tiled)
	// Three stand in the photo in full, one at its edge.
	if copies := columns * rows; tiled < 5*copies/2 || tiled > 4*copies || tiled < 2*whole {
		t.Errorf("%d persons in the whole picture and %d in tiles of %d photos of three or four", whole, tiled, copies)
	}
}
