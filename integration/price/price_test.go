package price

import (
	"math"
	"testing"
)

func TestRequest(t *testing.T) {
	list, of := In("mars-north-1")
	if of != "us-east-1" {
		t.Errorf("an unknown region has the prices of %s", of)
	}
	for _, tt := range []struct {
		ms           float64
		architecture string
		memoryMB     int64
		want         float64
	}{
		{1000, "arm64", 1024, 0.0000133334 + 0.0000002},
		{99.2, "x86_64", 10240, 0.1*10*0.0000166667 + 0.0000002},
		{0, "arm64", 10240, 0.0000002},
	} {
		if got := list.Request(tt.ms, tt.architecture, tt.memoryMB); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%g ms on %s at %d MB: $%g, want $%g", tt.ms, tt.architecture, tt.memoryMB, got, tt.want)
		}
	}
}
