package yolo

import (
	"errors"
	"fmt"

	"github.com/yolambda/yolambda/lambda/onnx"
)

// readInput reads the input's shape, [batch, 3, height, width]; an axis that the graph
// leaves open is 0.
func (m *Model) readInput(in onnx.Value) error {
	if in.Type != onnx.Float32 && in.Type != onnx.Float16 {
		return fmt.Errorf("its input %s is of %v, want float32 or float16 from 0 to 1; "+adaptIt, in.Name, in.Type)
	}
	shape := in.Shape
	if len(shape) == 4 && shape[3] == 3 && shape[1] != 3 {
		return fmt.Errorf("its input has the shape %v, channels last (NHWC), want [batch, 3, height, width]; "+adaptIt, shape)
	}
	if len(shape) == 4 && shape[1] == 0 {
		return errors.New("its input does not say which axis the three channels are on, want [batch, 3, height, width]; " + tryIt + ", with IMGSZ=640 or its own size")
	}
	if len(shape) != 4 || shape[1] != 3 {
		return fmt.Errorf("its input has the shape %v, want [batch, 3, height, width]; export it for pictures of three channels", shape)
	}
	if shape[0] > 0 {
		m.batch = shape[0]
	}
	if m.batch > maxBatch || shape[2] > maxInputSide || shape[3] > maxInputSide {
		return fmt.Errorf("its input has the shape %v, which is over %d pictures or %d pixels a side; export it for a smaller one", shape, maxBatch, maxInputSide)
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
		return fmt.Errorf("its input has the shape %v, which is %.1f million pixels; %.1f million are allowed; export it for a smaller one",
			[]int{m.batch, 3, s.H, s.W}, float64(n)/1e6, maxInput/1e6)
	}
	return nil
}

// perCell is how many of the rows of a head each cell of the model's grids has (see
// rowsPerCell).
func (m *Model) perCell(rows int) int { return perCell(rows, m.Fixed) }
