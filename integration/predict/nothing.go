package predict

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/yolambda/yolambda/integration/terminal"
)

const (
	// mostNames are listed of a model's classes.
	mostNames = 100
	// textWidth is where the list of classes is broken into lines, in columns.
	textWidth = 80
)

// Nothing reports whether a picture was answered and nothing was seen in it.
func (r Result) Nothing() bool {
	return r.Err == nil && r.Reply != nil && len(r.Reply.Detections) == 0 && len(r.Reply.Classification) == 0 &&
		r.Reply.Semantic == nil && r.Reply.Depth == nil
}

// ExplainNothing says, where the model saw nothing in some of the pictures, which
// classes it knows and which other models could be asked.
func (j *Job) ExplainNothing(ctx context.Context, w io.Writer) error {
	about, err := j.describe(ctx)
	if err != nil {
		return err
	}
	if len(about.Names) == 0 {
		return nil // a function that does not tell
	}
	var names []string
	for _, id := range about.ids() {
		names = append(names, about.Names[id])
	}
	list := strings.Join(names[:min(len(names), mostNames)], ", ")
	if more := len(names) - mostNames; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	text := fmt.Sprintf("\nThe model %s knows no more than: %s.\n", about.Model, list)
	others := slices.DeleteFunc(slices.Clone(about.Models), func(name string) bool { return name == about.Model })
	if len(others) > 0 {
		text += fmt.Sprintf("There are other models; ask one with --model-name: %s.\n", strings.Join(others, ", "))
	}
	_, err = io.WriteString(w, wrapped(terminal.CleanLines(text), textWidth))
	return err
}

// wrapped breaks each line of text at spaces, where it is wider than that many
// columns; the rest of a line goes on two columns further in.
func wrapped(text string, width int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		column := 0
		for i, word := range strings.Fields(line) {
			length := terminal.Width(word)
			switch {
			case i > 0 && column+1+length > width:
				b.WriteString("\n  ")
				column = 2
			case i > 0:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += length
		}
		b.WriteByte('\n')
	}
	return b.String()
}
