package jpeg

import "github.com/yolambda/yolambda/lambda/internal/slot"

// strip is the coefficients of one row of MCUs: rows of component.stride blocks,
// by component.
type strip struct {
	blocks [4][]block
	// last is the place, in zigzag order, of each block's last coefficient that may
	// be other than zero.
	last [4][]uint8
}

// coefficients is memory for strips, or for the parts of a scan. It is all zero between pictures.
type coefficients struct {
	blocks []block
	last   []uint8
}

// mostKept is how many bytes are kept of what a picture took on the way: enough for pieces and
// for rows on mostDecoders CPUs, but for a large picture's whose details have to be estimated
// (smooth.go). More would lie idle while the network, or the next picture, needs memory.
const mostKept = 16 << 20

var spareCoefficients slot.Slot[coefficients]

// takeCoefficients gives the last picture's memory, or none yet.
func takeCoefficients() *coefficients {
	if c := spareCoefficients.Take(); c != nil {
		return c
	}
	return new(coefficients)
}

// strips cuts the memory for n strips of a frame.
func (c *coefficients) strips(f *File, n int) []strip {
	total := 0 // blocks of a strip
	for _, comp := range f.components {
		total += comp.stride * comp.v
	}
	c.reserve(n * total)
	strips := make([]strip, n)
	at := 0
	for i := range strips {
		for k, comp := range f.components {
			end := at + comp.stride*comp.v
			strips[i].blocks[k], strips[i].last[k] = c.blocks[at:end:end], c.last[at:end:end]
			at = end
		}
	}
	return strips
}

// reserve holds that there is memory for n blocks.
func (c *coefficients) reserve(n int) {
	if len(c.blocks) < n {
		c.blocks, c.last = nil, nil // may be freed for what follows
		c.blocks, c.last = make([]block, n), make([]uint8, n)
	}
}

// release keeps the memory, which must be all zero, for another picture.
func (c *coefficients) release() {
	const blockSize = 64 * 2
	if len(c.blocks)*blockSize <= mostKept {
		spareCoefficients.Keep(c)
	}
}
