package bootstrap

import (
	"bytes"
	"image"
	_ "image/jpeg"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkInvoke answers events of a function URL with the picture as base64 in
// JSON: the whole function but for Lambda's Runtime API. `make bench` runs it, on
// the model of YOLAMBDA_MODEL and the JPEGs in the folder YOLAMBDA_BENCH_PICTURES.
//
// Its planes-B is the memory of the decoded picture with halved chroma, which
// B/op contains unless it is used again.
func BenchmarkInvoke(b *testing.B) {
	files, _ := filepath.Glob(filepath.Join(os.Getenv("YOLAMBDA_BENCH_PICTURES"), "*.jpg")) // the pattern is well-formed
	if len(files) == 0 {
		b.Skip("no pictures in YOLAMBDA_BENCH_PICTURES: `make bench` makes some")
	}
	h, err := start(readConfig(), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	for _, file := range files {
		picture, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		size, _, err := image.DecodeConfig(bytes.NewReader(picture))
		if err != nil {
			b.Fatal(err)
		}
		event := jsonEvent(picture)
		b.Run(filepath.Base(file), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				reply, err := h.Invoke(b.Context(), event)
				if err != nil || !bytes.Contains(reply, []byte(`"statusCode":200`)) {
					b.Fatalf("%.200s, %v", reply, err)
				}
			}
			b.ReportMetric(float64(size.Width*size.Height*3/2), "planes-B")
		})
	}
}

// jsonEvent is what a function URL makes of a POST with JSON.
func jsonEvent(picture []byte) []byte {
	return mustMarshal(map[string]any{
		"version": "2.0", "rawPath": "/", "headers": map[string]string{"content-type": "application/json"},
		"requestContext": map[string]any{"http": map[string]string{"method": "POST"}},
		"body":           string(mustMarshal(map[string][]byte{"image": picture})), // bytes become base64
	})
}
