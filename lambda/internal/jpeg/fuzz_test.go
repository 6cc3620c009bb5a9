package jpeg

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// FuzzDecode holds that any bytes are decoded or refused, without a panic, and
// that planes have the size that they claim.
func FuzzDecode(f *testing.F) {
	yolotest.Seeds(f, "testdata/*.jpg", 35)
	yolotest.Seeds(f, "../picture/testdata/*.jpg", 25)       // scans of one component each, among others
	yolotest.Seeds(f, "../picture/testdata/kinds/*.jpg", 25) // arithmetic codes, missing scans, damage
	f.Add(greedy())
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(data, 100)
		if err != nil || file.Width*file.Height > 1<<20 || file.Width == 0 || file.Height == 0 {
			return // the caller's limits
		}
		samples, err := file.Decode(t.Context())
		if errors.Is(err, errPanicked) {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
		for _, p := range samples.Planes {
			if p = p.Upsample(file.Width, file.Height); p.Width != file.Width || len(p.Pix) < (file.Height-1)*p.Stride+p.Width {
				t.Fatalf("a plane of %d samples, %d a row, for %dx%d", len(p.Pix), p.Stride, file.Width, file.Height)
			}
		}
		want := digest(file, samples.Planes)
		copy(samples.memory, bytes.Repeat([]byte{0xaa}, len(samples.memory)))
		samples.Release()
		if again, err := file.Decode(t.Context()); err != nil || digest(file, again.Planes) != want {
			t.Fatalf("in memory that was used it differs (%v)", err)
		}
		if byRows, err := file.decode(t.Context(), plan{cpus: 3}); err != nil || digest(file, byRows.Planes) != want {
			t.Fatalf("by rows on three CPUs it differs (%v)", err)
		}
	})
}

// FuzzPieces holds that any scan by pieces or by groups is what it is alone.
func FuzzPieces(f *testing.F) {
	for _, name := range []string{"baseline411", "baseline420", "baseline444", "grey", "quality5", "size9x9"} {
		f.Add(yolotest.Read(f, filepath.Join("testdata", name+".jpg")), uint8(4))
	}
	f.Add(greedy(), uint8(1))
	f.Add(withRestarts(f), uint8(5))
	for _, damaged := range []string{"damaged0", "damaged1", "damaged2", "damaged3"} {
		f.Add(yolotest.Read(f, filepath.Join("..", "picture", "testdata", "kinds", damaged+"_restarts.jpg")), uint8(5))
	}
	f.Fuzz(func(t *testing.T, data []byte, n uint8) {
		file, err := Parse(data, 100)
		if err != nil || file.complete() != nil || file.Width*file.Height == 0 || file.Width*file.Height > 1<<20 {
			return
		}
		if file.cuttable() {
			compare(t, file, 2+int(n%16))
		} else {
			compareGroups(t, file, 1+int(n))
		}
	})
}
