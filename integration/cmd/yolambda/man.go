package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

type manCommand struct{}

func (manCommand) Help() string {
	return `Examples:

  yolambda man > ~/.local/share/man/man1/yolambda.1
  yolambda man | man -l -`
}

// Run prints the page, which is made of the very help that the program has.
func (manCommand) Run(std *streams, k *kong.Kong) error {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH YOLAMBDA 1 \"\" %s\n", roffQuote("yolambda "+describeVersion()))
	fmt.Fprintf(&b, ".SH NAME\nyolambda \\- %s\n", roff(k.Model.Help))
	b.WriteString(".SH SYNOPSIS\n.B yolambda\n.I command\n[options] [arguments]\n.SH COMMANDS\n")
	for _, node := range k.Model.Children {
		fmt.Fprintf(&b, ".SS %s\n%s\n", roffQuote(node.Summary()), roff(node.Help))
		for _, arg := range node.Positional {
			fmt.Fprintf(&b, ".TP\n.I %s\n%s\n", roff(arg.Name), roff(arg.Help))
		}
		for _, f := range visible(node) {
			name := `\fB\-\-` + roff(f.Name) + `\fR`
			if f.Short != 0 {
				name = `\fB\-` + string(f.Short) + `\fR, ` + name
			}
			if !f.IsBool() && !f.IsCounter() {
				name += `=\fI` + roff(f.FormatPlaceHolder()) + `\fR`
			}
			fmt.Fprintf(&b, ".TP\n%s\n%s\n", name, roff(f.Help))
		}
		if node.Detail != "" {
			fmt.Fprintf(&b, ".PP\n.nf\n%s\n.fi\n", roff(node.Detail))
		}
	}
	fmt.Fprintf(&b, ".SH ENVIRONMENT AND FILES\n.nf\n%s\n.fi\n", roff(settingsHelp))
	if _, err := fmt.Fprint(std.out, b.String()); err != nil {
		return fmt.Errorf("print manual page: %w", err)
	}
	return nil
}

// roff is text as man pages have it: a point or a quote at the start of a line would be
// a request, a hyphen would not be the one that is typed.
func roff(text string) string {
	lines := strings.Split(strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

// roffQuote is roff for an argument of a request.
func roffQuote(text string) string { return `"` + strings.ReplaceAll(roff(text), `"`, `\(dq`) + `"` }
