package detector

import (
	"runtime"
	"testing"
)

// A thousand threads on two CPUs, each waiting for the others, did not finish a picture in ten minutes.
func TestThreads(t *testing.T) {
	cpus := runtime.NumCPU()
	for asked, want := range map[int]int{-3: cpus, 0: cpus, 1: 1, cpus: cpus, 1000 * cpus: cpus} {
		if got := (Config{Threads: asked}).threads(); got != want {
			t.Errorf("%d threads asked for on %d CPUs: %d, want %d", asked, cpus, got, want)
		}
	}
}
