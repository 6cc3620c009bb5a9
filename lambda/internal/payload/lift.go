package payload

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
)

// minLift is how many bytes of base64 are lifted: more than the headers of a
// function URL have together, which can hold base64 too.
const minLift = 10 << 10

// lift takes long base64 strings out of JSON and decodes them straight from its
// bytes, leaving a placeholder in place of each. encoding/json walks a string several
// times, and one within the string of an event twice as often: for a picture of
// 3 MB that takes as long as the network. Without the pictures it has nothing
// left to do, but still decides what is valid.
//
// A nil lift leaves everything where it is. Its answer is the one that counts: see
// [Reader.Read].
type lift struct {
	buffer []byte            // all that was decoded
	found  map[string][]byte // what was not taken yet, by placeholder; the slices are of buffer
}

// placeholder is followed by a number. It is random so that no request can hold
// it.
var placeholder = "lifted-" + rand.Text() + "-"

// reset forgets what was found and keeps the memory.
func (l *lift) reset() {
	l.buffer = l.buffer[:0]
	l.found = map[string][]byte{}
}

// used reports whether anything was lifted since the reset.
func (l *lift) used() bool { return len(l.buffer) > 0 }

// cut gives the JSON text with placeholders. The JSON may stand in a JSON string
// itself, with a backslash before each quote.
func (l *lift) cut(text []byte) []byte {
	if l == nil {
		return text
	}
	var rest []byte
	kept := 0 // of text, up to here, in rest
	for from := 0; ; {
		length := bytes.IndexByte(text[from:], '"')
		if length < 0 {
			break
		}
		to := from + length
		if length >= minLift {
			start, end := encodedPart(text, from, to)
			if p, ok := l.decode(text[start:end]); ok {
				rest = append(append(rest, text[kept:start]...), p...)
				kept = end
			}
		}
		from = to + 1
	}
	if kept == 0 {
		return text
	}
	return append(rest, text[kept:]...)
}

// encodedPart leaves out what can surround base64 between two quotes: the start
// of a data URL, and the backslashes of the second quote.
func encodedPart(text []byte, from, to int) (start, end int) {
	start, end = from, to
	head := text[from:min(from+64, to)]
	if i := bytes.Index(head, []byte(dataURLMark)); i >= 0 {
		start += i + len(dataURLMark)
	}
	for end > start && text[end-1] == '\\' {
		end--
	}
	return start, end
}

// decode decodes padded standard base64 and gives the placeholder for it.
func (l *lift) decode(encoded []byte) (string, bool) {
	before := len(l.buffer)
	all, err := base64.StdEncoding.AppendDecode(l.buffer, encoded)
	// The decoder skips line breaks, which JSON doesn't allow in a string.
	padding := len(encoded) - len(bytes.TrimRight(encoded, "="))
	if err != nil || len(encoded)%4 != 0 || len(all)-before != len(encoded)/4*3-padding {
		return "", false
	}
	l.buffer = all
	p := fmt.Sprint(placeholder, before)
	l.found[p] = all[before:len(all):len(all)]
	return p, true
}

// take gives, once, the bytes that a placeholder stands for.
func (l *lift) take(text string) ([]byte, bool) {
	if l == nil || !strings.HasPrefix(text, placeholder) {
		return nil, false
	}
	data, ok := l.found[text]
	delete(l.found, text)
	return data, ok
}
