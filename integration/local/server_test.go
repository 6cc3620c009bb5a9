package local

import "testing"

func TestShare(t *testing.T) {
	for _, tt := range []struct{ cpus, processes, want int }{
		{2, 1, 2}, {2, 2, 1}, {3, 2, 2}, {4, 3, 1}, {6, 4, 2}, {8, 5, 2}, {10, 7, 1}, {2, 1000, 1}, {64, 8, 8},
	} {
		if got := share(tt.cpus, tt.processes); got != tt.want {
			t.Errorf("%d processes on %d CPUs: %d each, want %d", tt.processes, tt.cpus, got, tt.want)
		}
	}
}
