package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/chroma"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestTurnedPhotographs compares JPEGs of all orientations, subsamplings and parities of
// sides with what Pillow's exif_transpose makes of them, to the last bit.
func TestTurnedPhotographs(t *testing.T) {
	dir := filepath.Join("testdata", "turned")
	var golden map[string][]string // by file, orientations 1 to 8
	if err := json.Unmarshal(yolotest.Read(t, filepath.Join(dir, "golden.json")), &golden); err != nil || len(golden) != 5*4 {
		t.Fatalf("%d files: %v", len(golden), err)
	}
	for name, digests := range golden {
		file := yolotest.Read(t, filepath.Join(dir, name))
		for i, want := range digests {
			t.Run(fmt.Sprint(name, " ", i+1), func(t *testing.T) {
				p, err := Decode(t.Context(), withOrientation(file, i+1))
				if err != nil {
					t.Fatal(err)
				}
				if sum := sha256.Sum256(rgbOf(p.Image)); hex.EncodeToString(sum[:]) != want {
					t.Error("the pixels differ from Pillow's")
				}
				if _, copied := p.Image.(*image.RGBA); copied {
					t.Error("it became RGBA")
				}
			})
		}
	}
}

// withOrientation is the JPEG file with an EXIF segment.
func withOrientation(jpeg []byte, orientation int) []byte {
	exif := append([]byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), byte(orientation), 0, 0, 0, 0, 0, 0)
	return bytes.Join([][]byte{jpeg[:2], exif, jpeg[2:]}, nil)
}

// rgbOf is a picture's pixels R, G, B.
func rgbOf(img image.Image) []byte {
	m := toRGBA(img)
	out := make([]byte, 0, len(m.Pix)/4*3)
	for p := m.Pix; len(p) > 0; p = p[4:] {
		out = append(out, p[:3]...)
	}
	return out
}

// TestUpright compares with pixel-by-pixel mapping in RGB.
func TestUpright(t *testing.T) {
	// Where the pixel at (x,y) of the upright picture is stored; w, h as stored.
	source := [9]func(x, y, w, h int) (int, int){
		1: func(x, y, w, h int) (int, int) { return x, y },
		2: func(x, y, w, h int) (int, int) { return w - 1 - x, y },
		3: func(x, y, w, h int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y, w, h int) (int, int) { return x, h - 1 - y },
		5: func(x, y, w, h int) (int, int) { return y, x },
		6: func(x, y, w, h int) (int, int) { return y, h - 1 - x },
		7: func(x, y, w, h int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y, w, h int) (int, int) { return w - 1 - y, x },
	}
	for _, size := range []image.Point{{1, 1}, {8, 4}, {7, 5}, {8, 5}, {7, 4}, {130, 67}} {
		rect := image.Rect(0, 0, size.X, size.Y)
		stored := []image.Image{image.NewGray(rect), image.NewRGBA(rect)}
		for ratio := image.YCbCrSubsampleRatio444; ratio <= image.YCbCrSubsampleRatio410; ratio++ {
			stored = append(stored, image.NewYCbCr(rect, ratio))
		}
		for _, img := range stored {
			switch m := img.(type) {
			case *image.Gray:
				fill(m.Pix, 1)
			case *image.RGBA:
				fill(m.Pix, 1)
				for i := 3; i < len(m.Pix); i += 4 {
					m.Pix[i] = 255
				}
			case *image.YCbCr:
				fill(m.Y, 1)
				fill(m.Cb, 2)
				fill(m.Cr, 3)
			}
			for o := 2; o <= 8; o++ {
				got := upright(img, o)
				b := got.Bounds()
				if o < 5 && b != rect || o >= 5 && b != image.Rect(0, 0, size.Y, size.X) {
					t.Fatalf("%T %v, orientation %d: bounds %v", img, size, o, b)
				}
				checkTurned(t, toRGBA(got), toRGBA(img), source[o])
			}
		}
	}
}

// checkTurned compares an upright picture with the stored one; source says where a pixel
// comes from.
func checkTurned(t *testing.T, got, stored *image.RGBA, source func(x, y, w, h int) (int, int)) {
	t.Helper()
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			sx, sy := source(x, y, stored.Rect.Dx(), stored.Rect.Dy())
			if g, w := got.RGBAAt(x, y), stored.RGBAAt(sx, sy); g != w {
				t.Fatalf("%v: pixel (%d,%d): %v, want %v", stored.Rect, x, y, g, w)
			}
		}
	}
}

// fill writes values that do not repeat from row to row.
func fill(pix []byte, seed int) {
	for i := range pix {
		pix[i] = byte(i*i*seed>>3 + 37*i)
	}
}

// TestUprightPanics checks that a panic while a picture is turned reaches the caller, who
// recovers from it: on a goroutine of its own it would end the process.
func TestUprightPanics(t *testing.T) {
	m := image.NewYCbCr(image.Rect(0, 0, 300, 300), image.YCbCrSubsampleRatio420)
	m.Cb = m.Cb[:len(m.Cb)/2]
	defer func() {
		if recover() == nil {
			t.Error("a picture with half of its chroma was turned")
		}
	}()
	upright(m, 6)
}

// toRGBA converts any picture, YCbCr as libjpeg does.
func toRGBA(img image.Image) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	m, ok := img.(*image.YCbCr)
	if !ok {
		draw.Draw(dst, dst.Rect, img, img.Bounds().Min, draw.Src)
		return dst
	}
	var r chroma.Reader
	r.Open(m)
	for y := range dst.Rect.Dy() {
		luma, cb, cr := r.Row(y)
		chroma.RGB(dst.Pix[y*dst.Stride:], luma, cb, cr)
	}
	for i := 3; i < len(dst.Pix); i += 4 {
		dst.Pix[i] = 255
	}
	return dst
}
