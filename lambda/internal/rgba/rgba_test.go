package rgba

import (
	"bytes"
	"testing"
)

func TestFrom(t *testing.T) {
	src := make([]uint8, 200)
	for i := range src {
		src[i] = uint8(7 * i)
	}
	var palette Palette
	for i := range palette {
		palette.Set(i, uint8(i), uint8(i+1), uint8(i+2))
	}
	for width := range 24 {
		for name, c := range map[string]struct {
			fill func(dst []uint8)
			want func(x int) [4]uint8
		}{
			"RGB": {
				func(dst []uint8) { FromRGB(dst, src[:3*width]) },
				func(x int) [4]uint8 { return [4]uint8{src[3*x], src[3*x+1], src[3*x+2], 255} },
			},
			"BGR": {
				func(dst []uint8) { FromBGR(dst, src[:3*width], 3) },
				func(x int) [4]uint8 { return [4]uint8{src[3*x+2], src[3*x+1], src[3*x], 255} },
			},
			"BGR and a byte": {
				func(dst []uint8) { FromBGR(dst, src[:4*width], 4) },
				func(x int) [4]uint8 { return [4]uint8{src[4*x+2], src[4*x+1], src[4*x], 255} },
			},
			"the high bytes of four samples": {
				func(dst []uint8) { FromSamples(dst, src[1:8*width], 2, 8) },
				func(x int) [4]uint8 { return [4]uint8{src[8*x+1], src[8*x+3], src[8*x+5], 255} },
			},
			"palette": {
				func(dst []uint8) { FromPalette(dst, src[:width], &palette) },
				func(x int) [4]uint8 { return [4]uint8{src[x], src[x] + 1, src[x] + 2, 255} },
			},
		} {
			if width == 0 && name[0] == 't' {
				continue // there is no first sample
			}
			got, want := make([]uint8, 4*width+4), make([]uint8, 0, 4*width+4)
			c.fill(got[:4*width])
			for x := range width {
				pixel := c.want(x)
				want = append(want, pixel[:]...)
			}
			if want = append(want, 0, 0, 0, 0); !bytes.Equal(got, want) {
				t.Errorf("%s, %d pixels: %v, want %v", name, width, got, want)
			}
		}
	}
}
