package doctor

import (
	"testing"

	"github.com/yolambda/yolambda/lambda/onnx"
)

// The most come first, and of as many bytes always the same.
func TestPrecision(t *testing.T) {
	for want, weights := range map[string]map[onnx.ElementType]int{
		"of unknown type":                        nil,
		"float32 99 %":                           {onnx.Float32: 9_999, onnx.Int64: 1},
		"int8 75 %, float32 25 %":                {onnx.Float32: 25, onnx.Int8: 75},
		"float32 40 %, float16 40 %, uint8 20 %": {onnx.Float32: 40, onnx.Float16: 40, onnx.Uint8: 20},
	} {
		for range 20 { // whatever the order of a map is
			if got := precision(onnx.Model{Weights: weights}); got != want {
				t.Fatalf("%v: %q, want %q", weights, got, want)
			}
		}
	}
}
