package chroma

import "testing"

// TestYCbCr compares all colours with libjpeg's conversion, written down from
// jdcolor.c (ycc_rgb_convert).
func TestRGB(t *testing.T) {
	const half = 1 << 15
	clip := func(v int) int { return min(max(v, 0), 255) }
	luma, blue, red := make([]uint8, 256), make([]uint8, 256), make([]uint8, 256)
	got := make([]uint8, 4*256)
	for cb := range 256 {
		for cr := range 256 {
			for y := range 256 {
				luma[y], blue[y], red[y] = uint8(y), uint8(cb), uint8(cr)
			}
			RGB(got, luma, blue, red)
			u, v := cb-128, cr-128
			for y := range 256 {
				r := clip(y + (91881*v+half)>>16)
				g := clip(y + (-22554*u-46802*v+half)>>16)
				b := clip(y + (116130*u+half)>>16)
				if p := got[4*y:]; int(p[0]) != r || int(p[1]) != g || int(p[2]) != b {
					t.Fatalf("YCbCr %d %d %d: %d, want %d %d %d", y, cb, cr, p[:3], r, g, b)
				}
			}
		}
	}
}
