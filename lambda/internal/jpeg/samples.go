package jpeg

import (
	"github.com/yolambda/yolambda/lambda/internal/chroma"
	"github.com/yolambda/yolambda/lambda/internal/hugepage"
	"github.com/yolambda/yolambda/lambda/internal/slot"
)

// Samples is a decoded picture.
type Samples struct {
	// Planes are the components in the order of the file, each with as many samples as
	// it is stored with. Behind the last sample of a row, and the last row, there may be
	// those of cut blocks.
	Planes []chroma.Plane
	memory []uint8 // of all planes
}

// spareMemory is memory for the samples of a picture. Fresh memory has to be zeroed and
// mapped page by page: a tenth of the decoding of a large picture.
var spareMemory slot.Slot[[]uint8]

// mostSpare is how many bytes of samples are kept: 20 megapixels at 4:2:0.
const mostSpare = 30 << 20

// newSamples makes planes of any contents.
func newSamples(f *File) *Samples {
	total := 0
	for _, c := range f.components {
		total += c.samples()
	}
	s := &Samples{Planes: make([]chroma.Plane, len(f.components))}
	if spare := spareMemory.Take(); spare != nil && len(*spare) >= total {
		s.memory = *spare
	} else {
		s.memory = make([]uint8, total)
		hugepage.Advise(s.memory)
	}
	rest := s.memory
	for i, c := range f.components {
		s.Planes[i] = chroma.Plane{
			Pix: rest[:c.samples():c.samples()], Stride: c.across * 8,
			Width: c.width, Height: c.height, SubX: f.hmax / c.h, SubY: f.vmax / c.v,
		}
		rest = rest[c.samples():]
	}
	return s
}

// Release gives the memory to the next Decode. After it the planes must not be used.
func (s *Samples) Release() {
	if memory := s.memory; len(memory) <= mostSpare {
		spareMemory.Keep(&memory)
	}
	s.Planes, s.memory = nil, nil
}
