package e2e

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// A detection finds an object of its class when it overlaps the object's box, or
// covers its line, by half. The confidence is what the figures are claimed for.
const (
	found        = 0.5
	claimedAbove = 0.3
)

// TestCodesModelSample: the model finds the codes of the demo's picture, and
// nothing else in it. layers/codes/sample.py drew them there.
func TestCodesModelSample(t *testing.T) {
	want := map[string][4]int{
		"qr_code":     {526, 241, 815, 483},
		"data_matrix": {349, 393, 497, 529},
		"aztec":       {600, 504, 760, 643},
		"barcode":     {91, 544, 516, 705},
	}
	holdFound(t, detectCodes(t, yolotest.Root(t, "assets", "codes.jpg")), want)
}

// holdFound holds detections to be these objects, one of each class, and nothing else.
func holdFound(t *testing.T, detections []api.Detection, want map[string][4]int) {
	t.Helper()
	for _, d := range detections {
		if iou(d.Box, want[d.Cls]) < found {
			t.Errorf("%s at %v: want %v", d.Cls, d.Box, want[d.Cls])
		}
		delete(want, d.Cls)
	}
	if len(want) > 0 {
		t.Errorf("did not find %v in %+v", want, detections)
	}
}

// labelled is a photograph's label.
type labelled struct {
	Objects []*labelledCode
}

type labelledCode struct {
	Cls string
	// Linear: the quad tells only the line that a scanner read of a 1-D code.
	Linear bool
	// Quad is the code's top left, top right, bottom right and bottom left, in
	// pixels of the picture.
	Quad [4][2]int
}

// TestCodesModelPhotos holds the model to its figures on real photographs.
// The floors lie a little under what was measured; see layers/codes/README.md.
func TestCodesModelPhotos(t *testing.T) {
	recall := map[string]float64{"qr_code": 0.97, "data_matrix": 0.94, "aztec": 0.94, "pdf417": 0.85, "barcode": 0.97}
	const precision = 0.95

	labels, err := filepath.Glob(filepath.Join(yolotest.Shared(t, "codes", "dev", "labels"), "*.json"))
	if err != nil || len(labels) == 0 {
		t.Fatalf("no labels: %v", err)
	}
	objects, hits := map[string]int{}, map[string]int{}
	detections, right := 0, 0
	for _, path := range labels {
		var label labelled
		yolotest.ReadJSON(t, path, &label)
		for _, o := range label.Objects {
			objects[o.Cls]++
		}
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		seen := detectCodes(t, yolotest.Shared(t, "codes", "dev", "images", name+".jpg"))
		slices.SortFunc(seen, func(a, b api.Detection) int { return cmp.Compare(b.Conf, a.Conf) })
		for _, d := range seen {
			detections++
			if i := bestMatch(d, label.Objects); i >= 0 {
				hits[d.Cls]++
				right++
				label.Objects = slices.Delete(label.Objects, i, i+1) // an object is found once
			}
		}
	}
	for cls, least := range recall {
		got := float64(hits[cls]) / float64(objects[cls])
		t.Logf("%s: found %d of %d, %.3f", cls, hits[cls], objects[cls], got)
		if !(got >= least) {
			t.Errorf("%s: recall %.3f, want %.3f", cls, got, least)
		}
	}
	got := float64(right) / float64(detections)
	t.Logf("%d of %d detections are right, %.3f", right, detections, got)
	if !(got >= precision) {
		t.Errorf("precision %.3f, want %.3f", got, precision)
	}
}

// detectCodes asks the codes model about a picture.
func detectCodes(t *testing.T, path string) []api.Detection {
	t.Helper()
	return detectThings(t, yolotest.Root(t, "layers", "codes", "codes.onnx"), path, claimedAbove)
}

// bestMatch is the index of the object that the detection finds, or -1.
func bestMatch(d api.Detection, objects []*labelledCode) int {
	best, most := -1, found
	for i, o := range objects {
		if o.Cls != d.Cls {
			continue
		}
		overlap := iou(d.Box, o.box())
		if o.Linear {
			overlap = o.covered(d.Box)
		}
		if overlap >= most {
			best, most = i, overlap
		}
	}
	return best
}

func (o *labelledCode) box() [4]int {
	box := [4]int{o.Quad[0][0], o.Quad[0][1], o.Quad[0][0], o.Quad[0][1]}
	for _, p := range o.Quad {
		box = [4]int{min(box[0], p[0]), min(box[1], p[1]), max(box[2], p[0]), max(box[3], p[1])}
	}
	return box
}

// covered is the share of the code's line, from the middle of its left side to
// the middle of its right, that lies in the box; none if the line's midpoint
// does not.
func (o *labelledCode) covered(box [4]int) float64 {
	const steps = 200
	q := o.Quad
	along := func(axis int, t float64) float64 {
		start, end := float64(q[0][axis]+q[3][axis])/2, float64(q[1][axis]+q[2][axis])/2
		return start + t*(end-start)
	}
	inside := func(t float64) bool {
		x, y := along(0, t), along(1, t)
		return float64(box[0]) <= x && x <= float64(box[2]) && float64(box[1]) <= y && y <= float64(box[3])
	}
	if !inside(0.5) {
		return 0
	}
	n := 0
	for i := range steps + 1 {
		if inside(float64(i) / steps) {
			n++
		}
	}
	return float64(n) / (steps + 1)
}
