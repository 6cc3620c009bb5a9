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

// refused are the formats that people send in spite of all, first match wins, and how
// they become JPEGs.
var refused = []struct{ name, magic, help string }{
	{"AVIF", "....ftypavi", "for example: magick picture.avif picture.jpg"},
	{"HEIC", "....ftyphe", iPhone},
	{"HEIC", "....ftypmif1", iPhone},
	{"HEIC", "....ftypmsf1", iPhone},
	{"video", "....ftyp", "for example: ffmpeg -i video.mp4 -frames 1 picture.jpg"},
	{"JPEG 2000", "\x00\x00\x00\x0cjP  ", "for example: magick picture.jp2 picture.jpg"},
	{"JPEG 2000", "\xff\x4f\xff\x51", "for example: magick picture.jp2 picture.jpg"},
	{"JPEG XL", "\x00\x00\x00\x0cJXL ", "for example: djxl picture.jxl picture.jpg"},
	{"JPEG XL", "\xff\x0a", "for example: djxl picture.jxl picture.jpg"},
	{"Photoshop", "8BPS", "for example: magick picture.psd[0] picture.jpg"},
	{"icon", "\x00\x00\x01\x00", ""},
	{"PDF", "%PDF", "for example: pdftoppm -jpeg document.pdf page"},
	{"SVG", "<svg", ""},
}

const iPhone = "an iPhone takes JPEGs after Settings, Camera, Formats, Most Compatible; for one picture: magick picture.heic picture.jpg"

// sniff finds the format of data by its first bytes.
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
			message := fmt.Sprintf("%s files are not supported: convert it to JPEG or PNG", r.name)
			if r.help != "" {
				message += " (" + r.help + ")"
			}
			return "", &Error{Kind: Unsupported, Message: message}
		}
	}
	return "", unknown(data)
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
