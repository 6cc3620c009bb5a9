package jpeg

import (
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestLastGood holds that the last scan says how far it had data before it says that its rows
// are done: what estimates a row's details goes by both.
func TestLastGood(t *testing.T) {
	f, _ := decode(t, yolotest.Read(t, filepath.Join("testdata", "progressive420.jpg")))
	d := decoder{File: f, ctx: t.Context(), lastGood: -1}
	strips := new(coefficients).strips(f, f.mcuRows())
	rows := 0
	d.decodeScan(&f.scans[len(f.scans)-1], func(row int) *strip { return &strips[row] }, func(row int, _ *strip) {
		if d.lastGood != row {
			t.Errorf("row %d is done, and the last one with data is %d", row, d.lastGood)
		}
		rows++
	})
	if d.err != nil || rows != f.mcuRows() {
		t.Errorf("%d rows of %d: %v", rows, f.mcuRows(), d.err)
	}
}
