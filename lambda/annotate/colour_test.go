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
}

// No two colours of the palette look alike: 0.1 in OKLab is about five times
// what can just be told apart.
func TestPaletteDistances(t *testing.T) {
	for i, a := range palette {
		for j, b := range palette[:i] {
			if d := distance(a, b); d < 0.1 {
				t.Errorf("colours %d and %d are %.3f apart", j, i, d)
			}
		}
	}
}

func TestColourOfCOCO(t *testing.T) {
	const person, wineGlass, diningTable = 0, 40, 60
	if colourOf(person) == colourOf(wineGlass) || colourOf(person) == colourOf(diningTable) {
		t.Error("a person looks like a wine glass or a dining table")
	}
	used := map[color.RGBA]bool{}
	for class := range 80 {
		used[colourOf(class)] = true
	}
	if len(used) != len(palette) {
		t.Errorf("80 classes use %d of %d colours", len(used), len(palette))
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
