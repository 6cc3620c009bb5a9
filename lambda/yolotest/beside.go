package yolotest

import (
	"testing"
	"time"
)

// BenchmarkBeside times a function, and tells by the metric of that name how many times as
// long the reference takes: in its first ten runs, outside of the measured time.
func BenchmarkBeside(b *testing.B, name string, ours, reference func() error) {
	b.Helper()
	b.ReportAllocs()
	var spent time.Duration
	n := 0
	for b.Loop() {
		if err := ours(); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if n++; n <= 10 {
			start := time.Now()
			if err := reference(); err != nil {
				b.Fatal(err)
			}
			spent += time.Since(start)
		}
		b.StartTimer()
	}
	perOp := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(spent)/float64(min(n, 10))/float64(perOp), name)
}
