package yolo

import "fmt"

// classify reads the probabilities, [batch, classes], already softmaxed.
func (m *Model) classify(r *Result, outputs []Tensor) error {
	if len(outputs) == 0 || len(outputs[0].Shape) != 2 || outputs[0].Shape[1] < 1 ||
		(m.Classes > 0 && outputs[0].Shape[1] != m.Classes) {
		return fmt.Errorf("read output: want [batch, %d] probabilities", m.Classes)
	}
	r.Probs = append([]float32(nil), outputs[0].Data[:outputs[0].Shape[1]]...)
	for i, p := range r.Probs {
		if !finite(p) {
			r.Probs[i] = 0
		}
	}
	return nil
}
