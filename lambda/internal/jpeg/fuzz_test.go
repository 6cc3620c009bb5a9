package jpeg

import (
	"bytes"
	"errors"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// FuzzDecode holds that any bytes are decoded or refused, without a panic, and
// that planes have the size that they claim.
func FuzzDecode(f *testing.F) {
	yolotest.Seeds(f, "testdata/*.jpg", 30)
	f.Add(greedy())
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(data, 100)
		if err != nil || file.Width*file.Height > 1<<20 || file.Width == 0 || file.Height == 0 {
			return // the caller's limits
		}
		samples, err := file.Decode(t.Context())
		if errors.Is(err, errPanicked) {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
		for _, p := range samples.Planes {
			if p = p.Upsample(file.Width, file.Height); p.Width != file.Width || len(p.Pix) < (file.Height-1)*p.Stride+p.Width {
				t.Fatalf("a plane of %d samples, %d a row, for %dx%d", len(p.Pix), p.Stride, file.Width, file.Height)
			}
		}
		want := digest(file, samples.Planes)
		copy(samples.memory, bytes.Repeat([]byte{0xaa}, len(samples.memory)))
		samples.Release()
		if again, err := file.Decode(t.Context()); err != nil || digest(file, again.Planes) != want {
			t.Fatalf("in memory that was used it differs (%v)", err)
		}
	})
}
