package jpeg

import (
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestPairs decodes blocks with pairs and without: of photographs, and of bits by chance,
// which go beyond blocks' ends.
func TestPairs(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 100_000)
	for i := range noise {
		noise[i] = byte(chance.UintN(256))
	}
	for _, name := range []string{"baseline420", "baseline444", "quality5", "noise"} {
		f, err := Parse(yolotest.Read(t, filepath.Join("testdata", name+".jpg")), 100)
		if err != nil {
			t.Fatal(err)
		}
		whole := f.scans[0].data
		for _, data := range [][]byte{whole, whole[len(whole)/3:], noise} {
			comparePairs(t, f, data)
		}
	}
}

// comparePairs decodes data as a scan of the file, as long as there are some.
func comparePairs(t *testing.T, f *File, data []byte) {
	t.Helper()
	h := f.scans[0]
	h.data = data
	two, one := newScanDecoder(f, &h), newScanDecoder(f, &h)
	one.twos = [4]*pairs{new(pairs), new(pairs), new(pairs), new(pairs)} // nothing is in them
	two.nextInterval()
	one.nextInterval()
	for n := 0; !one.past(len(one.plain)); n++ {
		for i := range f.components {
			var got, want block
			var gotLast, wantLast uint8
			two.sequential(&got, &gotLast, i)
			one.sequential(&want, &wantLast, i)
			if got != want || gotLast != wantLast || 8*two.pos-two.n != 8*one.pos-one.n {
				t.Fatalf("block %d of component %d: %v up to %d, want %v up to %d", n, i, got, gotLast, want, wantLast)
			}
		}
	}
}
