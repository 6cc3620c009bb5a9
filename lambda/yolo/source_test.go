package yolo

import "testing"

// TestYCbCr compares all colours with libjpeg's conversion, written down from
// jdcolor.c (ycc_rgb_convert).
func TestYCbCr(t *testing.T) {
	const half = 1 << 15
	clip := func(v int) int { return min(max(v, 0), 255) }
	luma, chroma := make([]uint8, 256), make([]uint32, 256)
	p := make([]pixel, 256)
	for cb := range 256 {
		for cr := range 256 {
			for y := range 256 {
				luma[y], chroma[y] = uint8(y), uint32(cb|cr<<16)
			}
			fromYCbCr(p, luma, chroma)
			u, v := cb-128, cr-128
			for y := range 256 {
				r := clip(y + (91881*v+half)>>16)
				g := clip(y + (-22554*u-46802*v+half)>>16)
				b := clip(y + (116130*u+half)>>16)
				if p[y] != (pixel{uint64(r) | uint64(g)<<32, uint64(b)}) {
					t.Fatalf("YCbCr %d %d %d: %x %x, want %d %d %d", y, cb, cr, p[y].rg, p[y].b, r, g, b)
				}
			}
		}
	}
}
