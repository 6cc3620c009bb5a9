package yolo

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// crowd is n candidates of 3 classes in a picture of 640 pixels, the strongest
// first, no two of the same confidence.
func crowd(seed uint64, n int) []candidate {
	random := rand.New(rand.NewPCG(seed, 11))
	cs := make([]candidate, n)
	for i, rank := range random.Perm(n) {
		cs[i] = candidate{
			box:    boxAround(random.Float32()*640, random.Float32()*640, 1+random.Float32()*120, 1+random.Float32()*120),
			angle:  random.Float32()*4 - 1,
			conf:   float32(rank+1) / float32(n+1),
			class:  random.IntN(3),
			anchor: i,
		}
	}
	return byConfidence(cs, n)
}

func TestNMSProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(12, 13))
	for seed := range uint64(40) {
		cs := crowd(seed, 1+random.IntN(300))
		threshold, agnostic := random.Float32(), random.IntN(2) == 0
		kept := nms(cs, threshold, agnostic, len(cs))
		if !slices.IsSortedFunc(kept, func(a, b candidate) int { return cmp.Compare(b.conf, a.conf) }) {
			t.Fatal("not sorted by confidence")
		}
		competes := func(a, b candidate) bool { return agnostic || a.class == b.class }
		for i, a := range kept {
			for _, b := range kept[:i] {
				if competes(a, b) && a.box.IoU(b.box) > threshold {
					t.Fatalf("%v and %v both stay at the threshold %v", a, b, threshold)
				}
			}
		}
		for _, c := range cs {
			stays := slices.Contains(kept, c)
			beaten := slices.ContainsFunc(kept, func(k candidate) bool {
				return k.conf > c.conf && competes(k, c) && k.box.IoU(c.box) > threshold
			})
			if stays == beaten {
				t.Fatalf("%v: kept %v, beaten by a stronger one %v", c, stays, beaten)
			}
		}
		if again := nms(kept, threshold, agnostic, len(cs)); !slices.Equal(again, kept) {
			t.Fatal("a second run drops more")
		}
		shuffled := slices.Clone(cs)
		random.Shuffle(len(shuffled), func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
		if other := nms(byConfidence(shuffled, len(shuffled)), threshold, agnostic, len(cs)); !slices.Equal(other, kept) {
			t.Fatal("the result depends on the order of the candidates")
		}
		most := random.IntN(len(cs)) + 1
		if few := nms(cs, threshold, agnostic, most); !slices.Equal(few, kept[:min(most, len(kept))]) {
			t.Fatalf("at most %d are not the first %d", most, most)
		}
	}
}

func TestNMSThresholdIsStrict(t *testing.T) {
	// The IoU of the two is 1/2 exactly.
	cs := []candidate{{box: Box{0, 0, 10, 10}, conf: 0.9}, {box: Box{0, 0, 10, 5}, conf: 0.8}}
	if kept := nms(cs, 0.5, false, 10); len(kept) != 2 {
		t.Errorf("an IoU equal to the threshold drops: %v", kept)
	}
	if kept := nms(cs, 0.4999, false, 10); len(kept) != 1 {
		t.Errorf("an IoU above the threshold stays: %v", kept)
	}
}

func TestByConfidence(t *testing.T) {
	cs := []candidate{{conf: 0.1, anchor: 0}, {conf: 0.5, anchor: 1}, {conf: 0.5, anchor: 2}, {conf: 0.9, anchor: 3}}
	var anchors []int
	for _, c := range byConfidence(cs, 3) {
		anchors = append(anchors, c.anchor)
	}
	if !slices.Equal(anchors, []int{3, 1, 2}) {
		t.Errorf("got the anchors %v", anchors)
	}
}

// A dropped box still drops others: of a row of three, each overlapping the
// next only, the oriented NMS keeps the first, the other one the first and last.
func TestRotatedNMSDroppedStillDrops(t *testing.T) {
	var cs []candidate
	for i := range 3 {
		cs = append(cs, candidate{box: boxAround(float32(20*i), 0, 40, 40), conf: 0.9 - float32(i)/10, anchor: i})
	}
	at := func(i int) OrientedBox { return cs[i].oriented() }
	near, far := at(0).ProbIoU(at(1)), at(0).ProbIoU(at(2))
	if !(far < 0.4 && 0.4 < near) {
		t.Fatalf("the row is not as meant: ProbIoU %v and %v", near, far)
	}
	if kept := rotatedNMS(cs, 0.4, false, 10); len(kept) != 1 {
		t.Errorf("oriented NMS kept %v", kept)
	}
	if kept := nms(cs, 0.3, false, 10); len(kept) != 2 {
		t.Errorf("NMS kept %v", kept)
	}
	// Equal to the threshold is enough.
	if kept := rotatedNMS(cs[:2], near, false, 10); len(kept) != 1 {
		t.Errorf("a ProbIoU equal to the threshold stays: %v", kept)
	}
}

// simpleRotatedNMS is the definition: whoever overlaps a stronger one, dropped
// or not, is dropped.
func simpleRotatedNMS(cs []candidate, threshold float32, agnostic bool, maxDet int) []candidate {
	var kept []candidate
	for i, c := range cs {
		beaten := slices.ContainsFunc(cs[:i], func(k candidate) bool {
			return (agnostic || k.class == c.class) && k.oriented().ProbIoU(c.oriented()) >= threshold
		})
		if !beaten && len(kept) < maxDet {
			kept = append(kept, c)
		}
	}
	return kept
}

// TestRotatedNMS compares with the definition, with boxes without area, needles
// and giants, where the bound by distance does not hold, among the others.
func TestRotatedNMS(t *testing.T) {
	random := rand.New(rand.NewPCG(14, 15))
	sides := []float32{0, 1e-4, 0.5, 0.999, 1, 3, 500, 99_999, 2e5, 1e20}
	for seed := range uint64(60) {
		cs := crowd(seed, 1+random.IntN(250))
		for i := range cs {
			b := &cs[i].box
			if random.IntN(4) == 0 {
				b.X2 = b.X1 + sides[random.IntN(len(sides))]
			}
			if random.IntN(4) == 0 {
				b.Y2 = b.Y1 + sides[random.IntN(len(sides))]
			}
		}
		for _, threshold := range []float32{-1, 0, 1e-6, 0.01, random.Float32(), 0.7, 0.9995, 1, 2} {
			agnostic, most := random.IntN(2) == 0, 1+random.IntN(len(cs))
			got, want := rotatedNMS(cs, threshold, agnostic, most), simpleRotatedNMS(cs, threshold, agnostic, most)
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, threshold %v: kept %d, want %d", seed, threshold, len(got), len(want))
			}
		}
	}
}

func BenchmarkRotatedNMS(b *testing.B) {
	cs := crowd(1, 8400)
	for b.Loop() {
		rotatedNMS(cs, 0.3, true, 3000)
	}
}
