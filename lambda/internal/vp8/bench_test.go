package vp8

import (
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// BenchmarkDecode decodes a photograph. The metric reference is how many times longer golang.org/x/image/vp8 takes.
func BenchmarkDecode(b *testing.B) {
	data := chunk(b, yolotest.Shared(b, "images", "variants", "webp_lossy.webp"))
	yolotest.BenchmarkBeside(b, "reference", func() error {
		f, err := Parse(data)
		if err == nil {
			_, err = f.Decode(b.Context())
		}
		return err
	}, func() error {
		_, err := reference(data)
		return err
	})
}
