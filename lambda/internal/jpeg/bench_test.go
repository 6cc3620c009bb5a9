package jpeg

import (
	"bytes"
	"image/jpeg"
	"path"
	"testing"

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
			yolotest.BenchmarkBeside(b, "stdlib", func() error {
				decode(b, data)
				return nil
			}, func() error {
				_, err := jpeg.Decode(bytes.NewReader(data))
				return err
			})
		})
	}
}
