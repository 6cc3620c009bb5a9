package bootstrap

import (
	"runtime"
	"strings"
	"testing"
)

func TestShareOfCPUs(t *testing.T) {
	all := runtime.NumCPU()
	for text, want := range map[string]int{"": all, "1": 1, "0": all, "-1": all, "two": all, "1000000": all} {
		if got := share(text); got != want {
			t.Errorf("YOLAMBDA_CPUS=%q of %d CPUs: %d, want %d", text, all, got, want)
		}
	}
}

// A process that is given one CPU answers as one that has all.
func TestOneCPU(t *testing.T) {
	t.Setenv("YOLAMBDA_CPUS", "1")
	s := squaresSandbox(t)
	s.rightAnswer()
	s.process.Process.Kill()
	<-s.process.exited
	if log := s.process.log.String(); !strings.Contains(log, `"threads":1,`) {
		t.Errorf("the log doesn't tell of one thread: %s", log)
	}
}
