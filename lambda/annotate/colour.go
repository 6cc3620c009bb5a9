package annotate

import (
	"image/color"
	"math"
	"slices"
)

// palette has the colours of the classes, by class id. Each was chosen to lie as far as possible from all before it
// (in OKLab, among colours neither dark nor pale), so that a model with few
// classes gets the most distinct ones.
var palette = [...]color.RGBA{
	rgb(0xFF4B3C), rgb(0x2DFF87), rgb(0x0069F0), rgb(0x2D872D), rgb(0xFFC3FF),
	rgb(0xB42DB4), rgb(0x00C3E1), rgb(0xFFC33C), rgb(0xA587FF), rgb(0xA5691E),
	rgb(0xFF69C3), rgb(0x87B469), rgb(0x0F87A5), rgb(0x87F0E1), rgb(0xE19678),
	rgb(0xB44B69), rgb(0x7869B4), rgb(0x00B40F), rgb(0xB4D200), rgb(0x3C96F0),
}

// Palette returns the colours of the classes 0, 1, 2 and so on, for others who draw
// detections.
func Palette() []color.RGBA { return slices.Clone(palette[:]) }

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF}
}

// PaletteShift is by how many colours each further round through the palette starts
// later than the one before it.
const PaletteShift = 7

// colourOf is the class's colour, the same in every picture. Each further round
// through the palette starts some colours later: of COCO's classes 0, 20, 40
// and 60, a person would otherwise look like the wine glass and the dining table
// that come with one.
func colourOf(class int) color.RGBA {
	n := len(palette)
	class = max(class, 0)
	return palette[(class+class/n*PaletteShift)%n]
}

// textOn is black or white, whichever has more contrast on the ground.
func textOn(ground color.RGBA) color.RGBA {
	// Contrast is (L1+0.05)/(L2+0.05) (WCAG 2): at this luminance black and
	// white are even.
	even := math.Sqrt(1.05*0.05) - 0.05
	if luminance(ground) > even {
		return rgb(0x000000)
	}
	return rgb(0xFFFFFF)
}

// luminance is the relative luminance of an sRGB colour, from 0 to 1 (WCAG 2).
func luminance(c color.RGBA) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
