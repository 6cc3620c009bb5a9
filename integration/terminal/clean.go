// Package terminal is for what people are shown: text that cannot control their terminal,
// columns of any script, colour, and how far long work is.
package terminal

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// Is reports whether w is a terminal.
func Is(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Clean writes out what a terminal would take for a command, and what is invisible, such as
// marks that turn the direction of writing: names of files and classes are other people's.
// An escape character becomes the text \u001b, a byte that is no UTF-8 the text \xff.
func Clean(s string) string { return clean(s, "") }

// CleanLines is Clean for text of several lines: line ends and tabs stay.
func CleanLines(s string) string { return clean(s, "\n\t") }

// joiners are invisible, and parts of words and emoji.
const joiners = "\u200c\u200d"

func clean(s, kept string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsPrint(r) || strings.ContainsRune(kept, r) || strings.ContainsRune(joiners, r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return b.String()
}

// Cleaned is w, with [CleanLines] before it where w is a terminal: for results whose form is a
// program's, which stay as they are in a file or a pipe.
func Cleaned(w io.Writer) io.Writer {
	if !Is(w) {
		return w
	}
	return &cleaner{w: w}
}

// cleaner cleans what is written through it, in whichever pieces it comes.
type cleaner struct {
	w    io.Writer
	rest []byte // the start of a character
}

func (c *cleaner) Write(p []byte) (int, error) {
	data := append(c.rest, p...)
	whole := len(data)
	for i := 1; i < utf8.UTFMax && i <= len(data); i++ {
		if at := len(data) - i; utf8.RuneStart(data[at]) {
			if !utf8.FullRune(data[at:]) {
				whole = at
			}
			break
		}
	}
	c.rest = append([]byte(nil), data[whole:]...)
	_, err := io.WriteString(c.w, CleanLines(string(data[:whole])))
	return len(p), err
}
