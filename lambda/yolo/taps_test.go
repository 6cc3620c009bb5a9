package yolo

import (
	"encoding/binary"
	"hash/crc32"
	"testing"
)

// TestTapsOfEveryCPU holds that taps are the same on every kind of CPU: arm64 can
// multiply and add with one rounding, where Pillow and OpenCV on x86-64 have two. The
// sums are those of x86-64.
func TestTapsOfEveryCPU(t *testing.T) {
	for name, test := range map[string]struct {
		filter
		want uint32
	}{
		"pillow": {pillow, 0x20a0360},
		"openCV": {openCV, 0x50fcf883},
	} {
		sum := crc32.NewIEEE()
		for n := 1; n <= 4096; n += 37 {
			for _, out := range []int{32, 224, 320, 384, 480, 640, 1280} {
				all := test.taps(n, out, 0, out)
				binary.Write(sum, binary.LittleEndian, all.first)
				binary.Write(sum, binary.LittleEndian, all.weights)
			}
		}
		if got := sum.Sum32(); got != test.want {
			t.Errorf("%s: sum %#x, want %#x", name, got, test.want)
		}
	}
}
