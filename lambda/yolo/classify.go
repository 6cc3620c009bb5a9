package yolo

import "fmt"

// classify reads the probabilities, [batch, classes], already softmaxed.
func (m *Model) classify(r *Result, outputs []Tensor) error {
	if len(outputs) == 0 {
		return fmt.Errorf("%w: read output: there is none", ErrOutput)
	}
	out := outputs[0]
	if len(out.Shape) != 2 || out.Shape[1] < 1 || len(out.Data) < out.Shape[1] ||
		(m.Classes > 0 && out.Shape[1] != m.Classes) {
		return fmt.Errorf("%w: read output of shape %v: want [batch, classes] probabilities of %d classes", ErrOutput, out.Shape, m.Classes)
	}
	r.Probs = append([]float32(nil), out.Data[:out.Shape[1]]...)
	return checkProbabilities(r.Probs)
}
