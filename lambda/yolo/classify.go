package yolo

import (
	"cmp"
	"fmt"
	"slices"
)

// classify reads the probabilities, [batch, classes], already softmaxed, and ranks those of
// the classes that are asked for; at equal probability the lower id is first.
func (m *Model) classify(r *Result, outputs []Tensor, o Options) error {
	if len(outputs) == 0 {
		return fmt.Errorf("%w: read output: there is none", ErrOutput)
	}
	out := outputs[0]
	if len(out.Shape) != 2 || out.Shape[1] < 1 || len(out.Data) < out.Shape[1] ||
		(m.Classes > 0 && out.Shape[1] != m.Classes) {
		return fmt.Errorf("%w: read output of shape %v: want [batch, classes] probabilities of %d classes; rows of boxes are none: "+tryIt, ErrOutput, out.Shape, m.Classes)
	}
	r.Probs = append([]float32(nil), out.Data[:out.Shape[1]]...)
	keep := wanted(o.Classes)
	for id, p := range r.Probs {
		if p >= o.Conf && keep(id) {
			r.Ranking = append(r.Ranking, id)
		}
	}
	slices.SortStableFunc(r.Ranking, func(a, b int) int { return cmp.Compare(r.Probs[b], r.Probs[a]) })
	return checkProbabilities(r.Probs)
}
