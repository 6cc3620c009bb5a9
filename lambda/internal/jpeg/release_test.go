package jpeg

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// A picture in memory that was used before has libjpeg's samples too.
func TestRelease(t *testing.T) {
	for name, want := range readGolden(t, "golden.json") {
		data := yolotest.Read(t, filepath.Join("..", filepath.FromSlash(name)))
		f, planes := decode(t, data)
		total := 0
		for _, p := range planes {
			total += len(p.Pix)
		}
		for _, size := range []int{total - 1, total, 2 * total} {
			used := &Samples{memory: bytes.Repeat([]byte{0xaa}, size)}
			first := &used.memory[0]
			used.Release()
			samples, err := f.Decode(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if reused := &samples.memory[0] == first; reused != (size >= total) {
				t.Errorf("%s: %d bytes for %d samples: reused %v", name, size, total, reused)
			}
			if digest(f, samples.Planes) != want {
				t.Errorf("%s: in %d bytes the samples differ from libjpeg's", name, size)
			}
		}
	}
}

// Memory is kept whole, within the limit, and handed out once.
func TestReleaseLimit(t *testing.T) {
	spareMemory.Take()
	(&Samples{memory: make([]uint8, mostSpare+1)}).Release()
	if spareMemory.Take() != nil {
		t.Error("more than the limit was kept")
	}
	f, _ := decode(t, yolotest.Read(t, filepath.Join("testdata", "grey.jpg")))
	(&Samples{memory: make([]uint8, 1<<20)}).Release()
	small := newSamples(f)
	if other := newSamples(f); len(small.memory) != 1<<20 || len(other.memory) == 1<<20 {
		t.Errorf("%d and %d bytes", len(small.memory), len(other.memory))
	}
	small.Release()
	if again := newSamples(f); len(again.memory) != 1<<20 {
		t.Error("a small picture gave back less than it took")
	}
}
