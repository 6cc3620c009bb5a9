package ort_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestPadBeforeMaxPool: zeros put around a tensor stay zeros in a MaxPool that follows.
func TestPadBeforeMaxPool(t *testing.T) {
	for _, path := range []string{"testdata/graphs/pad-maxpool.onnx", ""} {
		t.Run(path, func(t *testing.T) {
			if path == "" {
				path = yolotest.Shared(t, "foreign", "pad_maxpool.onnx")
			}
			_, session := openFile(t, path)
			out, err := session.Run(ctx, yolo.Tensor{Shape: []int{1, 1, 2, 2}, Data: []float32{-1, -1, -1, -1}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([]float32{-1, 0, 0, 0}, out[0].Data); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}
