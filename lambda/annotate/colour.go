package annotate

import (
	"image/color"
	"math"
	"slices"
)

// palette has the colours of the classes, by class id. Each was chosen to lie as far as possible from all before it
// (in OKLab, among colours neither dark nor pale), so that a model with few
// classes gets the most distinct ones. There are as many as COCO has classes, no two of
// which look alike then.
var palette = [...]color.RGBA{
	rgb(0xFF4B3C), rgb(0x2DFF87), rgb(0x0069F0), rgb(0x2D872D), rgb(0xFFC3FF),
	rgb(0xB42DB4), rgb(0x00C3E1), rgb(0xFFC33C), rgb(0xA587FF), rgb(0xA5691E),
	rgb(0xFF69C3), rgb(0x87B469), rgb(0x0F87A5), rgb(0x87F0E1), rgb(0xE19678),
	rgb(0xB44B69), rgb(0x7869B4), rgb(0x00B40F), rgb(0xB4D200), rgb(0x3C96F0),
	rgb(0x870FFF), rgb(0xF000FF), rgb(0xF00087), rgb(0xA5C3FF), rgb(0xC378A5),
	rgb(0xD20000), rgb(0xB44BFF), rgb(0x00A587), rgb(0xF096FF), rgb(0xD2A500),
	rgb(0x00E100), rgb(0x7869FF), rgb(0x00E1A5), rgb(0xC3E196), rgb(0xE169FF),
	rgb(0xF0A5C3), rgb(0x878700), rgb(0xE17800), rgb(0xE13CC3), rgb(0x87A5E1),
	rgb(0x874BD2), rgb(0xFF7887), rgb(0xFFB487), rgb(0xB469D2), rgb(0x00C3A5),
	rgb(0xC37869), rgb(0x00A5C3), rgb(0x2DE1FF), rgb(0x78C30F), rgb(0xC396D2),
	rgb(0xF0E100), rgb(0xE15A78), rgb(0xF0004B), rgb(0xFF961E), rgb(0x96F000),
	rgb(0xA500E1), rgb(0x5A4BFF), rgb(0xC3C369), rgb(0xB4872D), rgb(0x7887C3),
	rgb(0x78A50F), rgb(0xC32D87), rgb(0xB44B2D), rgb(0x4BFFC3), rgb(0x69D2C3),
	rgb(0xA55AA5), rgb(0x2D8769), rgb(0x00FF00), rgb(0x3C78C3), rgb(0xD25A00),
	rgb(0x0FC369), rgb(0xFF4BE1), rgb(0x69E169), rgb(0xFFD296), rgb(0xFF784B),
	rgb(0xA5F078), rgb(0xD200E1), rgb(0x3CB4FF), rgb(0xFF4B96), rgb(0x69782D),
}

// Palette returns the colours of the classes 0, 1, 2 and so on, for others who draw
// detections.
func Palette() []color.RGBA { return slices.Clone(palette[:]) }

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF}
}

// colourOf is the class's colour, the same in every picture.
func colourOf(class int) color.RGBA { return palette[max(class, 0)%len(palette)] }

// textOn is white where it has the contrast on the ground that small text needs, and
// black elsewhere: on dark colours, where both have it, people read white more easily.
func textOn(ground color.RGBA) color.RGBA {
	// Contrast is (L1+0.05)/(L2+0.05) (WCAG 2); white's L is 1.
	const enough = 4.5
	if 1.05/(luminance(ground)+0.05) >= enough {
		return rgb(0xFFFFFF)
	}
	return rgb(0x000000)
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
