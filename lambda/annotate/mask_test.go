package annotate

import (
	"image"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
)

// runLengths is runLengthMask's, by pycocotools.
const runLengths = "lm^1l1d500000000000000000000000000000000000000hNPK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P50PK0P5X100000000000000000000000000000000000000TZ9"

func TestDecodeRLE(t *testing.T) {
	size := image.Pt(320, 240)
	bits, err := decodeRLE(&api.RLE{Size: [2]int{240, 320}, Counts: runLengths}, size)
	if err != nil {
		t.Fatal(err)
	}
	outer, hole := image.Rect(200, 60, 280, 120), image.Rect(220, 80, 260, 100)
	for y := range size.Y {
		for x := range size.X {
			p := image.Pt(x, y)
			if got, want := bits.AlphaAt(x, y).A > 0, p.In(outer) && !p.In(hole); got != want {
				t.Fatalf("%v is %v, want %v", p, got, want)
			}
		}
	}
	for _, bad := range []string{"\x00", "o", "oooooooooooooooo", "~", "O", "`{2"} {
		if _, err := decodeRLE(&api.RLE{Size: [2]int{2, 2}, Counts: bad}, image.Pt(2, 2)); err == nil {
			t.Errorf("%q is not an error", bad)
		}
	}
	if _, err := decodeRLE(&api.RLE{Size: [2]int{3, 2}, Counts: "4"}, image.Pt(3, 2)); err == nil {
		t.Error("a mask of another size than the picture's is not an error")
	}
}

// FuzzDecodeRLE: a mask comes from outside; nothing in it may panic or take
// time or memory beyond the picture's.
func FuzzDecodeRLE(f *testing.F) {
	f.Add(runLengths, 240, 320)
	f.Add("", 0, 0)
	f.Add("04", 2, 2)
	f.Fuzz(func(t *testing.T, counts string, h, w int) {
		if h < 0 || w < 0 || h > 500 || w > 500 {
			return
		}
		bits, err := decodeRLE(&api.RLE{Size: [2]int{h, w}, Counts: counts}, image.Pt(w, h))
		if err == nil && bits.Rect.Size() != image.Pt(w, h) {
			t.Fatal("neither a mask of the picture's size nor an error")
		}
	})
}
