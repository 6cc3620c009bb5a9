package picture

import (
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// FuzzDecode holds what [Decode] promises for any bytes.
func FuzzDecode(f *testing.F) {
	yolotest.Seeds(f, "testdata/*.*", 40)
	yolotest.Seeds(f, "testdata/kinds/*.*", 150)
	f.Add(pngHeader(6000, 6000, 16, 6))
	f.Add(overlappingStrips())
	f.Add(webp(riff("VP8L", vp8lHeader(3000, 3000))))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Decode(t.Context(), data)
		if err != nil {
			kindOf(t, err)
			return
		}
		checkPromises(t, p)
		p.Release() // for the next input
	})
}
