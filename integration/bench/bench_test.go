package bench

import "testing"

func TestPercentiles(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i) // 100 down to 1
	}
	tests := []struct {
		name string
		ms   []float64
		want Percentiles
	}{
		{"one", []float64{7}, Percentiles{7, 7, 7, 7}},
		{"two", []float64{9, 1}, Percentiles{1, 9, 9, 9}},
		{"hundred", hundred, Percentiles{50, 90, 95, 99}},
	}
	for _, tt := range tests {
		if got := percentilesOf(tt.ms); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// The lines are the emulator's and the function's own.
func TestBenchLog(t *testing.T) {
	log := &functionLog{}
	for _, text := range []string{
		"START RequestId: a Version: $LATEST\n",
		"timestamp=2026-11-23T16:36:42.246Z level=INFO message=\"picture answered\" model=yolov8n coldStart=true totalMs=60.759 format=jpeg parseMs=0.208 requestId=a\nno line of ours\n",
		"END RequestId: a\nREPORT RequestId: a\tDuration: 65.46 ms\tBilled Duration: 66 ms\tMemory Size: 3008 MB\tInit Duration: 146.58 ms\t\n",
		"END RequestId: b\nREPORT RequestId: b\tDuration: 5.00 ms\tBilled Duration: 5 ms\tMemory Size: 3008 MB\t\n",
		"REPORT RequestId: c\tDuration: 7.50 ms\tBilled Duration: 8 ms\tMemory Size: 3008 MB\tStatus: timeout\n",
	} {
		log.Write([]byte(text))
	}
	for id, want := range map[string]logged{
		"a": {duration: 65.46, total: 60.759, init: 146.58},
		"b": {duration: 5},
		"c": {duration: 7.5},
		"d": {},
	} {
		if got := log.take(id); got != want {
			t.Errorf("%s: %+v, want %+v", id, got, want)
		}
		if got := log.take(id); got != (logged{}) {
			t.Errorf("%s, taken twice: %+v", id, got)
		}
	}
}
