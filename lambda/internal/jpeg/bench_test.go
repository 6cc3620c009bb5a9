package jpeg

import (
	"bytes"
	"image/jpeg"
	"path"
	"testing"
	"time"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// BenchmarkDecode decodes photographs. The metric stdlib is how many times longer
// the standard library takes for the same one.
func BenchmarkDecode(b *testing.B) {
	for _, file := range []string{
		"images/real/example.jpg", // 1280x720, progressive
		"images/real/bus.jpg",     // 810x1080, baseline
		"images/hostile/12mp_4032x3024.jpg",
	} {
		data := yolotest.Read(b, yolotest.Shared(b, file))
		b.Run(path.Base(file), func(b *testing.B) {
			b.ReportAllocs()
			reference := time.Duration(0)
			n := 0
			for b.Loop() {
				decode(b, data)
				b.StopTimer()
				if n++; n <= 10 {
					start := time.Now()
					if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
						b.Fatal(err)
					}
					reference += time.Since(start)
				}
				b.StartTimer()
			}
			perOp := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(float64(reference)/float64(min(n, 10))/float64(perOp), "stdlib")
		})
	}
}
