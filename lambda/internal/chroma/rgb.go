package chroma

// RGB converts a row of len(y) pixels, whose cb and cr are at full size, to four bytes a
// pixel: R, G, B and one of no meaning.
func RGB(dst, y, cb, cr []uint8) { toRGB(dst, y, cb, cr) }

// toRGB is RGB in the fastest way that the CPU has.
var toRGB = toRGBPlain

// toRGBPlain has libjpeg's fixed point of 16 bits (jdcolor.c): BT.601, full range.
func toRGBPlain(dst, luma, cb, cr []uint8) {
	const half = 1 << 15
	cb, cr = cb[:len(luma)], cr[:len(luma)]
	for x, v := range luma {
		y, u, v := int32(v), int32(cb[x])-128, int32(cr[x])-128
		d := (*[4]uint8)(dst[4*x:])
		d[0] = toByte(y + (91881*v+half)>>16)          // 1.402
		d[1] = toByte(y + (-22554*u-46802*v+half)>>16) // -0.34414, -0.71414
		d[2] = toByte(y + (116130*u+half)>>16)         // 1.772
	}
}

func toByte(v int32) uint8 { return uint8(min(max(v, 0), 255)) }
