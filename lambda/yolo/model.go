package yolo

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/yolambda/yolambda/lambda/internal/slot"
	"github.com/yolambda/yolambda/lambda/onnx"
)

// Model is a network together with the knowledge of how to feed and read it. It
// is safe for concurrent use if its Runner is.
type Model struct {
	// Metadata is what the file says of itself, as it was read.
	Metadata
	// Task is what the model does: the file's word or, where it has none, what the shapes
	// of the outputs show.
	Task Task
	// ImgSize is the input size in pixels where a request asks none: that of a static
	// graph, otherwise the file's word, rounded up to the stride, or 640 x 640.
	ImgSize Size
	// Classes is the number of classes, 0 where neither names nor shapes tell.
	Classes int
	// Assumed is what the file does not say and the shapes alone show, a sentence each.
	Assumed []string
	// Fixed is the input size of a static graph, zero for a dynamic one.
	Fixed Size

	batch  int // pictures in one run of the graph
	layout layout
	finish func(*Detection, candidate, head, []Tensor, Letterbox) bool
	runner Runner
	spare  slot.Slot[memory]
	// examined is set once the numbers of a whole output were found to be what they
	// should.
	examined atomic.Bool

	abreast abreast
}

// ErrNotYOLO says that a model file has none of the layouts that this package
// reads.
var ErrNotYOLO = errors.New("not a YOLO model")

// New makes a Model of what its file declares and the Runner that runs it. Its
// error wraps ErrNotYOLO where the graph has no known layout or contradicts its
// own metadata.
func New(file onnx.Model, r Runner) (*Model, error) {
	meta, err := ParseMetadata(file.Props)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; export it again; where it is the names, "+nameIt, ErrNotYOLO, err)
	}
	m := &Model{Metadata: meta, Task: meta.Task, ImgSize: meta.ImgSize, runner: r, batch: 1}
	if err := m.read(file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotYOLO, err)
	}
	return m, nil
}

// read holds the declarations to each other.
func (m *Model) read(file onnx.Model) error {
	if err := recognise(file, m); err != nil {
		return err
	}
	if len(file.Inputs) != 1 {
		return fmt.Errorf("it has %d inputs, want one, the picture; export it without the others", len(file.Inputs))
	}
	if err := m.readInput(file.Inputs[0]); err != nil {
		return err
	}
	if file.WantsBytes {
		return errors.New("its graph scales pixels itself, and wants them from 0 to 255, where the function gives 0 to 1; " + adaptIt)
	}
	return m.readOutputs(file.Outputs)
}

// Name is the name of a class; "class7" where the file doesn't name it.
func (m *Model) Name(class int) string {
	if class >= 0 && class < len(m.Names) && m.Names[class] != "" {
		return m.Names[class]
	}
	return fmt.Sprintf("class%d", class)
}

// KeypointName is the name of a keypoint; "keypoint3" where the file doesn't name
// it.
func (m *Model) KeypointName(i int) string {
	if i >= 0 && i < len(m.KeypointNames) {
		return m.KeypointNames[i]
	}
	return fmt.Sprintf("keypoint%d", i)
}
