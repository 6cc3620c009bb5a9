package jpeg

import (
	"math"
	"testing"
)

// TestRefined compares with the same in branches, for any coefficient.
func TestRefined(t *testing.T) {
	for low := range uint(14) {
		bit := int16(1) << low
		for v := math.MinInt16; v <= math.MaxInt16; v++ {
			c := int16(v)
			want := c
			switch {
			case c&bit != 0: // damaged data
			case c < 0:
				want = c - bit
			default:
				want = c + bit
			}
			if got := refined(c, low, 1<<63); got != want {
				t.Fatalf("bit %d of %d: %d, want %d", low, c, got, want)
			}
			if got := refined(c, low, 1<<63-1); got != c {
				t.Fatalf("bit %d of %d: %d, though it is not set", low, c, got)
			}
		}
	}
}
