package picture

import (
	"fmt"
	"strings"
)

// Format is a file format, by the name of its media subtype.
type Format string

// The formats that [Decode] reads.
const (
	JPEG Format = "jpeg"
	PNG  Format = "png"
	WebP Format = "webp"
	GIF  Format = "gif"
	BMP  Format = "bmp"
	TIFF Format = "tiff"
)

// label is the format's name in a sentence.
func (f Format) label() string {
	if f == WebP {
		return "WebP"
	}
	return strings.ToUpper(string(f))
}

// signatures start the files of each format; a dot stands for any byte.
var signatures = []struct {
	format Format
	magic  string
}{
	{JPEG, "\xff\xd8"},
	{PNG, "\x89PNG\r\n\x1a\n"},
	{WebP, "RIFF....WEBP"},
	{GIF, "GIF87a"},
	{GIF, "GIF89a"},
	{BMP, "BM"},
	{TIFF, "II*\x00"},
	{TIFF, "MM\x00*"},
	{TIFF, "II+\x00"}, // BigTIFF
	{TIFF, "MM\x00+"},
}

// refused are the formats that people send in spite of all, first match wins.
var refused = []struct{ name, magic string }{
	{"AVIF", "....ftypavi"},
	{"HEIC", "....ftyphe"},
	{"HEIC", "....ftypmif1"},
	{"HEIC", "....ftypmsf1"},
	{"video", "....ftyp"},
	{"JPEG 2000", "\x00\x00\x00\x0cjP  "},
	{"JPEG 2000", "\xff\x4f\xff\x51"},
	{"JPEG XL", "\x00\x00\x00\x0cJXL "},
	{"JPEG XL", "\xff\x0a"},
	{"Photoshop", "8BPS"},
	{"icon", "\x00\x00\x01\x00"},
	{"PDF", "%PDF"},
	{"SVG", "<svg"},
}

// sniff tells the format of data by its first bytes.
func sniff(data []byte) (Format, error) {
	if len(data) == 0 {
		return "", &Error{Kind: Broken, Message: "the picture is empty"}
	}
	for _, s := range signatures {
		if startsWith(data, s.magic) {
			return s.format, nil
		}
	}
	for _, r := range refused {
		if startsWith(data, r.magic) {
			return "", &Error{
				Kind:    Unsupported,
				Message: fmt.Sprintf("%s files are not supported: convert it to JPEG or PNG", r.name),
			}
		}
	}
	return "", &Error{
		Kind:    Unsupported,
		Message: "this is not a picture in a format we know: send JPEG, PNG, WebP, GIF, BMP or TIFF",
	}
}

func startsWith(data []byte, magic string) bool {
	if len(data) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '.' && magic[i] != data[i] {
			return false
		}
	}
	return true
}
