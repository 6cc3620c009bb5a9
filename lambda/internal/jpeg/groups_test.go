package jpeg

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// compareGroups decodes alone and by n groups, if there may be any, and says whether there were.
func compareGroups(t *testing.T, f *File, n int) bool {
	t.Helper()
	groups := f.groups(n)
	if groups == nil {
		return false
	}
	want, wantErr := alone(t, f)
	got, err := f.decode(t.Context(), plan{groups: groups})
	if fmt.Sprint(err) != fmt.Sprint(wantErr) || err == nil && !bytes.Equal(got.memory[:planes(got)], want.memory[:planes(want)]) {
		t.Fatalf("by %d groups it differs: %v, want %v", len(groups), err, wantErr)
	}
	return true
}

// withRestarts gives a picture of which each MCU is an interval. It has 4 MCUs in a row
// and 6 rows.
func withRestarts(t testing.TB) []byte {
	return yolotest.Read(t, filepath.Join("testdata", "restart1.jpg"))
}

func TestGroups(t *testing.T) {
	f, err := Parse(withRestarts(t), 1)
	if err != nil || f.complete() != nil {
		t.Fatal(err)
	}
	for n := range 30 {
		if !compareGroups(t, f, 1+n) {
			t.Errorf("%d groups: none", 1+n)
		}
	}
	if got := len(f.groups(1000)); got != f.mcus().total {
		t.Errorf("%d groups of one MCU, of %d", got, f.mcus().total)
	}
}

// TestPlan holds which way large pictures go on four CPUs: one interval for all of the picture is
// not shared.
func TestPlan(t *testing.T) {
	data := yolotest.Read(t, yolotest.Root(t, "assets", "everyday.jpg"))
	at := bytes.Index(data, []byte{0xff, markerSOS})
	for interval, pieces := range map[uint16]bool{0: true, 50000: false} {
		dri := binary.BigEndian.AppendUint16([]byte{0xff, markerDRI, 0, 4}, interval)
		f, err := Parse(slices.Concat(data[:at], dri, data[at:]), 1)
		if err != nil {
			t.Fatal(err)
		}
		p := f.plan(4)
		if len(p.pieces) > 1 != pieces || p.groups != nil {
			t.Errorf("an interval of %d MCUs: %d pieces, %d groups", interval, len(p.pieces), len(p.groups))
		}
		if p := f.plan(1); p.pieces != nil || p.groups != nil {
			t.Error("one CPU shares with itself")
		}
	}
}

// TestGroupsDamaged is TestGroups for a file that is cut off at each byte, and with each byte
// another one, or missing. Damage that does not concern restart markers leaves the groups alone.
func TestGroupsDamaged(t *testing.T) {
	data := withRestarts(t)
	grouped := 0
	check := func(damaged []byte) {
		if f, err := Parse(damaged, 1); err == nil && f.complete() == nil && 0 < f.Width*f.Height && f.Width*f.Height < 1<<16 && compareGroups(t, f, 7) {
			grouped++
		}
	}
	for n := range data {
		check(data[:n])
		check(append(bytes.Clone(data[:n]), 0xff, markerEOI))
		check(slices.Delete(bytes.Clone(data), n, n+1))
		for _, v := range []byte{data[n] ^ 1<<(n%8), 0xff, markerRST0 + 3} {
			damaged := bytes.Clone(data)
			damaged[n] = v
			check(damaged)
		}
	}
	if grouped < len(data) {
		t.Errorf("only %d files had groups", grouped)
	}
	missing := bytes.Index(data, []byte{0xff, markerRST0 + 3})
	if f, err := Parse(slices.Delete(bytes.Clone(data), missing, missing+2), 1); err != nil || f.groups(7) != nil {
		t.Errorf("without a marker there are groups (%v)", err)
	}
}
