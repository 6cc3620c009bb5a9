package tiff

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/yolambda/yolambda/lambda/internal/jpeg"
)

// ErrUnsupported says that a file is of a kind that this package does not decode.
var ErrUnsupported = errors.New("unsupported TIFF")

// Photometric interpretations: what samples mean.
const (
	whiteIsZero = 0
	blackIsZero = 1
	rgb         = 2
	palette     = 3
	separated   = 5 // CMYK
	yCbCr       = 6
)

// Sample formats.
const (
	unsigned = 1
	signed   = 2
	floating = 3
)

// File is what the directory of a TIFF file tells of its first page. It refers to the
// bytes that it was parsed from.
type File struct {
	Directory
	Width, Height int // pixels, as stored
	// Scans is the number of passes over all blocks that are JPEGs, and ScanPixels the
	// sum of each pass's pixels. Both are 0 otherwise.
	Scans, ScanPixels int

	compression int
	photometric int
	bits        int // a sample
	format      int // of samples
	samples     int // a pixel
	planar      bool
	predictor   int
	subX, subY  int // pixels that share a chroma sample, of yCbCr that is no JPEG
	layout      layout
	jpegs       []*jpeg.File // by block
}

// Limits bound what a file may claim.
type Limits struct {
	Side, Pixels int // of the picture, and of all its blocks together
	JPEGScans    int // of one block
}

// Parse reads the directory, finds the blocks and reads the headers of those that are
// JPEGs. Width and Height are there also where it fails, if they could be read. Its error
// wraps ErrUnsupported or, for a file that ends too early, io.ErrUnexpectedEOF.
func Parse(data []byte, limits Limits) (*File, error) {
	f := &File{Directory: ReadDirectory(data)}
	f.Width, f.Height = f.value(tagWidth, 0), f.value(tagHeight, 0)
	if f.Width <= 0 || f.Height <= 0 || f.Width > limits.Side || f.Height > limits.Side || f.Width*f.Height > limits.Pixels {
		return f, fmt.Errorf("its size is given as %dx%d pixels", f.Width, f.Height)
	}
	if err := f.readSamples(); err != nil {
		return f, err
	}
	if err := f.readCompression(); err != nil {
		return f, err
	}
	if err := f.readColours(); err != nil {
		return f, err
	}
	if err := f.readLayout(limits); err != nil {
		return f, err
	}
	if f.compression == jpegBlocks {
		return f, f.readJPEGs(limits)
	}
	return f, nil
}

// readSamples reads how a pixel's samples are stored.
func (f *File) readSamples() error {
	bits, formats := f.values(tagBitsPerSample), f.values(tagSampleFormat)
	f.samples = f.value(tagSamplesPerPixel, max(len(bits), 1))
	f.bits, f.format = f.value(tagBitsPerSample, 1), f.value(tagSampleFormat, unsigned)
	const mostSamples = 64 // drones have a dozen bands
	if f.samples < 1 || f.samples > mostSamples {
		return fmt.Errorf("%w: %d samples a pixel", ErrUnsupported, f.samples)
	}
	for _, b := range bits[:min(len(bits), f.samples)] {
		if b != f.bits {
			return fmt.Errorf("%w: samples of %d and %d bits", ErrUnsupported, f.bits, b)
		}
	}
	if slices.ContainsFunc(formats, func(v int) bool { return v != f.format }) {
		return fmt.Errorf("%w: samples of different formats", ErrUnsupported)
	}
	if f.format == 4 { // undefined
		f.format = unsigned
	}
	f.planar = f.value(tagPlanar, 1) == 2 && f.samples > 1
	return nil
}

// readColours reads what the samples mean, and refuses what is not converted to RGB.
func (f *File) readColours() error {
	f.photometric = f.value(tagPhotometric, whiteIsZero)
	if f.photometric == whiteIsZero && f.value(tagPhotometric, -1) < 0 && f.samples >= 3 {
		f.photometric = rgb // the tag is missing
	}
	needs := map[int]int{whiteIsZero: 1, blackIsZero: 1, rgb: 3, palette: 1, separated: 4, yCbCr: 3}
	least, known := needs[f.photometric]
	if name := map[int]string{4: "a transparency mask", 8: "CIE L*a*b* colours", 9: "ICC L*a*b* colours", 10: "ITU L*a*b* colours",
		32803: "a camera's raw mosaic", 32844: "LogL", 32845: "LogLuv", 34892: "a camera's linear raw data"}[f.photometric]; name != "" {
		return fmt.Errorf("%w: %s", ErrUnsupported, name)
	}
	if !known {
		return fmt.Errorf("%w: photometric interpretation %d", ErrUnsupported, f.photometric)
	}
	if f.photometric == yCbCr && f.samples == 1 { // grey, as some cameras write it
		f.photometric, least = blackIsZero, 1
	}
	if f.photometric == separated && f.value(tagInkSet, 1) != 1 {
		return fmt.Errorf("%w: inks other than CMYK", ErrUnsupported)
	}
	if f.samples < least {
		return fmt.Errorf("%w: %d samples a pixel in this colour space", ErrUnsupported, f.samples)
	}
	grey := f.photometric == whiteIsZero || f.photometric == blackIsZero
	switch {
	case f.bits >= 1 && f.bits <= 16 && f.format == unsigned:
		if f.photometric == palette && f.bits > 8 || f.photometric == yCbCr && f.bits != 8 {
			return fmt.Errorf("%w: %d bits a sample in this colour space", ErrUnsupported, f.bits)
		}
	case grey && f.bits == 8 && f.format == signed: // Pillow takes them as unsigned
		f.format = unsigned
	case grey && f.bits == 16 && f.format == signed, grey && f.bits == 32 && f.format <= floating:
	default:
		formats := map[int]string{unsigned: "whole numbers", signed: "signed numbers", floating: "floating point"}
		return fmt.Errorf("%w: %d bits a sample, of %s", ErrUnsupported, f.bits, cmp.Or(formats[f.format], "an unknown format"))
	}
	if f.photometric == yCbCr && f.compression != jpegBlocks {
		if err := f.readSampling(); err != nil {
			return err
		}
	}
	if f.photometric == palette && len(f.values(tagColorMap)) < 3<<f.bits {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// readSampling reads how many pixels share a chroma sample.
func (f *File) readSampling() error {
	f.subX, f.subY = 2, 2
	if s := f.values(tagYCbCrSampling); len(s) == 2 {
		f.subX, f.subY = s[0], s[1]
	}
	valid := func(n int) bool { return n == 1 || n == 2 || n == 4 }
	if !valid(f.subX) || !valid(f.subY) || f.subsampled() && (f.planar || f.samples != 3) {
		return fmt.Errorf("%w: chroma sampled %dx%d, %d samples a pixel", ErrUnsupported, f.subX, f.subY, f.samples)
	}
	return nil
}
