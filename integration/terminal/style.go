package terminal

import (
	"io"
	"os"
)

// Style sets off text where there is colour; the zero value leaves it as it is.
type Style struct{ On bool }

// StyleOf is on for a terminal, unless the user wants no colour (https://no-color.org) or
// the terminal has none.
func StyleOf(w io.Writer) Style {
	return Style{On: Is(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// Strong is for what a text is about.
func (s Style) Strong(text string) string { return s.paint("1", text) }

// Faint is for what is besides.
func (s Style) Faint(text string) string { return s.paint("2", text) }

// Alarm is for what went wrong.
func (s Style) Alarm(text string) string { return s.paint("31", text) }

// paint sets a text in one of ECMA-48's renditions.
func (s Style) paint(rendition, text string) string {
	if !s.On || text == "" {
		return text
	}
	return "\x1b[" + rendition + "m" + text + "\x1b[0m"
}
