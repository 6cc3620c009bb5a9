package jpeg

import (
	"errors"
)

// ErrUnsupported says that a file is of a kind that this package does not decode.
var ErrUnsupported = errors.New("unsupported JPEG")

// File is what the marker segments of a JPEG file tell. It refers to the bytes
// that it was parsed from.
type File struct {
	Width, Height int // pixels, as stored
	// NumScans is the number of passes over the picture: one if it is not
	// progressive, as a rule.
	NumScans int
	// Exif is the body of the first EXIF segment, a TIFF structure, or nil.
	Exif []byte

	progressive    bool
	arithmetic     bool // codes, instead of Huffman's
	components     []component
	hmax, vmax     int  // greatest sampling factors
	severalScans   bool // the first scan does not have all components, or not all of their coefficients
	scans          []scanHeader
	ended          bool // it has its end marker
	jfif           bool
	adobe          bool
	adobeTransform byte // what the Adobe marker says of the colours: 0 for none
}

// Components is the number of components of the frame.
func (f *File) Components() int { return len(f.components) }
