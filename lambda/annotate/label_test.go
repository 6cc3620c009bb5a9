package annotate

import (
	"image"
	"testing"
)

func TestPlace(t *testing.T) {
	picture := image.Rect(0, 0, 200, 100)
	size := image.Pt(50, 10)
	box := image.Rect(40, 30, 120, 80)
	tests := []struct {
		name  string
		box   image.Rectangle
		taken []image.Rectangle
		want  image.Point // the label's top left corner
	}{
		{"above", box, nil, image.Pt(40, 20)},
		{"inside when the box is at the top", image.Rect(40, 5, 120, 80), nil, image.Pt(40, 5)},
		{"moved left at the right border", image.Rect(180, 30, 200, 80), nil, image.Pt(150, 20)},
		{"moved right at the left border", image.Rect(-20, 30, 60, 80), nil, image.Pt(0, 20)},
		{"inside when above is taken", box, []image.Rectangle{image.Rect(30, 10, 80, 25)}, image.Pt(40, 30)},
		{"the least bad when all is taken", box, []image.Rectangle{image.Rect(0, 0, 200, 78)}, image.Pt(40, 80)},
		{"inside when the box is out of the picture", image.Rect(500, 500, 600, 600), nil, image.Pt(150, 90)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := place(size, tt.box, picture, tt.taken)
			if got.Min != tt.want || got.Size() != size {
				t.Errorf("got %v, want %v of size %v", got, tt.want, size)
			}
		})
	}
}
