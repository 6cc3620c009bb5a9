package jpeg

import (
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestByRows decodes pictures of all kinds by rows, on several CPUs.
func TestByRows(t *testing.T) {
	for name, want := range readGolden(t, "golden.json") {
		f, err := Parse(yolotest.Read(t, "../"+name), 100)
		if err != nil || f.complete() != nil {
			t.Fatal(err)
		}
		for _, cpus := range []int{1, 2, 3, 7} {
			samples, err := f.decode(t.Context(), plan{cpus: cpus})
			if err != nil || digest(f, samples.Planes) != want {
				t.Errorf("%s: on %d CPUs the samples differ from libjpeg's (%v)", name, cpus, err)
			}
		}
	}
}
