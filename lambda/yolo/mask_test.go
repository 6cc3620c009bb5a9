package yolo

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mask draws a Mask at (2, 1) of a picture of 10 x 8.
func mask(lines ...string) *Mask {
	m := &Mask{Size: Size{H: 8, W: 10}, Left: 2, Top: 1, W: len(lines[0]), H: len(lines)}
	for _, c := range strings.Join(lines, "") {
		m.Bits = append(m.Bits, c == '#')
	}
	return m
}

// The wanted polygons are OpenCV's findContours(RETR_EXTERNAL,
// CHAIN_APPROX_SIMPLE), turned to start at the top left pixel; the wanted counts
// are pycocotools' encode().
func TestMask(t *testing.T) {
	for _, tt := range []struct {
		name     string
		mask     *Mask
		polygons [][]Point
		counts   string
	}{
		{"empty", mask("...", "..."), nil, "`2"},
		{"one pixel", mask("...", ".#.", "..."), [][]Point{{{3, 2}}}, "j01e1"},
		{"square", mask("##", "##"), [][]Point{{{2, 1}, {3, 1}, {3, 2}, {2, 2}}}, "a0260_1"},
		{"line", mask("###"), [][]Point{{{2, 1}, {4, 1}}}, "a017000W1"},
		{"two parts, the larger first", mask("#..", "...", ".##"), [][]Point{{{3, 3}, {4, 3}}, {{2, 1}}}, "a0190N0U1"},
		{"a hole is filled", mask("###", "#.#", "###"), [][]Point{{{2, 1}, {4, 1}, {4, 3}, {2, 3}}}, "a035NL042W1"},
		{"a spike is walked twice", mask("###.", "#...", "##.."), [][]Point{{{2, 1}, {4, 1}, {3, 1}, {2, 2}, {3, 3}, {2, 3}}}, "a035NL040Y1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.polygons, tt.mask.Polygons()); d != "" {
				t.Errorf("polygons (-want +got):\n%s", d)
			}
			if got := tt.mask.RLE(); got.Counts != tt.counts {
				t.Errorf("counts %q, want %q", got.Counts, tt.counts)
			}
		})
	}
}
