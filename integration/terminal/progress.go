package terminal

import (
	"io"

	"github.com/schollz/progressbar/v3"
)

// Progress tells how far long work is, how fast it goes and how long it will take. The zero
// value is silent.
type Progress struct{ bar *progressbar.ProgressBar }

// NewProgress is silent unless w is a terminal and there is something to wait for. A total
// below zero is one that nobody knows.
func NewProgress(w io.Writer, total int, noun string) Progress {
	if !Is(w) || total == 0 || total == 1 {
		return Progress{}
	}
	return Progress{newBar(w, total, noun)}
}

func newBar(w io.Writer, total int, noun string) *progressbar.ProgressBar {
	return progressbar.NewOptions(total,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(24),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionSetItsString(noun),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetSpinnerChangeInterval(0), // it is drawn when asked, not amid other text
		progressbar.OptionSetTheme(progressbar.ThemeASCII),
	)
}

// Set tells that so much of the total is done, and a word about it. A bar that can't be
// drawn stops no work.
func (p Progress) Set(done, total int64, word string) {
	if p.bar == nil {
		return
	}
	p.bar.Describe(word)
	if total > 0 {
		p.bar.ChangeMax64(total)
	}
	p.bar.Set64(done)
}

// Add tells that one more is done.
func (p Progress) Add() {
	if p.bar != nil {
		p.bar.Add(1)
	}
}

// Clear takes the bar away, for other text or at the end.
func (p Progress) Clear() {
	if p.bar != nil {
		p.bar.Clear()
	}
}
