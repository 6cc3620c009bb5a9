package yolo

import (
	"errors"
	"fmt"

	"github.com/yolambda/yolambda/lambda/onnx"
)

// form is the meaning of a head's columns.
type form int

const (
	// raw is [batch, 4+nc+extra, anchors]: cx, cy, w, h, nc scores, extra.
	raw form = iota
	// rows is [batch, n, 6+extra]: x1, y1, x2, y2, score, class, extra, after
	// NMS or from a head that needs none. Oriented boxes stay cx, cy, w, h.
	rows
	// normalised is RT-DETR's [batch, n, 6]: cx, cy, w, h as fractions of the input's
	// sides, score, class.
	normalised
	// classic is YOLOv5's own [batch, anchors, 5+nc+extra]: cx, cy, w, h,
	// objectness, nc scores, extra.
	classic
)

// layout is how the first output is to be read. Where the file does not fix a
// number, it is 0.
type layout struct {
	form    form
	classes int // nc; for rows the number of names, if any
	extra   int
}

// rowsOfV10 is how many rows YOLOv10's head puts out.
const rowsOfV10 = 300

// columns is how many columns the layout has, and the axis they lie on.
func (l layout) columns() (n, axis int) {
	switch l.form {
	case rows, normalised:
		return 6 + l.extra, 2
	case classic:
		return 5 + l.classes + l.extra, 2
	}
	return 4 + l.classes + l.extra, 1
}

// extraColumn is the first column after boxes and scores.
func (l layout) extraColumn() int {
	switch l.form {
	case rows, normalised:
		return 6
	case classic:
		return 5 + l.classes
	}
	return 4 + l.classes
}

// readOutputs finds the task, where the file doesn't say it, and the layout.
func (m *Model) readOutputs(outs []onnx.Value) error {
	shapes := make([][]int, len(outs))
	for i, out := range outs {
		shapes[i] = out.Shape
	}
	if len(shapes) == 0 {
		return errors.New("it has no output; export it again")
	}
	if m.Task == "" {
		m.Task = guessTask(shapes)
		m.assume("the task %s: the file does not say it, its outputs have the shapes %v", m.Task, shapes)
		m.assume("pictures as Ultralytics prepares them, RGB from 0 to 1%s: the file does not say it", map[bool]string{true: ", the middle cut out"}[m.Task == Classify])
	}
	for _, out := range outs {
		if out.Type != onnx.Float32 && out.Type != onnx.Float16 && m.Task != Semantic {
			err := fmt.Errorf("its output %s is of %v, want float32 or float16", out.Name, out.Type)
			if out.Type == onnx.Float64 {
				err = fmt.Errorf("%w; "+adaptIt, err)
			}
			return err
		}
	}
	switch m.Task {
	case Classify:
		return m.readProbabilities(shapes[0])
	case Semantic:
		return m.readClassMap(shapes[0])
	case Depth:
		return readDepthMap(shapes[0])
	}
	if len(shapes[0]) == 0 {
		return errors.New("its output declares no shape, want three axes; onnx.shape_inference.infer_shapes may find and write it, and " + tryIt)
	}
	if len(shapes[0]) != 3 {
		return fmt.Errorf("its output has the shape %v, want three axes; "+tryIt, shapes[0])
	}
	if err := m.readExtra(shapes); err != nil {
		return err
	}
	return m.readHead(shapes[0])
}

// readProbabilities reads the shape of a classifier's output, [batch, classes].
func (m *Model) readProbabilities(out []int) error {
	if len(out) != 2 {
		return fmt.Errorf("its output has the shape %v, want [batch, classes]; "+tryIt, out)
	}
	m.Classes = out[1]
	if m.Classes == 0 {
		m.Classes = len(m.Names)
	}
	if len(m.Names) == 0 {
		m.assume("%d classes: the file does not name them", m.Classes)
	}
	if m.Metadata.Task == "" && m.Classes == 1 {
		return fmt.Errorf("its output has the shape %v, and nothing in the file shows what that means: a classifier has two classes at least; give it an output for no and one for yes", out)
	}
	return m.checkNames()
}

// readExtra finds how many columns the task adds to boxes and scores, and what reads
// them.
func (m *Model) readExtra(shapes [][]int) error {
	switch m.Task {
	case Segment:
		if len(shapes) < 2 || len(shapes[1]) != 4 || shapes[1][1] <= 0 {
			return fmt.Errorf("its outputs have the shapes %v, want the mask prototypes second; export it again, or write both outputs in this order", shapes)
		}
		m.layout.extra, m.finish = shapes[1][1], finishMask
	case Pose:
		if m.KeypointShape[0] == 0 {
			return errors.New("its metadata has no kpt_shape; export it again, or write it: [keypoints, 2 or 3]")
		}
		m.layout.extra, m.finish = m.KeypointShape[0]*m.KeypointShape[1], m.finishKeypoints
	case OBB:
		m.layout.extra, m.finish = 1, finishOriented
	default:
		m.finish = finishBox
	}
	return nil
}

// readHead finds the layout of boxes and scores, and holds the shape to it.
func (m *Model) readHead(out []int) error {
	names := len(m.Names)
	m.layout.form = m.form(out)
	switch m.layout.form {
	case raw:
		m.layout.classes = max(names, out[1]-4-m.layout.extra)
	case classic:
		m.layout.classes = max(names, out[2]-5-m.layout.extra)
	case rows, normalised:
		m.layout.classes = names
	}
	if n, axis := m.layout.columns(); out[axis] > 0 && out[axis] != n {
		return fmt.Errorf("its output has the shape %v, want %d on axis %d for the task %s with %d classes; %s",
			out, n, axis, m.Task, m.layout.classes, m.wayOut())
	}
	if m.layout.form != rows && m.layout.form != normalised && m.layout.classes < 1 {
		return fmt.Errorf("its output has the shape %v, which leaves no classes; "+tryIt, out)
	}
	if m.layout.form == raw && names == 0 && out[2] > 0 && m.perCell(out[2]) != 1 {
		return fmt.Errorf("its output has the shape %v, and nothing in the file shows what that means: it has neither names nor as many "+
			"anchors as a detector's grids have cells; "+tryIt, out)
	}
	if names == 0 {
		m.assume("%d classes: the file does not name them", m.layout.classes)
	}
	if m.layout.form == rows && !m.EndToEnd && !m.EmbeddedNMS {
		m.assume("rows of x1, y1, x2, y2, score, class: the file does not say how its output %v is laid out", out)
	}
	m.Classes = m.layout.classes
	return m.checkNames()
}

// assume notes what the file does not say.
func (m *Model) assume(format string, args ...any) {
	m.Assumed = append(m.Assumed, fmt.Sprintf(format, args...))
}

// guessTask is the task that the outputs alone show.
func guessTask(shapes [][]int) Task {
	switch {
	case len(shapes) == 1 && len(shapes[0]) == 2:
		return Classify
	case len(shapes) == 2 && len(shapes[1]) == 4:
		return Segment
	}
	return Detect
}

// form tells raw heads from rows. The metadata counts; the shapes decide only where it
// is silent (exports from before 2025), and then exactly.
func (m *Model) form(out []int) form {
	extra, names := m.layout.extra, len(m.Names)
	classics := m.Task == Detect || m.Task == Segment // YOLOv5 has no other heads
	switch {
	case m.Head == "RTDETRDecoder":
		return normalised
	case m.EndToEnd || m.EmbeddedNMS:
		return rows
	case names > 0 && out[1] == 4+names+extra && out[2] != 6+extra: // six anchors are none of any input
		return raw
	case names > 0 && classics && out[2] == 5+names+extra && (names > 1 || out[1] == 0 || m.perCell(out[1]) == 3):
		return classic // of one class they have as many columns as rows
	case names > 0 && m.Head == "" && extra == 0 && out[1] == rowsOfV10 && out[2] == 0:
		return rows // whose columns Ultralytics called anchors, until 2025
	case names == 0 && classics && out[2] > 5 && m.perCell(out[1]) == 3:
		return classic
	case out[2] == 6+extra && out[1] > out[2]:
		return rows
	}
	return raw
}

// wayOut is what helps where the columns are not as the file says.
func (m *Model) wayOut() string {
	if len(m.Names) > 0 && m.layout.form == raw && (m.Task == Detect || m.Task == Classify) {
		return "if its names are wrong, " + nameIt + "; otherwise " + tryIt
	}
	return tryIt
}

// checkNames refuses a file that names other classes than its output has.
func (m *Model) checkNames() error {
	if len(m.Names) > 0 && len(m.Names) != m.Classes {
		return fmt.Errorf("its metadata names %d classes, its output has %d; %s", len(m.Names), m.Classes, m.wayOut())
	}
	return nil
}
