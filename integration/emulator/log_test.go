package emulator

import (
	"strings"
	"testing"
)

func TestProcessLog(t *testing.T) {
	var out buffer
	l := &processLog{shared: &sharedLog{out: &out}}
	write := func(s string) {
		t.Helper()
		if n, err := l.Write([]byte(s)); n != len(s) || err != nil {
			t.Fatalf("Write: %d, %v", n, err)
		}
	}
	expect := func(want string) {
		t.Helper()
		if got := out.String(); got != want {
			t.Errorf("log is %q, want %q", got, want)
		}
	}
	write("be")
	expect("")
	write("fore\nhalf a ")
	expect("before\n")
	l.begin()
	l.printf("START\n")
	expect("before\nhalf a \nSTART\n")
	write("line\n\n")
	if got := l.last(); got != "line" {
		t.Errorf("last line is %q", got)
	}
	write("no end")
	l.flush()
	if got, want := string(l.end()), "half a \nSTART\nline\n\nno end\n"; got != want {
		t.Errorf("log of the invocation is %q, want %q", got, want)
	}
	write("after\n")
	expect("before\nhalf a \nSTART\nline\n\nno end\nafter\n")
	if got := l.end(); got != nil {
		t.Errorf("log of no invocation is %q", got)
	}
}

// TestProcessLogTail: neither a long log nor a long line takes more memory than
// it is worth.
func TestProcessLogTail(t *testing.T) {
	l := &processLog{shared: &sharedLog{out: &buffer{}}}
	l.begin()
	for range 3 {
		if _, err := l.Write([]byte(strings.Repeat("x", logTail))); err != nil {
			t.Fatal(err)
		}
		if len(l.partial) > 0 {
			t.Errorf("%d bytes of a line are held back", len(l.partial))
		}
	}
	l.printf("END\n")
	got := string(l.end())
	if len(got) != logTail || !strings.HasSuffix(got, "xEND\n") {
		t.Errorf("%d bytes are kept, want %d; they end in %q", len(got), logTail, got[len(got)-5:])
	}
}
