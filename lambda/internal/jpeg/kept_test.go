package jpeg

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestKept holds that a large picture's coefficients are not kept, and nothing
// of a file is.
func TestKept(t *testing.T) {
	f, err := Parse(yolotest.Read(t, filepath.Join("testdata", "progressive420.jpg")), 100)
	if err != nil {
		t.Fatal(err)
	}
	spareCoefficients.Take()
	large := new(coefficients)
	large.strips(f, 1+mostKept/128/len(new(coefficients).strips(f, 1)[0].blocks[0]))
	large.release()
	if spareCoefficients.Take() != nil {
		t.Errorf("%d blocks were kept", len(large.blocks))
	}

	s := newScanDecoder(f, &f.scans[0])
	s.nextInterval()
	s.row(0, &new(coefficients).strips(f, 1)[0])
	s.release()
	s.plain, s.pairs = nil, [4]*pairs{} // a copy of the file's data, and memory for tables
	if !reflect.ValueOf(*s).IsZero() {
		t.Error("a scan holds on to what it was made of")
	}

	s = newScanDecoder(f, &f.scans[0])
	s.nextInterval()
	s.plain = make([]byte, mostKept+1)
	s.release()
	if s.plain != nil {
		t.Errorf("a buffer of %d bytes was kept", cap(s.plain))
	}
}
