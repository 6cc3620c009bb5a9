package predict

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
)

// convertTime is how long a converter may take for a picture.
const convertTime = time.Minute

// converters make a JPEG of what the function does not read; the first that is installed and
// succeeds does it. They turn the picture upright or leave its orientation in EXIF. ffmpeg is
// none of them: before its version 7 it takes one tile of an iPhone's picture for the whole.
var converters = []struct {
	program string
	args    func(kind, from, to string) []string
}{
	{"sips", func(_, from, to string) []string { // macOS
		return []string{"-s", "format", "jpeg", "-s", "formatOptions", "92", from, "--out", to}
	}},
	{"heif-dec", func(_, from, to string) []string { return []string{"-q", "92", from, to} }}, // libheif
	{"heif-convert", func(_, from, to string) []string { return []string{"-q", "92", from, to} }},
	{"magick", func(kind, from, to string) []string {
		return []string{strings.ToLower(kind) + ":" + from + "[0]", "-quality", "92", "jpeg:" + to}
	}},
}

// foreign tells which format the file has that is converted, empty if none. The brands at
// its start say so: the main one, its version, then those it is compatible with.
func foreign(data []byte) (kind string) {
	if len(data) < 16 || string(data[4:8]) != "ftyp" {
		return ""
	}
	size := int(data[2])<<8 | int(data[3])
	brands := string(data[8:max(12, min(size, len(data), 256))])
	switch {
	case strings.Contains(brands, "avif") || strings.Contains(brands, "avis"):
		return "AVIF"
	case strings.Contains(brands, "heic") || strings.Contains(brands, "heix") || strings.Contains(brands, "mif1"):
		return "HEIC"
	}
	return ""
}

// convert makes a JPEG file of a picture of that kind.
func convert(ctx context.Context, kind string, data []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, convertTime)
	defer cancel()
	folder, err := os.MkdirTemp("", "yolambda-")
	if err != nil {
		return nil, fmt.Errorf("convert %s: %w", kind, err)
	}
	defer os.RemoveAll(folder)
	from, to := filepath.Join(folder, "picture."+strings.ToLower(kind)), filepath.Join(folder, "picture.jpg")
	if err := os.WriteFile(from, data, 0o600); err != nil {
		return nil, fmt.Errorf("convert %s: %w", kind, err)
	}
	var failures []error
	for _, c := range converters {
		program, err := exec.LookPath(c.program)
		if err != nil {
			continue
		}
		var complaint bytes.Buffer
		command := exec.CommandContext(ctx, program, c.args(kind, from, to)...)
		command.Stderr = &complaint
		if err = command.Run(); err == nil {
			var jpeg []byte
			if jpeg, err = os.ReadFile(to); err == nil {
				return jpeg, nil
			}
		}
		failures = append(failures, fmt.Errorf("convert %s with %s: %w %s", kind, c.program, err, lastLine(complaint.String())))
	}
	if failures != nil {
		return nil, errors.Join(failures...)
	}
	return nil, api.Errorf(api.UnsupportedPicture, "%s is not read by the function, and there is no program that converts it: "+
		"install libheif's (apt install libheif-examples, brew install libheif) or ImageMagick 7", kind)
}
