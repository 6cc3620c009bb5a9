package bootstrap

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// A request that would take longer than the function has is answered with a 504
// at least 100 ms before the time is out, or at once where there is no time to
// begin; and the next request is answered by the same process. The clock is held
// to that in the long form only, which has the machine for itself.
func TestLate(t *testing.T) {
	large := image.NewGray(image.Rect(0, 0, 6000, 6000))
	tests := []struct {
		name, model string
		event       []byte
	}{
		{"tiles", squares, directEvent(jpegOf(t, image.NewGray(image.Rect(0, 0, 6000, 5000))), map[string]any{"tile": 750, "imgsz": 1024})},
		{"a large JPEG", squares, directEvent(jpegOf(t, large), map[string]any{"tile": 1000, "imgsz": 1024, "format": "image"})},
		{"a large PNG", squares, directEvent(yolotest.PNG(large), map[string]any{"tile": 1000, "imgsz": 1024})},
	}
	if yolotest.HasShared(t) {
		yolov8n := yolotest.Shared(t, "models", "yolov8n.onnx")
		tests = append(tests, struct {
			name, model string
			event       []byte
		}{"a large network", yolov8n, directEvent(jpegOf(t, image.NewGray(image.Rect(0, 0, 3000, 3000))), map[string]any{"tile": 500, "imgsz": 1280})})
	}
	for n, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := modelSandbox(t, tt.model)
			small := directEvent(yolotest.SquaresPNG, map[string]any{"conf": 0.8, "imgsz": 320})
			if _, ok := s.invoke(small); !ok {
				t.Fatalf("the function ended: %s", s.process.log.Bytes())
			}
			process := s.process
			random := rand.New(rand.NewPCG(11, uint64(n)))
			var spare []float64 // ms between the reply and the deadline
			for i := range times(500/len(tests), 2) {
				// 50 ms to 3 s, short ones as often as long ones.
				left := time.Duration(50 * math.Pow(60, random.Float64()) * float64(time.Millisecond))
				if !*long {
					left = time.Second
				}
				deadline := time.Now().Add(left)
				id, answer := s.invocation(tt.event, deadline)
				if !s.hand(answer) {
					t.Fatalf("the function ended: %s", process.log.Bytes())
				}
				got := s.result()
				if got == nil || got.path != "invocation/"+id+"/response" {
					t.Fatalf("with %v left: posted %v", left, got)
				}
				// Without -long, a fast machine may answer within the second.
				if status, message := statusOf(t, got.body); status != 504 && (*long || status != 200) {
					t.Fatalf("with %v left: status %d %s", left, status, message)
				}
				before := deadline.Sub(got.at)
				spare = append(spare, float64(before)/1e6)
				want := 100 * time.Millisecond
				if left < 250*time.Millisecond {
					want = left - 150*time.Millisecond // at once: it is read first
				}
				if *long && before < want {
					t.Errorf("request %d with %v left: answered %v before the deadline, want %v", i, left.Round(time.Millisecond), before.Round(time.Millisecond), want)
				}
				if i%10 == 0 {
					if _, ok := s.invoke(small); !ok || s.process != process {
						t.Fatalf("the function ended: %s", process.log.Bytes())
					}
				}
			}
			slices.Sort(spare)
			t.Logf("%d requests, answered %.0f (least), %.0f (median) ms before the deadline", len(spare), spare[0], spare[len(spare)/2])
			if tt.model == squares {
				s.rightAnswer()
			}
		})
	}
}
