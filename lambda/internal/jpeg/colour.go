package jpeg

// Colour is what the components of a picture mean.
type Colour int

// The colours that a file may have.
const (
	Grey Colour = iota
	YCbCr
	RGB
	CMYK // inverted: 255 is no ink, as Adobe writes it
	YCCK // CMYK whose first three components are stored as YCbCr
)

// Colour guesses as libjpeg does (default_decompress_parms in jdapimin.c), by
// the JFIF and Adobe markers and the names of the components.
func (f *File) Colour() Colour {
	switch n := len(f.components); {
	case n <= 2: // the second one of a TIFF's blocks is no colour
		return Grey
	case n == 4 && f.adobe && f.adobeTransform != 0:
		return YCCK
	case n == 4:
		return CMYK
	case f.jfif:
		return YCbCr
	case f.adobe && f.adobeTransform == 0:
		return RGB
	case !f.adobe && f.components[0].id == 'R' && f.components[1].id == 'G' && f.components[2].id == 'B':
		return RGB
	}
	return YCbCr
}
