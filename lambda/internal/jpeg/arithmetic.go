package jpeg

// arithmetic is the state of T.81's arithmetic decoder, Annex D.
type arithmetic struct {
	code  int // base of the coding interval, with bits not yet taken behind it
	size  int // of the coding interval, 0x8000 to 0x10000
	shift int // how many bits of code are not yet taken; negative before the first ones

	// What each decision is likely to be: the more probable symbol (bit 7) and the row of
	// probabilities, by table.
	dc        [16][64]uint8
	ac        [16][256]uint8
	dcContext [4]int // kind of the last DC difference, by component of the scan
}

// conditioning is what a DAC segment says of one table: the bounds of small DC
// differences, and up to which coefficient the magnitudes of AC are those of low
// frequencies. T.81, F.1.4.4.1.2 and F.1.4.4.1.4.
type conditioning struct{ low, high, k int }

var standardConditioning = conditioning{low: 0, high: 1, k: 5}

// start forgets all, at the start of a scan or of an interval. T.81, D.2.7.
func (a *arithmetic) start() { *a = arithmetic{shift: -16} }

// decision reads a bit that is likely to be what state says, and adapts it. T.81, D.2.
// The base of the interval and the next bits share a number, as in libjpeg: where the one
// ends and the others begin moves with shift.
func (s *scanDecoder) decision(state *uint8) int {
	a := &s.arith
	for a.size < 0x8000 {
		if a.shift--; a.shift < 0 {
			next := 0 // data may end with zeros that are left out
			if s.pos < len(s.plain) {
				next = int(s.plain[s.pos])
			}
			s.pos++
			a.code = a.code<<8 | next
			if a.shift += 8; a.shift < 0 {
				if a.shift++; a.shift == 0 { // these were the first two bytes
					a.size = 0x8000
				}
			}
		}
		a.size <<= 1
	}
	row := &probabilities[*state&0x7f]
	likely := *state >> 7
	less := int(row.less)
	a.size -= less
	bound := a.size << a.shift
	switch {
	case a.code >= bound:
		a.code -= bound
		swapped := a.size < less // the less probable symbol has the larger part
		a.size = less
		if swapped {
			*state = likely<<7 | row.afterLikely
			return int(likely)
		}
	case a.size >= 0x8000:
		return int(likely)
	case a.size >= less:
		*state = likely<<7 | row.afterLikely
		return int(likely)
	}
	*state = (likely^row.exchange)<<7 | row.afterLess
	return int(likely ^ 1)
}

// fixedState is that of decisions which are as likely as not.
const fixedState = 113

// even reads a bit of no likelihood.
func (s *scanDecoder) even() int {
	state := uint8(fixedState)
	return s.decision(&state)
}

// probability is a row of T.81, table D.3.
type probability struct {
	less                   uint16 // of the less probable symbol, in 1/65536 of 4/3
	afterLess, afterLikely uint8  // next row
	exchange               uint8  // 1 if the symbols change their parts after the less probable one
}

var probabilities = [...]probability{
	{0x5a1d, 1, 1, 1}, {0x2586, 14, 2, 0}, {0x1114, 16, 3, 0}, {0x080b, 18, 4, 0},
	{0x03d8, 20, 5, 0}, {0x01da, 23, 6, 0}, {0x00e5, 25, 7, 0}, {0x006f, 28, 8, 0},
	{0x0036, 30, 9, 0}, {0x001a, 33, 10, 0}, {0x000d, 35, 11, 0}, {0x0006, 9, 12, 0},
	{0x0003, 10, 13, 0}, {0x0001, 12, 13, 0}, {0x5a7f, 15, 15, 1}, {0x3f25, 36, 16, 0},
	{0x2cf2, 38, 17, 0}, {0x207c, 39, 18, 0}, {0x17b9, 40, 19, 0}, {0x1182, 42, 20, 0},
	{0x0cef, 43, 21, 0}, {0x09a1, 45, 22, 0}, {0x072f, 46, 23, 0}, {0x055c, 48, 24, 0},
	{0x0406, 49, 25, 0}, {0x0303, 51, 26, 0}, {0x0240, 52, 27, 0}, {0x01b1, 54, 28, 0},
	{0x0144, 56, 29, 0}, {0x00f5, 57, 30, 0}, {0x00b7, 59, 31, 0}, {0x008a, 60, 32, 0},
	{0x0068, 62, 33, 0}, {0x004e, 63, 34, 0}, {0x003b, 32, 35, 0}, {0x002c, 33, 9, 0},
	{0x5ae1, 37, 37, 1}, {0x484c, 64, 38, 0}, {0x3a0d, 65, 39, 0}, {0x2ef1, 67, 40, 0},
	{0x261f, 68, 41, 0}, {0x1f33, 69, 42, 0}, {0x19a8, 70, 43, 0}, {0x1518, 72, 44, 0},
	{0x1177, 73, 45, 0}, {0x0e74, 74, 46, 0}, {0x0bfb, 75, 47, 0}, {0x09f8, 77, 48, 0},
	{0x0861, 78, 49, 0}, {0x0706, 79, 50, 0}, {0x05cd, 48, 51, 0}, {0x04de, 50, 52, 0},
	{0x040f, 50, 53, 0}, {0x0363, 51, 54, 0}, {0x02d4, 52, 55, 0}, {0x025c, 53, 56, 0},
	{0x01f8, 54, 57, 0}, {0x01a4, 55, 58, 0}, {0x0160, 56, 59, 0}, {0x0125, 57, 60, 0},
	{0x00f6, 58, 61, 0}, {0x00cb, 59, 62, 0}, {0x00ab, 61, 63, 0}, {0x008f, 61, 32, 0},
	{0x5b12, 65, 65, 1}, {0x4d04, 80, 66, 0}, {0x412c, 81, 67, 0}, {0x37d8, 82, 68, 0},
	{0x2fe8, 83, 69, 0}, {0x293c, 84, 70, 0}, {0x2379, 86, 71, 0}, {0x1edf, 87, 72, 0},
	{0x1aa9, 87, 73, 0}, {0x174e, 72, 74, 0}, {0x1424, 72, 75, 0}, {0x119c, 74, 76, 0},
	{0x0f6b, 74, 77, 0}, {0x0d51, 75, 78, 0}, {0x0bb6, 77, 79, 0}, {0x0a40, 77, 48, 0},
	{0x5832, 80, 81, 1}, {0x4d1c, 88, 82, 0}, {0x438e, 89, 83, 0}, {0x3bdd, 90, 84, 0},
	{0x34ee, 91, 85, 0}, {0x2eae, 92, 86, 0}, {0x299a, 93, 87, 0}, {0x2516, 86, 71, 0},
	{0x5570, 88, 89, 1}, {0x4ca9, 95, 90, 0}, {0x44d9, 96, 91, 0}, {0x3e22, 97, 92, 0},
	{0x3824, 99, 93, 0}, {0x32b4, 99, 94, 0}, {0x2e17, 93, 86, 0}, {0x56a8, 95, 96, 1},
	{0x4f46, 101, 97, 0}, {0x47e5, 102, 98, 0}, {0x41cf, 103, 99, 0}, {0x3c3d, 104, 100, 0},
	{0x375e, 99, 93, 0}, {0x5231, 105, 102, 0}, {0x4c0f, 106, 103, 0}, {0x4639, 107, 104, 0},
	{0x415e, 103, 99, 0}, {0x5627, 105, 106, 1}, {0x50e7, 108, 107, 0}, {0x4b85, 109, 103, 0},
	{0x5597, 110, 109, 0}, {0x504f, 111, 107, 0}, {0x5a10, 110, 111, 1}, {0x5522, 112, 109, 0},
	{0x59eb, 112, 111, 1},
	fixedState: {0x5a1d, fixedState, fixedState, 0},
}
