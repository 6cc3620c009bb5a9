package jpeg

import (
	"bytes"
	"path/filepath"
	"testing"
)

// A picture in memory that was used before has libjpeg's samples too.
func TestReuse(t *testing.T) {
	for name, want := range readGolden(t, "golden.json") {
		data := readFile(t, filepath.Join("..", filepath.FromSlash(name)))
		_, planes := decode(t, data)
		total := 0
		for _, p := range planes {
			total += len(p.Pix)
		}
		for _, size := range []int{total - 1, total, 2 * total} {
			memory(0) // whatever an earlier picture left
			used := bytes.Repeat([]byte{0xaa}, size)
			Reuse(used)
			f, planes := decode(t, data)
			if reused := &planes[0].Pix[0] == &used[0]; reused != (size >= total) {
				t.Errorf("%s: %d bytes for %d samples: reused %v", name, size, total, reused)
			}
			if digest(f, planes) != want {
				t.Errorf("%s: in %d bytes the samples differ from libjpeg's", name, size)
			}
		}
		memory(0)
		Reuse(planes[0].Pix)
		if _, again := decode(t, data); &again[0].Pix[0] != &planes[0].Pix[0] {
			t.Errorf("%s: the memory of its planes is not enough for itself", name)
		}
	}
}

// Of several memories the largest is kept, within the limit.
func TestReuseLargest(t *testing.T) {
	memory(0)
	for _, size := range []int{100, 300, 200, mostSpare + 1} {
		Reuse(make([]uint8, size))
	}
	if got := cap(memory(1)); got != 300 {
		t.Errorf("%d bytes were kept, want 300", got)
	}
	if got := cap(memory(1)); got == 300 {
		t.Error("memory was handed out twice")
	}
}
