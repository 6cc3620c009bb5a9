package jpeg

import "sync"

// strip is the coefficients of one row of MCUs: rows of component.stride blocks,
// by component.
type strip struct {
	blocks [4][]block
	// last is the place, in zigzag order, of each block's last coefficient that may
	// be other than zero.
	last [4][]uint8
}

// storage is memory for strips. It is all zero between uses.
type storage struct {
	blocks []block
	last   []uint8
}

// mostKept is how many bytes of one picture a pool keeps: enough for baseline ones
// up to 20 000 pixels wide and progressive ones of 5 megapixels at 4:2:0. More
// would lie idle while the network, or the next picture, needs memory.
const mostKept = 16 << 20

var coefficients = sync.Pool{New: func() any { return new(storage) }}

// strips cuts the memory for n strips of a frame.
func (s *storage) strips(f *File, n int) []strip {
	total := 0
	for _, c := range f.components {
		total += c.stride * c.v
	}
	if len(s.blocks) < n*total {
		s.blocks, s.last = nil, nil // may be freed for what follows
		s.blocks, s.last = make([]block, n*total), make([]uint8, n*total)
	}
	strips := make([]strip, n)
	at := 0
	for i := range strips {
		for k, c := range f.components {
			end := at + c.stride*c.v
			strips[i].blocks[k], strips[i].last[k] = s.blocks[at:end:end], s.last[at:end:end]
			at = end
		}
	}
	return strips
}

// release keeps the memory, which must be all zero, for another picture.
func (s *storage) release() {
	const blockSize = 64 * 2
	if len(s.blocks)*blockSize <= mostKept {
		coefficients.Put(s)
	}
}
