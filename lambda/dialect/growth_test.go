package dialect

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// How the time from the network's output to the reply's JSON grows: see
// docs/performance.md. The head is of COCO's size but for what grows.

func BenchmarkDetections(b *testing.B) {
	for _, n := range []int{0, 10, 30, 100, 200, 300} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkHead(b, 80, n) })
	}
}

func BenchmarkClasses(b *testing.B) {
	for _, n := range []int{1, 10, 80, 200, 365, 600, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkHead(b, n, 30) })
	}
}

// benchmarkHead reads a raw head of 8400 anchors in which so many boxes of 3 x 4
// pixels stand side by side.
func benchmarkHead(b *testing.B, classes, detections int) {
	const anchors = 8400
	out := yolo.Tensor{Shape: []int{1, 4 + classes, anchors}, Data: make([]float32, (4+classes)*anchors)}
	for i := range detections {
		at := i * anchors / detections
		for row, v := range []float32{float32(i%20)*3 + 1.5, float32(i/20)*4 + 2, 3, 4} {
			out.Data[row*anchors+at] = v
		}
		out.Data[(4+i%classes)*anchors+at] = 0.9
	}
	m := newModel(b, map[string]string{"task": "detect"}, out)
	b.ReportAllocs()
	for b.Loop() {
		r := predict(b, m)
		if len(r.Detections) != detections {
			b.Fatalf("%d detections, want %d", len(r.Detections), detections)
		}
		if _, err := json.Marshal(must(Native(m, r, api.Polygon, 0))); err != nil {
			b.Fatal(err)
		}
	}
}
