package terminal

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode"
)

func TestClean(t *testing.T) {
	for s, want := range map[string]string{
		"":                          "",
		"naïve ключ 名 🏳️‍🌈.jpg":     "naïve ключ 名 🏳️‍🌈.jpg",
		"a\x1b[2Jb":                 `a\u001b[2Jb`,
		"bell\a and \x7f":           `bell\u0007 and \u007f`,
		"8-bit \u009b2J":            `8-bit \u009b2J`,
		"no UTF-8 \xff\x9b":         `no UTF-8 \xff\x9b`,
		"two\nlines\tand\ra return": `two\u000alines\u0009and\u000da return`,
		"gpj.\u202exe":              `gpj.\u202exe`,
		"\u2028\ufeff":              `\u2028\ufeff`,
		"\U000e0041":                `\U000e0041`,
		`what is \u001b already`:    `what is \u001b already`,
	} {
		if got := Clean(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	if got := CleanLines("two\nlines\tand\r\x1b"); got != "two\nlines\tand"+`\u000d\u001b` {
		t.Errorf("%q", got)
	}
}

// Whatever it is given, nothing that controls a terminal comes out, in whichever pieces it is
// written.
func FuzzCleaner(f *testing.F) {
	f.Add("naïve \x1b[2J ключ \u009b 名\xff", 3)
	f.Add("\xe5\x90", 1)
	f.Fuzz(func(t *testing.T, s string, piece int) {
		if piece < 1 {
			return
		}
		var b bytes.Buffer
		c := &cleaner{w: &b}
		for rest := s; rest != ""; {
			n := min(piece, len(rest))
			if written, err := io.WriteString(c, rest[:n]); written != n || err != nil {
				t.Fatal(written, err)
			}
			rest = rest[n:]
		}
		got := b.String()
		if strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
			t.Errorf("%q", got)
		}
		if want := CleanLines(s[:len(s)-len(c.rest)]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

func TestColumns(t *testing.T) {
	t.Setenv("LANG", "ja_JP.UTF-8")
	for s, want := range map[string]int{"person": 6, "ключ": 4, "猫": 2, "e\u0301": 1, "🐈": 2, "🏳️‍🌈": 2, "": 0, "─": 1} {
		if got := Width(s); got != want {
			t.Errorf("%s takes %d columns, want %d", s, got, want)
		}
		if got := Width(Pad(s, 9)); got != 9 {
			t.Errorf("%s is padded to %d columns", s, got)
		}
	}
	if got := Pad("longer", 3); got != "longer" {
		t.Errorf("%q", got)
	}
}

func TestStyle(t *testing.T) {
	if got := (Style{On: true}).Strong("a") + (Style{On: true}).Faint("") + (Style{}).Alarm("b"); got != "\x1b[1ma\x1b[0mb" {
		t.Errorf("%q", got)
	}
	if StyleOf(&bytes.Buffer{}).On {
		t.Error("what is no terminal gets colour")
	}
}

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	silent := NewProgress(&b, 60, "pictures")
	silent.Add()
	silent.Set(3, 60, "")
	silent.Clear()
	if b.Len() > 0 {
		t.Errorf("what is no terminal gets %q", &b)
	}
	p := Progress{newBar(&b, 3, "pictures")}
	p.Add()
	p.Set(2, 4, "1 failed")
	p.Clear()
	p.Set(4, 4, "")
	unknown := Progress{newBar(&b, -1, "pictures")}
	unknown.Add()
	unknown.Clear()
	if got := b.String(); !strings.Contains(got, "0/3") || !strings.HasSuffix(got, "\r") {
		t.Errorf("%q", got)
	}
}
