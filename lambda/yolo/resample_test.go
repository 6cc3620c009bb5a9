package yolo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// drawn is the picture of testdata/make.py.
func drawn(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := func(c int) uint8 { return uint8((3*x*x + 5*y*y + 7*x*y + 85*c) / 16) }
			img.SetNRGBA(x, y, color.NRGBA{v(0), v(1), v(2), 255})
		}
	}
	return img
}

// TestLetterboxLibraries compares with tensors that Pillow and OpenCV made: the
// same bytes at the same place.
func TestLetterboxLibraries(t *testing.T) {
	var cases []struct {
		Picture, Tensor [2]int
		Size, Left, Top int
		Placement       string
		SHA256          string
	}
	text, err := os.ReadFile(filepath.Join("testdata", "letterbox.json"))
	if err == nil {
		err = json.Unmarshal(text, &cases)
	}
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.Picture, c.Size, c.Placement), func(t *testing.T) {
			f, filter := fit{size: Size{c.Size, c.Size}, multiple: 32}, pillow
			if c.Placement == "center" {
				f.placement, filter = Center, openCV
			}
			lb := newLetterbox(Size{c.Picture[0], c.Picture[1]}, f)
			if lb.Tensor != (Size{c.Tensor[0], c.Tensor[1]}) || lb.Left != c.Left || lb.Top != c.Top {
				t.Fatalf("tensor %v at (%d, %d), want %v at (%d, %d)", lb.Tensor, lb.Left, lb.Top, c.Tensor, c.Left, c.Top)
			}
			data := make([]float32, 3*lb.Tensor.H*lb.Tensor.W)
			fillTensor(data, drawn(lb.Picture.W, lb.Picture.H), lb, filter)
			if sum := sha256.Sum256(interleaved(data)); hex.EncodeToString(sum[:]) != c.SHA256 {
				t.Error("the pixels differ from the library's")
			}
		})
	}
}

// interleaved turns a tensor's planes back into RGB bytes.
func interleaved(data []float32) []byte {
	n := len(data) / 3
	b := make([]byte, 0, len(data))
	for i := range n {
		for c := range 3 {
			b = append(b, byte(math.Round(float64(data[c*n+i])*255)))
		}
	}
	return b
}

// TestFillTensorReference compares with a resize in float64 written down from
// the definition of the triangle filter. Each of the two passes rounds to a
// byte in Pillow, and OpenCV keeps 11 bits of its weights: 1.5 steps of 255.
func TestFillTensorReference(t *testing.T) {
	const tolerance = 1.5 / 255
	random := rand.New(rand.NewPCG(5, 6))
	for range 60 {
		picture := Size{1 + random.IntN(90), 1 + random.IntN(90)}
		img := image.NewNRGBA(image.Rect(0, 0, picture.W, picture.H))
		for i := range img.Pix {
			img.Pix[i] = uint8(random.IntN(256))
		}
		size := Size{1 + random.IntN(70), 1 + random.IntN(70)}
		placement := Placement(random.IntN(2))
		for name, lb := range map[string]Letterbox{
			"letterbox": newLetterbox(picture, fit{size: size, placement: placement}),
			"crop":      newCenterCrop(picture, Size{size.H, size.H}),
		} {
			for filterName, f := range map[string]filter{"pillow": pillow, "openCV": openCV} {
				got := make([]float32, 3*lb.Tensor.H*lb.Tensor.W)
				fillTensor(got, img, lb, f)
				if !slices.Equal(got, plainTensor(img, lb, f)) {
					t.Fatalf("%s %s %+v: differs from the plain resize", name, filterName, lb)
				}
				want := referenceTensor(img, lb, f.antialias)
				for i := range got {
					if math.Abs(float64(got[i])-want[i]) > tolerance {
						t.Fatalf("%s %s %+v: %v at %d, want %v", name, filterName, lb, got[i], i, want[i])
					}
				}
			}
		}
	}
}

// plainTensor resizes with the same arithmetic one sample after the other.
func plainTensor(img *image.NRGBA, lb Letterbox, f filter) []float32 {
	one := uint32(f.one())
	columns := f.taps(lb.Picture.W, lb.Resized.W, 0, lb.Resized.W).within(lb.Picture.W, one)
	rows := f.taps(lb.Picture.H, lb.Resized.H, 0, lb.Resized.H)
	out := make([]float32, 3*lb.Tensor.H*lb.Tensor.W)
	for i := range out {
		c, y, x := i/lb.Tensor.W/lb.Tensor.H, i/lb.Tensor.W%lb.Tensor.H-lb.Top, i%lb.Tensor.W-lb.Left
		if x < 0 || y < 0 || x >= lb.Resized.W || y >= lb.Resized.H {
			out[i] = padding / 255.
			continue
		}
		column, row := columns.of(x), rows.of(y)
		sum := f.columnRound
		for k, wy := range row.weights {
			sy := min(max(row.first+k, 0), lb.Picture.H-1)
			v := f.rowRound
			for j, wx := range column.weights {
				v += wx * uint32(img.Pix[img.PixOffset(column.first+j, sy)+c])
			}
			sum += wy * (v >> f.rowShift) >> f.tapShift
		}
		out[i] = float32(sum>>f.columnShift) / 255
	}
	return out
}

func referenceTensor(img *image.NRGBA, lb Letterbox, antialias bool) []float64 {
	out := make([]float64, 3*lb.Tensor.H*lb.Tensor.W)
	for y := range lb.Tensor.H {
		wy := referenceWeights(lb.Picture.H, lb.Resized.H, y-lb.Top, antialias)
		for x := range lb.Tensor.W {
			wx := referenceWeights(lb.Picture.W, lb.Resized.W, x-lb.Left, antialias)
			for c := range 3 {
				sum := 0.0
				for sy, a := range wy {
					for sx, b := range wx {
						sum += a * b * float64(img.Pix[img.PixOffset(sx, sy)+c])
					}
				}
				if wx == nil || wy == nil {
					sum = padding
				}
				out[(c*lb.Tensor.H+y)*lb.Tensor.W+x] = sum / 255
			}
		}
	}
	return out
}

// referenceWeights are the weights by source pixel of output pixel i of a resize
// from n pixels to out; nil outside of it.
func referenceWeights(n, out, i int, antialias bool) map[int]float64 {
	if i < 0 || i >= out {
		return nil
	}
	scale := float64(n) / float64(out)
	radius := 1.0
	if antialias && scale > 1 {
		radius = scale
	}
	center, total, weights := (float64(i)+0.5)*scale, 0.0, map[int]float64{}
	for s := range n {
		if w := 1 - math.Abs(float64(s)+0.5-center)/radius; w > 0 {
			weights[s], total = w, total+w
		}
	}
	for s := range weights {
		weights[s] /= total
	}
	return weights
}

// TestImageTypes gives the same pixels as every type of picture, also as a part
// of a larger one.
func TestImageTypes(t *testing.T) {
	const w, h = 37, 29
	lb := newLetterbox(Size{h, w}, fit{size: Size{64, 64}, multiple: 32})
	tensorOf := func(img image.Image) []float32 {
		data := make([]float32, 3*lb.Tensor.H*lb.Tensor.W)
		fillTensor(data, img, lb, pillow)
		return data
	}
	grey := image.NewGray(image.Rect(0, 0, w, h))
	for i := range grey.Pix {
		grey.Pix[i] = uint8(i * 7)
	}
	palette := make(color.Palette, 256)
	for i := range palette {
		palette[i] = color.Gray{uint8(i)}
	}
	frame, at := image.Rect(0, 0, w+9, h+9), image.Rect(5, 3, w+5, h+3)
	want := tensorOf(grey)
	for _, img := range []draw.Image{
		image.NewGray(frame), image.NewRGBA(frame), image.NewNRGBA(frame), image.NewRGBA64(frame), image.NewNRGBA64(frame),
		image.NewGray16(frame), image.NewPaletted(frame, palette),
	} {
		t.Run(fmt.Sprintf("%T", img), func(t *testing.T) {
			draw.Draw(img, at, grey, image.Point{}, draw.Src)
			part := img.(interface {
				SubImage(image.Rectangle) image.Image
			}).SubImage(at)
			if !slices.Equal(tensorOf(part), want) {
				t.Error("the tensor differs from that of image.Gray")
			}
		})
	}
	for ratio := image.YCbCrSubsampleRatio444; ratio <= image.YCbCrSubsampleRatio410; ratio++ {
		t.Run("*image.YCbCr "+ratio.String(), func(t *testing.T) {
			img := image.NewYCbCr(frame, ratio)
			for i := range img.Cb {
				img.Cb[i], img.Cr[i] = 128, 128
			}
			for y := range h {
				copy(img.Y[img.YOffset(at.Min.X, at.Min.Y+y):], grey.Pix[y*w:(y+1)*w])
			}
			if !slices.Equal(tensorOf(img.SubImage(at)), want) {
				t.Error("the tensor differs from that of image.Gray")
			}
		})
	}
	t.Run("alpha is ignored, of every type", func(t *testing.T) {
		// Wholly transparent, as palettes of GIF and PNG and the cut-out parts of pictures are.
		deep, ycbcr := image.NewNRGBA64(grey.Rect), image.NewNYCbCrA(grey.Rect, image.YCbCrSubsampleRatio420)
		clear := image.NewPaletted(grey.Rect, slices.Clone(palette))
		for i := range clear.Palette {
			clear.Palette[i] = color.NRGBA{uint8(i), uint8(i), uint8(i), 0}
		}
		for i, v := range grey.Pix {
			deep.SetNRGBA64(i%w, i/w, color.NRGBA64{uint16(v) << 8, uint16(v) << 8, uint16(v) << 8, 0})
			ycbcr.Y[ycbcr.YOffset(i%w, i/w)], clear.Pix[i] = v, v
		}
		for i := range ycbcr.Cb {
			ycbcr.Cb[i], ycbcr.Cr[i] = 128, 128
		}
		if blank := image.NewPaletted(grey.Rect, nil); !slices.Equal(tensorOf(blank), tensorOf(image.NewGray(grey.Rect))) {
			t.Error("a palette without colours is not black")
		}
		for _, img := range []image.Image{deep, clear, ycbcr} {
			if !slices.Equal(tensorOf(img), want) {
				t.Errorf("the tensor of %T differs from that of image.Gray", img)
			}
		}
	})
	t.Run("alpha is ignored", func(t *testing.T) {
		img := drawn(w, h)
		opaque := tensorOf(img)
		for i := 3; i < len(img.Pix); i += 4 {
			img.Pix[i] = uint8(i)
		}
		if !slices.Equal(tensorOf(img), opaque) {
			t.Error("the tensor depends on alpha")
		}
	})
}

func BenchmarkFillTensor(b *testing.B) {
	for _, size := range []Size{{720, 1280}, {3000, 4000}} {
		img := image.NewYCbCr(image.Rect(0, 0, size.W, size.H), image.YCbCrSubsampleRatio420)
		for i := range img.Y {
			img.Y[i] = uint8(i * 7)
		}
		for i := range img.Cb {
			img.Cb[i], img.Cr[i] = uint8(i*3), uint8(i*5)
		}
		for name, f := range map[string]filter{"pillow": pillow, "openCV": openCV} {
			b.Run(fmt.Sprintf("%s/%dx%d", name, size.W, size.H), func(b *testing.B) {
				lb := newLetterbox(size, fit{size: Size{640, 640}, multiple: 32})
				data := make([]float32, 3*lb.Tensor.H*lb.Tensor.W)
				for b.Loop() {
					fillTensor(data, img, lb, f)
				}
			})
		}
	}
}
