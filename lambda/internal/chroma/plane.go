// Package chroma holds the samples of pictures whose colour is stored coarser than
// their brightness, and brings them to the picture's size and to RGB as libjpeg does,
// to the last bit: JPEG decoders differ in little else, and a network sees it.
//
// Y, Cb and Cr are those of JFIF: BT.601, full range, 128 in the middle of chroma.
//
// The loops over all pixels have twins in vector instructions (vector_GOARCH.s): AVX2 or
// NEON, where the CPU has them. Each does what its plain twin does, to the last bit of
// every byte that has a meaning; the tests compare them. The build tag purego leaves
// them out. Packages with such loops repeat a few lines for them, as the assembler
// includes no file of another package, and go vet wants each loop declared next to it.
package chroma

// Plane is the samples of one component.
type Plane struct {
	Pix           []uint8
	Stride        int // bytes from row to row
	Width, Height int // samples
	// SubX and SubY are how many pixels share a sample along each axis.
	SubX, SubY int
}

// row is a row of samples; the edge goes on outside.
func (p Plane) row(y int) []uint8 {
	return p.Pix[min(max(y, 0), p.Height-1)*p.Stride:][:p.Width]
}
