package vp8

// quantizer holds what coefficients of a segment are multiplied by: the DC, then the others.
type quantizer struct {
	luma, lumaDC, chroma [2]int32
}

// parseQuantizers reads the indices into the tables (9.6) and looks them up (14.1).
func (h *header) parseQuantizers() {
	d := &h.modes
	index := d.number(7)
	lumaDC := d.optional(4)
	dcDC, dcAC := d.optional(4), d.optional(4) // of the block of luma's DCs
	chromaDC, chromaAC := d.optional(4), d.optional(4)
	for i := range h.quantizers {
		q := index
		if h.segments.on {
			q = h.segments.quantizer[i]
			if !h.segments.absolute {
				q += index
			}
		}
		h.quantizers[i] = quantizer{
			luma:   [2]int32{step(&dcSteps, q+lumaDC), step(&acSteps, q)},
			lumaDC: [2]int32{2 * step(&dcSteps, q+dcDC), max(step(&acSteps, q+dcAC)*155/100, 8)},
			chroma: [2]int32{min(step(&dcSteps, q+chromaDC), 132), step(&acSteps, q+chromaAC)},
		}
	}
}

// step looks up an index, which is clamped to the table.
func step(table *[128]uint16, index int) int32 { return int32(table[min(max(index, 0), 127)]) }

var dcSteps = [128]uint16{
	4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17, 17,
	18, 19, 20, 20, 21, 21, 22, 22, 23, 23, 24, 25, 25, 26, 27, 28,
	29, 30, 31, 32, 33, 34, 35, 36, 37, 37, 38, 39, 40, 41, 42, 43,
	44, 45, 46, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58,
	59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74,
	75, 76, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89,
	91, 93, 95, 96, 98, 100, 101, 102, 104, 106, 108, 110, 112, 114, 116, 118,
	122, 124, 126, 128, 130, 132, 134, 136, 138, 140, 143, 145, 148, 151, 154, 157,
}

var acSteps = [128]uint16{
	4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
	20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
	36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
	52, 53, 54, 55, 56, 57, 58, 60, 62, 64, 66, 68, 70, 72, 74, 76,
	78, 80, 82, 84, 86, 88, 90, 92, 94, 96, 98, 100, 102, 104, 106, 108,
	110, 112, 114, 116, 119, 122, 125, 128, 131, 134, 137, 140, 143, 146, 149, 152,
	155, 158, 161, 164, 167, 170, 173, 177, 181, 185, 189, 193, 197, 201, 205, 209,
	213, 217, 221, 225, 229, 234, 239, 245, 249, 254, 259, 264, 269, 274, 279, 284,
}
