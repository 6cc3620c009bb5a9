package emulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
)

// escapedByJSON is what encoding/json writes between the quotes of a string.
func escapedByJSON(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
}

func checkEscaped(t *testing.T, text string) {
	t.Helper()
	if got, want := string(appendEscaped([]byte("before"), []byte(text))), "before"+escapedByJSON(t, text); got != want {
		t.Errorf("%q: %s, want %s", text, got, want)
	}
}

// TestEscaped puts each byte and what is more than one of them to each place of the eight
// that are looked at at once.
func TestEscaped(t *testing.T) {
	pieces := []string{"", "\u2028", "\u2029", "\u2027", "\ufffd", "ä", "漢", "😀", "\xe2\x80", "\xf0\x9f\x98", "\xed\xa0\x80", "<script>&", "\"\"\"\\\\", "\x00\x1f\x7f", "\" \x80!"}
	for b := range 256 {
		pieces = append(pieces, string([]byte{byte(b)}))
	}
	for _, piece := range pieces {
		for before := range 9 {
			for _, after := range []int{0, 1, 7, 16} {
				checkEscaped(t, strings.Repeat("a", before)+piece+strings.Repeat("b", after))
			}
		}
	}
}

func FuzzEscaped(f *testing.F) {
	f.Add(`{"image":"/9j/4AAQSkZJRgABAQAAAQABAAD"}`)
	f.Add("\u2028 \xff\xe2\x80 <&> \"\\\b\f\n\r\t\x01\x7f 漢😀")
	f.Fuzz(checkEscaped)
}

// BenchmarkEscaped takes a picture in JSON, and the same by encoding/json.
func BenchmarkEscaped(b *testing.B) {
	text := []byte(`{"image":"` + base64.StdEncoding.EncodeToString(make([]byte, 3<<20)) + `"}`)
	b.Run("own", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		var out []byte
		for b.Loop() {
			out = appendEscaped(out[:0], text)
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			escapedByJSON(b, string(text))
		}
	})
}
