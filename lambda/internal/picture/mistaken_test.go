package picture

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// asText is what a program sends that reads a file as UTF-8 text.
func asText(data []byte) []byte { return []byte(string([]rune(string(data)))) }

// asLatin1 is what one sends that reads it as Latin-1 and writes UTF-8.
func asLatin1(data []byte) []byte {
	var b strings.Builder
	for _, c := range data {
		b.WriteRune(rune(c))
	}
	return []byte(b.String())
}

// asCurl is what curl -d @file sends.
func asCurl(data []byte) []byte {
	return []byte(strings.NewReplacer("\x00", "", "\r", "", "\n", "").Replace(string(data)))
}

func asUTF16(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// What was done to a picture on its way is named, in each format, whether its first
// bytes survived or not.
func TestMistreated(t *testing.T) {
	for _, name := range []string{"rgb.jpg", "progressive.jpg", "palette.png", "lossy.webp", "lossless.webp", "animated.gif", "lzw.tif"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for how, sent := range map[string][]byte{
			"were read as text":               asText(data),
			"without any zero or end of line": asCurl(data),
			"gzip data":                       append([]byte("\x1f\x8b\x08"), data...),
			"a byte order mark":               append([]byte("\xef\xbb\xbf"), data...),
			"base64 text":                     []byte(base64.StdEncoding.EncodeToString(data)),
		} {
			wantMessage(t, name, sent, how)
		}
		if ext := filepath.Ext(name); ext == ".jpg" || ext == ".png" {
			wantMessage(t, name, asLatin1(data), "were read as text in Latin-1")
		}
	}
}

// What is not a picture is named.
func TestMistaken(t *testing.T) {
	for what, data := range map[string][]byte{
		"an HTML page":           []byte("\n<!DOCTYPE html>\n<html lang=en><title>Sign in</title>"),
		"an XML document":        []byte(`<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`),
		"a ZIP archive":          []byte("PK\x03\x04\x14\x00\x00\x00"),
		"Zstandard data":         []byte("\x28\xb5\x2f\xfd\x04\x00"),
		"text in UTF-16":         asUTF16(`{"image":"aGVsbG8="}`),
		"a multipart form":       []byte("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n\xff\xd8\xff"),
		"a URL-encoded form":     []byte("image=%FF%D8%FF%E0"),
		"the name of a file":     []byte("@photo.jpg"),
		"JSON":                   []byte(`"/9j/4AAQSkZJRg=="`),
		"JSON, not":              []byte("\n{\"message\": \"Not Found\"}"),
		"text, not":              []byte("hello, wörld"),
		"a format we know: send": {0, 1, 2, 3, 0xff},
	} {
		wantMessage(t, what, data, what)
	}
}

func wantMessage(t *testing.T, name string, data []byte, text string) {
	t.Helper()
	_, err := Decode(t.Context(), data)
	pic, ok := errors.AsType[*Error](err)
	if !ok || !strings.Contains(pic.Message, text) {
		t.Errorf("%s: got %v, want %q", name, err, text)
	}
}

// A picture that is merely broken is not said to be anything else.
func TestBrokenAlone(t *testing.T) {
	for _, name := range []string{"rgb.jpg", "palette.png", "lossy.webp", "lzw.tif"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Decode(t.Context(), data[:min(len(data)/2, 60)])
		if pic, ok := errors.AsType[*Error](err); !ok || bytes.Contains([]byte(pic.Message), []byte("made of")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
