package annotate

import (
	"image/color"
	"math"
	"testing"
)

// Small text needs a contrast of 4.5 (WCAG 2, level AA).
func TestTextContrast(t *testing.T) {
	for class, ground := range palette {
		a, b := luminance(ground), luminance(textOn(ground))
		if contrast := (max(a, b) + 0.05) / (min(a, b) + 0.05); contrast < 4.5 {
			t.Errorf("class %d: contrast %.2f", class, contrast)
		}
	}
	if got := textOn(rgb(0x2D872D)); got != rgb(0xFFFFFF) { // black would be read, too, by a little
		t.Errorf("text on dark green is %v, want white", got)
	}
}

// No two colours of the palette look alike, the first ones least of all: 0.02 in OKLab
// can just be told apart.
func TestPaletteDistances(t *testing.T) {
	const first = 20
	for i, a := range palette {
		for j, b := range palette[:i] {
			least := 0.065
			if i < first {
				least = 0.1
			}
			if d := distance(a, b); d < least {
				t.Errorf("colours %d and %d are %.3f apart", j, i, d)
			}
		}
	}
}

// Each of COCO's classes has a colour of its own: a cat (15) beside a cup (41), too.
func TestColourOfCOCO(t *testing.T) {
	used := map[color.RGBA]int{}
	for class := range 80 {
		if other, ok := used[colourOf(class)]; ok {
			t.Errorf("classes %d and %d have one colour", other, class)
		}
		used[colourOf(class)] = class
	}
	if colourOf(-1) != colourOf(0) || colourOf(80) != colourOf(0) {
		t.Error("beyond its ends the palette begins anew")
	}
}

// distance is the Euclidean distance in OKLab
// (https://bottosson.github.io/posts/oklab/).
func distance(a, b color.RGBA) float64 {
	p, q := oklab(a), oklab(b)
	return math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2])
}

func oklab(c color.RGBA) [3]float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return [3]float64{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}
