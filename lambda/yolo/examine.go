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

// examine looks through all numbers of the model's first outputs, for a tensor of the size. Each
// reply after that is checked by what it found alone (see checkFound), but for rows of which the
// file does not say how they are laid out: the first picture may have none.
func (m *Model) examine(outputs []Tensor, size Size) error {
	if m.examined.Load() && (m.layout.form != rows || m.EndToEnd || m.EmbeddedNMS) {
		return nil
	}
	if err := m.examineAll(outputs, size); err != nil {
		return err
	}
	m.examined.Store(true)
	return nil
}

func (m *Model) examineAll(outputs []Tensor, size Size) error {
	if !m.boxes() || len(outputs) == 0 {
		return nil // each of their replies is checked as a whole
	}
	h, err := newHead(m.layout, outputs[0])
	if err != nil {
		return err
	}
	if err := m.examineCells(h, size); err != nil {
		return err
	}
	if err := m.examineScores(h); err != nil {
		return err
	}
	if err := m.examinePrototypes(outputs, h); err != nil {
		return err
	}
	switch h.form {
	case raw, classic:
		return h.examinePlaces(size)
	case rows:
		return m.examineRows(h)
	}
	return nil
}

// examineCells holds a head that the file does not name the classes of, or whose columns could be those of
// other rows (one class, YOLOv10), to as many anchors as the grids of the tensor have.
func (m *Model) examineCells(h head, size Size) error {
	want := 0
	switch {
	case h.form == raw && len(m.Names) == 0:
		want = 1
	case h.form == classic && (len(m.Names) == 0 || h.classes == 1):
		want = 3
	}
	if want > 0 && perCell(h.anchors, size) != want {
		return fmt.Errorf("%w: it has %d places, and %d for each cell of a detector's grids are wanted in an input of %d x %d (height x width); %s",
			ErrOutput, h.anchors, want, size.H, size.W, rewrite)
	}
	return nil
}

// examinePlaces holds the boxes of a head that has one for each cell of its grids to what such
// are: centres all over the tensor of the size, and sides. Rows of zeros do not count.
func (h head) examinePlaces(size Size) error {
	right, bottom, width, height := float32(0), float32(0), float32(size.W), float32(size.H)
	boxes, corners, beyond, sides := 0, 0, 0, 0
	var asMiddles, asCorners float32 // sums of how far boxes' middles, read so, lie to the right of and below the input's
	for i := range h.anchors {
		x, y, w, v := h.at(0, i), h.at(1, i), h.at(2, i), h.at(3, i)
		if x == 0 && y == 0 && w == 0 && v == 0 {
			continue
		}
		boxes++
		right, bottom = max(right, x), max(bottom, y)
		asMiddles += x - width/2 + y - height/2
		asCorners += (x+w)/2 - width/2 + (y+v)/2 - height/2
		if w >= x && v >= y {
			corners++
		}
		if w > 0 && v > 0 {
			sides++
		}
		if x > 1.5*width || y > 1.5*height {
			beyond++
		}
	}
	switch {
	case boxes > 0 && h.anchors > 1 && right <= 2 && bottom <= 2 && h.below(2):
		return errNormalised
	case boxes < manyBoxes || perCell(h.anchors, size) == 0:
		return nil
	case corners == boxes && right > width/2 && bottom > height/2 && max(asCorners, -asCorners) < max(asMiddles, -asMiddles):
		return fmt.Errorf("%w: its boxes look like x1, y1, x2, y2, want cx, cy, w, h; "+adaptIt, ErrOutput)
	case right < width/2 || bottom < height/2:
		return fmt.Errorf("%w: of its %d boxes none has its middle beyond %.4g, %.4g, in an input of %d x %d: they are not decoded, or not in pixels of the input; "+rewrite,
			ErrOutput, boxes, right, bottom, size.W, size.H)
	case beyond > boxes/2:
		return fmt.Errorf("%w: most of its %d boxes lie beyond its input of %d x %d: they are not in pixels of it; "+rewrite, ErrOutput, boxes, size.W, size.H)
	case sides == 0:
		return fmt.Errorf("%w: none of its %d boxes has sides of positive length, want cx, cy, w, h; "+rewrite, ErrOutput, boxes)
	}
	return nil
}

// manyBoxes is how many show where the cells of a grid lie.
const manyBoxes = 100

// below reports whether no number of the boxes is above most.
func (h head) below(most float32) bool {
	for i := range h.anchors {
		for c := range 4 {
			if h.at(c, i) > most {
				return false
			}
		}
	}
	return true
}

// examineRows holds rows of which the file does not say it to x1, y1, x2, y2.
func (m *Model) examineRows(h head) error {
	if m.EndToEnd || m.EmbeddedNMS || m.Task == OBB {
		return nil
	}
	turned := 0
	for i := range h.anchors {
		if (h.at(2, i) < h.at(0, i) || h.at(3, i) < h.at(1, i)) && h.at(4, i) > above {
			turned++
		}
	}
	if turned > 0 {
		return fmt.Errorf("%w: %d of its %d boxes end before they start; "+notRows, ErrOutput, turned, h.anchors)
	}
	return nil
}

// examineScores holds every score to 0 to 1, and the columns of a file that does not say
// its task to what scores are: near 0 for most anchors. An angle is not.
func (m *Model) examineScores(h head) error {
	from, to := h.scoreColumns()
	lowest, cells := float32(1), (h.form == raw || h.form == classic) && h.anchors > manyBoxes
	for c := from; c < to; c++ {
		least := float32(1)
		for i := range h.anchors {
			v := h.at(c, i)
			if v > 1+above || v < -above || v != v {
				return h.errScore(v)
			}
			least = min(least, v)
		}
		// YOLOv5 and YOLOv7 train classes where there are objects alone: of all else only objectness is near 0.
		if m.Metadata.Task == "" && cells && least > 0.1 && (h.form == raw || c == from) {
			return fmt.Errorf("%w: column %d is nowhere below %.2f, so it holds no scores; perhaps the task is not %s, the file does not say it; "+tryIt,
				ErrOutput, c, least, m.Task)
		}
		lowest = min(lowest, least)
	}
	if cells && lowest > 0.499 {
		return fmt.Errorf("%w: none of its scores is below %.2f, as if all that it knows were everywhere: those of a sigmoid of scores are so, take one away", ErrOutput, lowest)
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

// errScore says that a score is none, and why that may be.
func (h head) errScore(v float32) error {
	why := "logits want a sigmoid in the graph: " + tryIt
	switch {
	case !finite(v):
		why = overflows
	case h.form == rows:
		why = notRows
	}
	return fmt.Errorf("%w: a score is %v, want 0 to 1; %s", ErrOutput, v, why)
}

// notRows is what to do about rows that hold something else.
const notRows = "its rows are not x1, y1, x2, y2, score, class: rewrite them to that, in pixels of the input (docs/models.md)"

// examinePrototypes refuses those of which no mask can be made: it would be empty, and its
// detection dropped.
func (m *Model) examinePrototypes(outputs []Tensor, h head) error {
	if m.Task != Segment {
		return nil
	}
	if err := checkPrototypes(outputs, h.extra); err != nil {
		return err
	}
	if m.Metadata.Task == "" && h.anchors >= manyBoxes && !h.signedExtra() {
		return fmt.Errorf("%w: none of its %d columns after the scores is below 0 anywhere, so they hold no coefficients of masks, and its second output "+
			"is something else; keep the first output alone, or say its task in the metadata", ErrOutput, h.extra)
	}
	shape := outputs[1].Shape
	return checkFinite("prototype", outputs[1].Data[:shape[1]*shape[2]*shape[3]])
}

// signedExtra reports whether a number behind the scores is negative.
func (h head) signedExtra() bool {
	for c := range h.extra {
		for i := range h.anchors {
			if h.at(h.extraColumn()+c, i) < 0 {
				return true
			}
		}
	}
	return false
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
		return fmt.Errorf("%w: a class is %v, want a whole number; "+notRows, ErrOutput, class)
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
	if b.noNumber { // whatever else is found, there may have been more
		return fmt.Errorf("%w: scores are NaN or infinite; "+overflows, ErrOutput)
	}
	if b.noClass {
		return fmt.Errorf("%w: it finds classes that are none of 0 to %d; say all names, or "+notRows, ErrOutput, h.classLimit()-1)
	}
	tiny, broken := len(cs) > 0, float32(-1)
	for _, c := range cs {
		if c.conf > 1+above {
			return h.errScore(c.conf)
		}
		if !c.box.finite() || !h.finiteExtra(c.anchor) {
			broken = max(broken, c.conf)
		}
		if h.form == rows || h.form == normalised {
			if err := h.checkClass(c.anchor); err != nil {
				return err
			}
		}
		tiny = tiny && c.box.X2 <= 2 && c.box.Y2 <= 2
	}
	if broken >= 0 {
		return fmt.Errorf("%w: what it finds with a score of %.4g has numbers that are NaN or infinite; a higher conf_thres leaves it out; "+overflows, ErrOutput, broken)
	}
	if tiny && h.form == rows {
		return fmt.Errorf("%w: its boxes lie between 0 and 1; "+notRows, ErrOutput)
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
			return fmt.Errorf("%w: a class has the probability %v, want 0 to 1; embeddings are no classes, nor are rows of boxes; if it has logits, "+adaptIt, ErrOutput, p)
		}
		sum += float64(p)
	}
	if math.Abs(sum-1) > 0.02 {
		return fmt.Errorf("%w: the probabilities of its %d classes add up to %.3g, not to 1; embeddings are no classes, "+
			"nor is each class by itself (sigmoids) served; if it has logits, "+adaptIt, ErrOutput, len(row), sum)
	}
	return nil
}
