package terminal

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// columns counts those of a terminal, whatever the user's locale is: a character of Chinese or
// an emoji takes two, an accent that stands for itself none.
var columns = &runewidth.Condition{StrictEmojiNeutral: true}

// Width is how many columns of a terminal the text takes.
func Width(s string) int { return columns.StringWidth(s) }

// Pad fills the text with spaces on its right to that many columns.
func Pad(s string, width int) string { return s + strings.Repeat(" ", max(0, width-Width(s))) }
