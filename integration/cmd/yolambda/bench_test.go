package main

import "testing"

func TestPercentiles(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i) // 100 down to 1
	}
	tests := []struct {
		name string
		ms   []float64
		want percentiles
	}{
		{"one", []float64{7}, percentiles{7, 7, 7, 7}},
		{"two", []float64{9, 1}, percentiles{1, 9, 9, 9}},
		{"hundred", hundred, percentiles{50, 90, 95, 99}},
	}
	for _, tt := range tests {
		if got := percentilesOf(tt.ms); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
