package bmp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// ErrUnsupported says that a file is of a kind that this package does not decode.
var ErrUnsupported = errors.New("unsupported BMP")

// Compressions.
const (
	rgbPixels   = 0
	runs8       = 1
	runs4       = 2
	bitFields   = 3 // three masks say where a pixel's colours are
	alphaFields = 6 // and a fourth, where alpha is
)

// File is what the headers of a bitmap tell. It refers to the bytes that it was parsed
// from.
type File struct {
	Width, Height int // pixels

	topDown     bool // rows start at the top
	bits        int  // a pixel
	compression int
	masks       [3]uint32  // of red, green, blue in a pixel of 16 bits or more
	palette     [][3]uint8 // red, green, blue
	file        []byte
	start       int // of the pixels in file
}

// Sizes of the file's header, and of the info headers behind it.
const (
	fileHeader = 14
	coreHeader = 12 // OS/2 1.x and Windows 2: sizes of 16 bits, palettes of 3 bytes
	os2Header  = 64 // OS/2 2.x
)

var infoHeaders = []int{coreHeader, 40, 52, 56, os2Header, 108, 124}

// Parse reads the headers and the palette. Its error wraps ErrUnsupported or, for a file
// that ends too early, io.ErrUnexpectedEOF.
func Parse(data []byte) (*File, error) {
	le := binary.LittleEndian
	if len(data) < fileHeader+4 {
		return nil, io.ErrUnexpectedEOF
	}
	f := &File{file: data, start: int(le.Uint32(data[10:]))}
	size := int(le.Uint32(data[fileHeader:]))
	if !slices.Contains(infoHeaders, size) {
		return nil, fmt.Errorf("%w: an info header of %d bytes", ErrUnsupported, size)
	}
	end := fileHeader + size
	if end > len(data) {
		return nil, io.ErrUnexpectedEOF
	}
	h := data[fileHeader:end]
	colours, entry := 0, 4
	if size == coreHeader {
		f.Width, f.Height, f.bits = int(le.Uint16(h[4:])), int(le.Uint16(h[6:])), int(le.Uint16(h[10:]))
		entry = 3
	} else {
		f.Width, f.Height, f.bits = int(int32(le.Uint32(h[4:]))), int(int32(le.Uint32(h[8:]))), int(le.Uint16(h[14:]))
		f.compression, colours = int(le.Uint32(h[16:])), int(le.Uint32(h[32:]))
		if f.topDown = f.Height < 0; f.topDown {
			f.Height = -f.Height
		}
	}
	if err := f.checkKind(size); err != nil {
		return f, err
	}
	end, err := f.readMasks(end, size)
	if err != nil {
		return f, err
	}
	return f, f.readPalette(end, colours, entry)
}

// checkKind refuses combinations that mean nothing, or something that is not read.
func (f *File) checkKind(header int) error {
	depths := map[int][]int{
		rgbPixels: {1, 4, 8, 16, 24, 32}, runs8: {8}, runs4: {4}, bitFields: {16, 24, 32}, alphaFields: {16, 32},
	}
	switch {
	case f.compression == 4 || f.compression == 5:
		return fmt.Errorf("%w: a %s inside of it", ErrUnsupported, map[int]string{4: "JPEG", 5: "PNG"}[f.compression])
	case header == os2Header && f.compression >= bitFields:
		return fmt.Errorf("%w: a compression of OS/2", ErrUnsupported)
	case !slices.Contains(depths[f.compression], f.bits):
		return fmt.Errorf("%w: %d bits a pixel in compression %d", ErrUnsupported, f.bits, f.compression)
	}
	return nil
}

// readMasks reads where the colours are in a pixel of 16 bits or more. Masks are part of
// larger headers and follow the one of 40 bytes; end is where what follows starts.
func (f *File) readMasks(end, header int) (int, error) {
	f.masks = [3]uint32{0xff0000, 0xff00, 0xff}
	if f.bits == 16 {
		f.masks = [3]uint32{0x7c00, 0x3e0, 0x1f}
	}
	if f.compression != bitFields && f.compression != alphaFields {
		return end, nil
	}
	at := fileHeader + 40
	if header == 40 {
		end = at + 12
		if f.compression == alphaFields {
			end += 4
		}
	}
	if end > len(f.file) {
		return end, io.ErrUnexpectedEOF
	}
	var masks [3]uint32
	for i := range masks {
		masks[i] = binary.LittleEndian.Uint32(f.file[at+4*i:])
	}
	if masks != [3]uint32{} { // as if there were none
		f.masks = masks
	}
	return end, nil
}

// readPalette reads the colours of up to 8 bits, at end, each of entry bytes. Writers
// that leave out where the pixels start, or say that they start where the palette does,
// mean what follows it.
func (f *File) readPalette(end, colours, entry int) error {
	if f.bits > 8 {
		if f.start == 0 {
			f.start = end
		}
		return nil
	}
	if colours <= 0 || colours > 1<<f.bits {
		if colours > 1<<16 {
			return fmt.Errorf("a palette of %d colours", colours)
		}
		colours = max(colours, 1<<f.bits)
	}
	if f.start <= end {
		f.start = end + colours*entry
	}
	f.palette = make([][3]uint8, 1<<f.bits) // what is missing is black
	for i := range min(colours, len(f.palette)) {
		at := end + i*entry
		if at+3 > len(f.file) {
			return io.ErrUnexpectedEOF
		}
		f.palette[i] = [3]uint8{f.file[at+2], f.file[at+1], f.file[at]}
	}
	return nil
}
