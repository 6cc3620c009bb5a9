package e2e

import (
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestCocoModelSample: the model finds five kinds of things in the demo's picture,
// and nothing else. The boxes are drawn by hand, of what is seen of each thing.
func TestCocoModelSample(t *testing.T) {
	want := map[string][4]int{
		"cat":          {0, 0, 820, 600},
		"person":       {5, 642, 316, 999},
		"tie":          {140, 885, 180, 952},
		"cup":          {503, 648, 740, 915},
		"dining table": {346, 629, 900, 999},
	}
	holdFound(t, detectThings(t, yolotest.Root(t, "layers", "coco", "coco.onnx"), yolotest.Root(t, "assets", "everyday.jpg"), claimedAbove), want)
}

// TestCocoModelPhotos holds the model to its figures on real photographs: it finds
// what YOLOv8n is sure of, and YOLOv8n confirms what it finds. The floors lie a little
// under what was measured; see layers/coco/README.md.
func TestCocoModelPhotos(t *testing.T) {
	const sure, confirms = 0.5, 0.25 // YOLOv8n's confidence
	const recall, precision = 0.8, 0.8

	photos, err := filepath.Glob(filepath.Join(yolotest.Shared(t, "images", "real"), "*.jpg"))
	if err != nil || len(photos) == 0 {
		t.Fatalf("no photographs: %v", err)
	}
	things, hits, detections, right := 0, 0, 0, 0
	for _, photo := range photos {
		seen := detectThings(t, yolotest.Root(t, "layers", "coco", "coco.onnx"), photo, claimedAbove)
		reference := detectThings(t, yolotest.Shared(t, "models", "yolov8n.onnx"), photo, confirms)
		var certain []api.Detection
		for _, d := range reference {
			if d.Conf >= sure {
				certain = append(certain, d)
			}
		}
		things += len(certain)
		detections += len(seen)
		hits += common(seen, certain)
		right += common(seen, reference)
	}
	t.Logf("found %d of %d, %d of %d are right", hits, things, right, detections)
	if got := float64(hits) / float64(things); !(got >= recall) {
		t.Errorf("recall %.3f, want %.3f", got, recall)
	}
	if got := float64(right) / float64(detections); !(got >= precision) {
		t.Errorf("precision %.3f, want %.3f", got, precision)
	}
}

// common counts the detections of one thing in both; each is of one.
func common(a, b []api.Detection) int {
	taken, count := make([]bool, len(b)), 0
	for _, d := range a {
		best := -1
		for i, other := range b {
			overlap := iou(d.Box, other.Box)
			if !taken[i] && d.Cls == other.Cls && overlap >= found && (best < 0 || overlap > iou(d.Box, b[best].Box)) {
				best = i
			}
		}
		if best >= 0 {
			taken[best] = true
			count++
		}
	}
	return count
}

// detectThings asks a model about a picture.
func detectThings(t *testing.T, model, picture string, conf float64) []api.Detection {
	t.Helper()
	resp, failed := functionHere(t, model).predict(t, yolotest.Read(t, picture), api.Options{Conf: &conf})
	if failed != nil {
		t.Fatalf("%s: %v", picture, failed)
	}
	return resp.Detections
}
