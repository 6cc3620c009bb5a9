package chroma

// CMYK converts a pixel of inks, of which 255 is full, to RGB as Pillow does
// (cmyk2rgb in Convert.c). No profile is applied.
func CMYK(c, m, y, k uint8) (r, g, b uint8) {
	white := 255 - int(k) // what black leaves
	less := func(ink uint8) uint8 {
		t := int(ink)*white + 128
		return uint8(max(white-(t>>8+t)>>8, 0))
	}
	return less(c), less(m), less(y)
}
