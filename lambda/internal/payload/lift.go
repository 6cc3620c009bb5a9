package payload

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/yolambda/yolambda/lambda/internal/parallel"
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
	buffer []byte            // all that was decoded, or was to be
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

// used reports whether anything may have been lifted since the reset.
func (l *lift) used() bool { return len(l.buffer) > 0 }

// cut gives the JSON text with placeholders. The JSON may stand in a JSON string
// itself, with a backslash before each quote.
func (l *lift) cut(text []byte) []byte {
	if l == nil {
		return text
	}
	var all []*encoded
	for from := 0; ; {
		length := bytes.IndexByte(text[from:], '"')
		if length < 0 {
			break
		}
		to := from + length
		if length >= minLift {
			start, end := encodedPart(text, from, to)
			if e, ok := newEncoded(text, start, end); ok {
				all = append(all, e)
			}
		}
		from = to + 1
	}
	l.decode(all)
	var rest []byte
	kept := 0 // of text, up to here, in rest
	for _, e := range all {
		if !e.invalid.Load() {
			p := fmt.Sprint(placeholder, e.at)
			l.found[p] = e.data
			rest = append(append(rest, text[kept:e.start]...), p...)
			kept = e.end
		}
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

// encoded is a string that may be padded standard base64.
type encoded struct {
	start, end int // in the JSON text
	fours      []byte
	at, size   int    // where it is decoded to in lift.buffer
	data       []byte // what is there, if the string is valid
	invalid    atomic.Bool
}

// newEncoded reports whether the string has the length and the end of padded base64. None is left of one of
// backslashes alone.
func newEncoded(text []byte, start, end int) (*encoded, bool) {
	fours := text[start:end]
	padding := len(fours) - len(bytes.TrimRight(fours, "="))
	return &encoded{start: start, end: end, fours: fours, size: len(fours)/4*3 - padding}, len(fours) > 0 && len(fours)%4 == 0 && padding <= 2
}

// leastFours is how many times four characters are worth a CPU of their own.
const leastFours = 16 << 10

// decode decodes the strings, all CPUs sharing their characters.
func (l *lift) decode(all []*encoded) {
	fours, end := 0, len(l.buffer)
	for _, e := range all {
		e.at = end
		fours, end = fours+len(e.fours)/4, end+e.size
	}
	l.buffer = slices.Grow(l.buffer, end-len(l.buffer))[:end]
	for _, e := range all {
		e.data = l.buffer[e.at:][:e.size:e.size]
	}
	parallel.Rows(fours, leastFours, func(from, to int) {
		for _, e := range all {
			n := len(e.fours) / 4
			if from < n && to > 0 {
				e.decode(max(from, 0), min(to, n))
			}
			from, to = from-n, to-n
		}
	})
}

// decode decodes a part of the string, counted in times of four characters.
func (e *encoded) decode(from, to int) {
	part := e.data[3*from : min(3*to, e.size)]
	n, err := base64.StdEncoding.Decode(part, e.fours[4*from:4*to])
	// The decoder skips line breaks, which JSON doesn't allow in a string.
	if err != nil || n != len(part) {
		e.invalid.Store(true)
	}
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
