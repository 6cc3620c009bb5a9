package e2e

import (
	"math"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
)

// tolerance is how far a detection may be from the reference's.
type tolerance struct {
	side int     // pixels, each side of the box
	conf float64 // confidence
}

// parity is the tolerance against the Python reference. On the machine that its
// answers are from, nothing differs; another CPU's kernels round differently.
var parity = tolerance{side: 1, conf: 0.01}

// comparison of detections with a reference's.
type comparison struct {
	matched int
	missing []api.Detection // the reference's that have no partner
	extra   []api.Detection // ours that the reference has nothing like
	// worst differences among the matched
	side int
	conf float64
}

// compare pairs each detection of the reference with the closest of ours that
// has the same class and lies within the tolerance.
func compare(want, got []api.Detection, tol tolerance) comparison {
	var c comparison
	taken := make([]bool, len(got))
	for _, w := range want {
		best, bestSide, bestConf := -1, tol.side+1, 0.0
		for i, g := range got {
			side, conf := sideDifference(w.Box, g.Box), math.Abs(float64(w.Conf)-float64(g.Conf))
			if !taken[i] && g.Cls == w.Cls && conf <= tol.conf && side < bestSide {
				best, bestSide, bestConf = i, side, conf
			}
		}
		if best < 0 {
			c.missing = append(c.missing, w)
			continue
		}
		taken[best] = true
		c.matched++
		c.side, c.conf = max(c.side, bestSide), max(c.conf, bestConf)
	}
	for i, g := range got {
		if !taken[i] && !like(g, c.missing) {
			c.extra = append(c.extra, g)
		}
	}
	return c
}

// like reports whether a detection is of the same thing as one of the others,
// which is out of tolerance and counts as missing already.
func like(d api.Detection, others []api.Detection) bool {
	for _, o := range others {
		if d.Cls == o.Cls && iou(d.Box, o.Box) >= 0.5 {
			return true
		}
	}
	return false
}

// iou is the overlap of two boxes: intersection over union.
func iou(a, b [4]int) float64 {
	area := func(b [4]int) float64 { return max(0, float64(b[2]-b[0])) * max(0, float64(b[3]-b[1])) }
	both := area([4]int{max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])})
	if both == 0 {
		return 0
	}
	return both / (area(a) + area(b) - both)
}

// sideDifference is the greatest distance between equal sides in pixels.
func sideDifference(a, b [4]int) int {
	worst := 0
	for i := range a {
		worst = max(worst, a[i]-b[i], b[i]-a[i])
	}
	return worst
}

// clip cuts boxes to the picture, as the function does and the reference
// doesn't.
func clip(detections []api.Detection, width, height int) []api.Detection {
	clipped := make([]api.Detection, len(detections))
	for i, d := range detections {
		for side, limit := range [4]int{width, height, width, height} {
			d.Box[side] = min(max(d.Box[side], 0), limit)
		}
		clipped[i] = d
	}
	return clipped
}

func TestCompare(t *testing.T) {
	at := func(x int, conf float32, class string) api.Detection {
		return api.Detection{Box: [4]int{x, 10, x + 20, 30}, Conf: conf, Cls: class}
	}
	tests := []struct {
		name                    string
		want, got               []api.Detection
		matched, missing, extra int
	}{
		{"nothing", nil, nil, 0, 0, 0},
		{"equal", []api.Detection{at(0, 0.5, "a")}, []api.Detection{at(0, 0.5, "a")}, 1, 0, 0},
		{"within", []api.Detection{at(0, 0.5, "a")}, []api.Detection{at(1, 0.508, "a")}, 1, 0, 0},
		{"a side too far", []api.Detection{at(0, 0.5, "a")}, []api.Detection{at(2, 0.5, "a")}, 0, 1, 0},
		{"confidence too far", []api.Detection{at(0, 0.5, "a")}, []api.Detection{at(0, 0.511, "a")}, 0, 1, 0},
		{"elsewhere", []api.Detection{at(0, 0.5, "a")}, []api.Detection{at(15, 0.5, "a")}, 0, 1, 1},
		{"another class", []api.Detection{at(0, 0.5, "a")}, []api.Detection{at(0, 0.5, "b")}, 0, 1, 1},
		{"one for one", []api.Detection{at(0, 0.5, "a"), at(1, 0.5, "a")}, []api.Detection{at(1, 0.5, "a")}, 1, 1, 0},
	}
	for _, tt := range tests {
		c := compare(tt.want, tt.got, parity)
		if c.matched != tt.matched || len(c.missing) != tt.missing || len(c.extra) != tt.extra {
			t.Errorf("%s: %+v", tt.name, c)
		}
	}
}
