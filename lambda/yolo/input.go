package yolo

import (
	"fmt"
)

// readInput reads the input's shape, [batch, 3, height, width]; an axis that the graph
// leaves open is 0.
func (m *Model) readInput(shape []int) error {
	if len(shape) != 4 || (shape[1] > 0 && shape[1] != 3) {
		return fmt.Errorf("its input has the shape %v, want [batch, 3, height, width]", shape)
	}
	if shape[0] > 0 {
		m.batch = shape[0]
	}
	if m.batch > maxBatch || shape[2] > maxInputSide || shape[3] > maxInputSide {
		return fmt.Errorf("its input has the shape %v, which is over %d pictures or %d pixels a side", shape, maxBatch, maxInputSide)
	}
	if shape[2] > 0 && shape[3] > 0 {
		m.Fixed = Size{shape[2], shape[3]}
		m.ImgSize = m.Fixed
		return m.checkInput(m.Fixed)
	}
	if m.ImgSize == (Size{}) {
		m.ImgSize = Size{640, 640} // Ultralytics' default
	}
	m.ImgSize = Size{roundUp(m.ImgSize.H, m.Stride), roundUp(m.ImgSize.W, m.Stride)}
	return m.checkInput(m.ImgSize)
}

// checkInput refuses an input of more pixels than any function has memory for.
func (m *Model) checkInput(s Size) error {
	if n := m.batch * s.H * s.W; n > maxInput {
		return fmt.Errorf("its input has the shape %v, which is %.1f million pixels; %.1f million are allowed",
			[]int{m.batch, 3, s.H, s.W}, float64(n)/1e6, maxInput/1e6)
	}
	return nil
}
