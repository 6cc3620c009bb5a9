package vp8

// macroblock is 16x16 samples of luma and 8x8 of Cb and Cr, as they were coded.
type macroblock struct {
	segment      uint8
	luma, chroma uint8     // modes
	subblocks    [16]uint8 // modes, row by row, if luma is modeSubblocks
	skipped      bool      // marked to have no coefficients
	blocks       uint64    // what each of its 24 blocks has, two bits from the lowest on: 16 of luma, 4 of Cb, 4 of Cr
}

// What a block has. Of all but the first, the row has its coefficients.
const (
	blockEmpty = iota
	blockDC    // the DC at most
	blockFew   // the first three in zigzag order at most
	blockFull
)

// block holds coefficients, row by row, multiplied by their quantizers.
type block [16]int16

// row is a row of macroblocks.
type row struct {
	macroblocks []macroblock
	blocks      []block // those that are not empty, of one macroblock after the other
}

func newRow(h *header) *row {
	return &row{make([]macroblock, h.across), make([]block, 24*h.across)}
}
