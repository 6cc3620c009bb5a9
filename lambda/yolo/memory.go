package yolo

import (
	"slices"
)

// memory is what a run needs of it, for the next to use again.
type memory struct {
	input   Tensor
	outputs []Tensor // nil before the first run with an input of this shape
	best    best
}

// newMemory makes the memory for an input of the given size. Where the graph's
// batch is fixed at more than one, only the input's first picture is filled; the
// rest may hold anything.
func (m *Model) newMemory(s Size) *memory {
	mem := m.spare.Take()
	if mem == nil {
		mem = &memory{}
	}
	shape := []int{m.batch, 3, s.H, s.W}
	if slices.Equal(mem.input.Shape, shape) {
		return mem
	}
	n := m.batch * 3 * s.H * s.W
	data := mem.input.Data
	if cap(data) < n {
		data = make([]float32, n)
	}
	return &memory{input: Tensor{shape, data[:n]}, best: mem.best}
}

// keep leaves the memory for a run to come, if the model's own size would need
// as much.
func (m *Model) keep(mem *memory) {
	if cap(mem.input.Data) > m.batch*3*m.ImgSize.H*m.ImgSize.W {
		return
	}
	m.spare.Keep(mem)
}
