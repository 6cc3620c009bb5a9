package yolo

import (
	"errors"
	"fmt"
	"math"
)

// ErrOutput says that a model's output is not what its file declares: another shape, or
// numbers that cannot be scores or boxes in pixels.
var ErrOutput = errors.New("the model's output is not what its file declares")

// above is how far rounding in float16 may lift a score over 1.
const above = 1e-2

// examine looks through all numbers of the model's first outputs. Each reply after that
// is checked by what it found alone (see checkFound).
func (m *Model) examine(outputs []Tensor) error {
	if m.examined.Load() {
		return nil
	}
	if err := m.examineAll(outputs); err != nil {
		return err
	}
	m.examined.Store(true)
	return nil
}

func (m *Model) examineAll(outputs []Tensor) error {
	if m.Task == Classify || m.Task == Semantic || m.Task == Depth || len(outputs) == 0 {
		return nil // each of their replies is checked as a whole
	}
	h, err := newHead(m.layout, outputs[0])
	if err != nil {
		return err
	}
	if err := m.examineScores(h); err != nil {
		return err
	}
	if err := m.examinePrototypes(outputs, h); err != nil {
		return err
	}
	if h.form == normalised || h.anchors == 0 {
		return nil
	}
	highest, turned := float32(0), 0
	for i := range h.anchors {
		for c := range 4 {
			highest = max(highest, h.at(c, i))
		}
		if h.form == rows && m.Task != OBB && (h.at(2, i) < h.at(0, i) || h.at(3, i) < h.at(1, i)) && h.at(4, i) > above {
			turned++
		}
	}
	if turned > 0 && !m.EndToEnd && !m.EmbeddedNMS {
		return fmt.Errorf("%w: %d of its %d boxes end before they start; its rows are not x1, y1, x2, y2", ErrOutput, turned, h.anchors)
	}
	if h.form != rows && h.anchors > 1 && highest > 0 && highest <= 2 {
		return errNormalised
	}
	return nil
}

// examineScores holds every score to 0 to 1, and the columns of a file that does not say
// its task to what scores are: near 0 for most anchors. An angle is not.
func (m *Model) examineScores(h head) error {
	from, to := h.scoreColumns()
	for c := from; c < to; c++ {
		least := float32(1)
		for i := range h.anchors {
			v := h.at(c, i)
			if v > 1+above || v < -above || v != v {
				return fmt.Errorf("%w: a score is %v, want 0 to 1; logits want a sigmoid in the graph", ErrOutput, v)
			}
			least = min(least, v)
		}
		if m.Metadata.Task == "" && (h.form == raw || h.form == classic) && h.anchors > 100 && least > 0.1 {
			return fmt.Errorf("%w: column %d is nowhere below %.2f, so it holds no scores; perhaps the task is not %s, the file does not say it",
				ErrOutput, c, least, m.Task)
		}
	}
	if h.form == rows || h.form == normalised {
		for i := range h.anchors {
			if err := h.checkClass(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// examinePrototypes refuses those of which no mask can be made: it would be empty, and its
// detection dropped.
func (m *Model) examinePrototypes(outputs []Tensor, h head) error {
	if m.Task != Segment {
		return nil
	}
	if err := checkPrototypes(outputs, h.extra); err != nil {
		return err
	}
	shape := outputs[1].Shape
	return checkFinite("prototype", outputs[1].Data[:shape[1]*shape[2]*shape[3]])
}

// checkFinite refuses values of which one is NaN or infinite; what says what each is.
func checkFinite(what string, values []float32) error {
	for _, v := range values {
		if !finite(v) {
			return fmt.Errorf("%w: a %s is %v", ErrOutput, what, v)
		}
	}
	return nil
}

// checkClass holds the class of a row to whole numbers.
func (h head) checkClass(row int) error {
	if class := h.at(5, row); class != float32(math.Trunc(float64(class))) {
		return fmt.Errorf("%w: a class is %v, want a whole number; its rows are not x1, y1, x2, y2, score, class", ErrOutput, class)
	}
	return nil
}

var errNormalised = fmt.Errorf("%w: its boxes lie between 0 and 1, want pixels of the input; "+adaptIt, ErrOutput)

// scoreColumns are the columns that hold scores, objectness included.
func (h head) scoreColumns() (from, to int) {
	switch h.form {
	case rows, normalised:
		return 4, 5
	case classic:
		return 4, 5 + h.classes
	}
	return 4, 4 + h.classes
}

// overflows is where numbers come from that are NaN or infinite.
const overflows = "look for weights that are, or for float16 that overflows: export with float32"

// checkFound holds what was found in a picture to what can be: scores up to 1, and
// boxes of numbers that are not all within the first two pixels.
func (h head) checkFound(cs []candidate, b *best) error {
	if len(cs) == 0 && b.noNumber {
		return fmt.Errorf("%w: it finds nothing, and scores are NaN or infinite; "+overflows, ErrOutput)
	}
	tiny := len(cs) > 0
	for _, c := range cs {
		if c.conf > 1+above {
			return fmt.Errorf("%w: a score is %v, want 0 to 1; logits want a sigmoid in the graph", ErrOutput, c.conf)
		}
		if !c.box.finite() || !h.finiteExtra(c.anchor) {
			return fmt.Errorf("%w: what it finds with a score of %.2f has numbers that are NaN or infinite; "+overflows, ErrOutput, c.conf)
		}
		if h.form == rows || h.form == normalised {
			if err := h.checkClass(c.anchor); err != nil {
				return err
			}
		}
		tiny = tiny && c.box.X2 <= 2 && c.box.Y2 <= 2
	}
	if tiny && h.form != normalised {
		return errNormalised
	}
	return nil
}

// finiteExtra reports whether an anchor's angle, key points or mask coefficients are numbers.
func (h head) finiteExtra(anchor int) bool {
	for i := range h.extra {
		if !finite(h.at(h.extraColumn()+i, anchor)) {
			return false
		}
	}
	return true
}

// checkProbabilities refuses a row that is not a distribution.
func checkProbabilities(row []float32) error {
	sum := 0.0
	for _, p := range row {
		if !(p >= -above && p <= 1+above) {
			return fmt.Errorf("%w: a class has the probability %v, want 0 to 1; embeddings are no classes; if it has logits, "+adaptIt, ErrOutput, p)
		}
		sum += float64(p)
	}
	if math.Abs(sum-1) > 0.02 {
		return fmt.Errorf("%w: the probabilities of its %d classes add up to %.3g, not to 1; embeddings are no classes; "+
			"if it has logits, "+adaptIt, ErrOutput, len(row), sum)
	}
	return nil
}
