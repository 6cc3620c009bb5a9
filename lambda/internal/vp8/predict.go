package vp8

import "encoding/binary"

// predict fills a square of samples, 16x16 of luma or 8x8 of chroma, from the row above it and the column on its left
// (12.2). pix[at] is its first sample. Where the frame has no row above or no column on the left, the mean does
// without; other modes find there what the planes have around them.
func predict(mode uint8, pix []uint8, at, stride, size int, hasAbove, hasLeft bool) {
	above := pix[at-stride : at-stride+size]
	switch mode {
	case modeDC:
		sum, n := 0, 0
		if hasAbove {
			for _, v := range above {
				sum += int(v)
			}
			n += size
		}
		if hasLeft {
			for y := range size {
				sum += int(pix[at+y*stride-1])
			}
			n += size
		}
		mean := uint64(128)
		if n > 0 {
			mean = uint64((sum + n/2) / n)
		}
		for y := range size {
			fill(pix[at+y*stride:][:size], mean)
		}
	case modeVertical:
		for y := range size {
			copy(pix[at+y*stride:][:size], above)
		}
	case modeHorizontal:
		for y := range size {
			fill(pix[at+y*stride:][:size], uint64(pix[at+y*stride-1]))
		}
	case modeTrueMotion:
		trueMotion(pix, at, stride, size)
	}
}

// fill gives 8 or 16 samples a value.
func fill(row []uint8, v uint64) {
	v *= 0x0101010101010101
	for ; len(row) >= 8; row = row[8:] {
		binary.LittleEndian.PutUint64(row, v)
	}
}

// trueMotion adds to the row above what the column on the left differs by from the sample above it.
func trueMotion(pix []uint8, at, stride, size int) {
	above := pix[at-stride-1 : at-stride+size]
	for y := range size {
		row := pix[at+y*stride-1 : at+y*stride+size]
		change := int32(row[0]) - int32(above[0])
		for x := 1; x < len(row) && x < len(above); x++ {
			row[x] = uint8(clamp(int32(above[x]) + change))
		}
	}
}
