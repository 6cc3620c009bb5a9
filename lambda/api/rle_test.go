package api

import (
	"slices"
	"testing"
)

func TestRunsAndArea(t *testing.T) {
	tests := []struct {
		name string
		rle  RLE
		runs []int
		area int
	}{
		{"nothing", RLE{Size: [2]int{2, 2}, Counts: "4"}, []int{4}, 0},
		{"all", RLE{Size: [2]int{2, 2}, Counts: "04"}, []int{0, 4}, 4},
		{"a block, with differences", RLE{Size: [2]int{5, 4}, Counts: "623000O"}, []int{6, 2, 3, 2, 3, 2, 2}, 6},
		{"longer than a group", RLE{Size: [2]int{10, 10}, Counts: "b1b1"}, []int{50, 50}, 50},
		{"of a model that tells no size", RLE{}, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			runs, err := tt.rle.Runs()
			if err != nil || !slices.Equal(runs, tt.runs) {
				t.Errorf("runs %v, %v, want %v", runs, err, tt.runs)
			}
			if area, err := tt.rle.Area(); err != nil || area != tt.area {
				t.Errorf("area %d, %v, want %d", area, err, tt.area)
			}
		})
	}
	for _, bad := range []RLE{
		{Size: [2]int{2, 2}, Counts: "5"}, {Size: [2]int{2, 2}, Counts: "O"}, {Size: [2]int{2, 2}, Counts: "P"},
		{Size: [2]int{2, 2}, Counts: "\x00"}, {Size: [2]int{2, 2}, Counts: "ÿ"}, {Size: [2]int{-2, 2}}, {Size: [2]int{1 << 40, 1 << 40}},
	} {
		if runs, err := bad.Runs(); err == nil {
			t.Errorf("%+v gives %v", bad, runs)
		}
	}
}

func FuzzRuns(f *testing.F) {
	f.Add("623000O", 5, 4)
	f.Add("b1b1", 10, 10)
	f.Fuzz(func(t *testing.T, counts string, h, w int) {
		runs, err := (&RLE{Size: [2]int{h, w}, Counts: counts}).Runs()
		if err != nil {
			return
		}
		total := 0
		for _, n := range runs {
			if total += n; n < 0 || total > h*w {
				t.Fatalf("runs %v of %d x %d pixels", runs, h, w)
			}
		}
	})
}
