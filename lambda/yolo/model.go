package yolo

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"strconv"
	"time"

	"github.com/yolambda/yolambda/lambda/onnx"
)

// Model is a network together with the knowledge of how to feed and read it. It
// is safe for concurrent use if its Runner is.
type Model struct {
	Metadata
	// Classes is the number of classes, 0 where neither names nor shapes tell.
	Classes int
	// Fixed is the input size of a static graph, zero for a dynamic one.
	Fixed Size

	batch  int // pictures in one run of the graph
	layout layout
	finish func(*Detection, candidate, head, []Tensor, Letterbox) bool
	runner Runner
	spare  chan *memory // of the run before, for the next
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
		return nil, fmt.Errorf("%w: %w", ErrNotYOLO, err)
	}
	m := &Model{Metadata: meta, runner: r, batch: 1, spare: make(chan *memory, 1)}
	if len(file.Inputs) != 1 {
		return nil, fmt.Errorf("%w: it has %d inputs, want one", ErrNotYOLO, len(file.Inputs))
	}
	if err := m.readInput(file.Inputs[0].Shape); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotYOLO, err)
	}
	shapes := make([][]int, len(file.Outputs))
	for i, out := range file.Outputs {
		shapes[i] = out.Shape
	}
	if err := m.readOutputs(shapes); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotYOLO, err)
	}
	return m, nil
}

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
		return nil
	}
	if m.ImgSize == (Size{}) {
		m.ImgSize = Size{640, 640} // Ultralytics' default
	}
	m.ImgSize = Size{roundUp(m.ImgSize.H, m.Stride), roundUp(m.ImgSize.W, m.Stride)}
	return nil
}

// readOutputs finds the task, where the file doesn't tell it, and the layout.
func (m *Model) readOutputs(shapes [][]int) error {
	if len(shapes) == 0 {
		return errors.New("it has no output")
	}
	out := shapes[0]
	if m.Task == "" {
		m.Task = guessTask(shapes)
	}
	names := len(m.Names)
	if m.Task == Classify {
		if len(out) != 2 {
			return fmt.Errorf("its output has the shape %v, want [batch, classes]", out)
		}
		m.Classes = out[1]
		if m.Classes == 0 {
			m.Classes = names
		}
		return m.checkNames()
	}
	if len(out) != 3 {
		return fmt.Errorf("its output has the shape %v, want three axes", out)
	}
	switch m.Task {
	case Segment:
		if len(shapes) < 2 || len(shapes[1]) != 4 || shapes[1][1] <= 0 {
			return fmt.Errorf("its outputs have the shapes %v, want the mask prototypes second", shapes)
		}
		m.layout.extra, m.finish = shapes[1][1], finishMask
	case Pose:
		if m.KeypointShape[0] == 0 {
			return errors.New("its metadata has no kpt_shape")
		}
		m.layout.extra, m.finish = m.KeypointShape[0]*m.KeypointShape[1], m.finishKeypoints
	case OBB:
		m.layout.extra, m.finish = 1, finishOriented
	default:
		m.finish = finishBox
	}
	m.layout.form = m.form(out)
	switch m.layout.form {
	case raw:
		m.layout.classes = max(names, out[1]-4-m.layout.extra)
	case classic:
		m.layout.classes = max(names, out[2]-5-m.layout.extra)
	case rows:
		m.layout.classes = names
	}
	if n, axis := m.layout.columns(); out[axis] > 0 && out[axis] != n {
		return fmt.Errorf("its output has the shape %v, want %d on axis %d for the task %s with %d classes",
			out, n, axis, m.Task, m.layout.classes)
	}
	if m.layout.form != rows && m.layout.classes < 1 {
		return fmt.Errorf("its output has the shape %v, which leaves no classes", out)
	}
	m.Classes = m.layout.classes
	return m.checkNames()
}

// guessTask tells the task from the outputs alone.
func guessTask(shapes [][]int) Task {
	switch {
	case len(shapes[0]) == 2:
		return Classify
	case len(shapes) == 2 && len(shapes[1]) == 4:
		return Segment
	}
	return Detect
}

// form tells raw heads from rows. The metadata counts; only where it is silent
// (exports from before 2025) do the shapes decide, and then exactly.
func (m *Model) form(out []int) form {
	extra, names := m.layout.extra, len(m.Names)
	classics := m.Task == Detect || m.Task == Segment // YOLOv5 has no other heads
	switch {
	case m.EndToEnd || m.EmbeddedNMS:
		return rows
	case names > 0 && out[1] == 4+names+extra:
		return raw
	case names > 0 && classics && out[2] == 5+names+extra:
		return classic
	case out[2] == 6+extra && out[1] > out[2]:
		return rows
	case names == 0 && classics && out[1] > out[2] && out[2] > 0:
		return classic
	}
	return raw
}

// checkNames refuses a file that names other classes than its output has.
func (m *Model) checkNames() error {
	if len(m.Names) > 0 && len(m.Names) != m.Classes {
		return fmt.Errorf("its metadata names %d classes, its output has %d", len(m.Names), m.Classes)
	}
	return nil
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

// ClassID finds a class by its name or, failing that, by its id as a decimal.
func (m *Model) ClassID(nameOrID string) (int, bool) {
	if id := slices.Index(m.Names, nameOrID); id >= 0 && nameOrID != "" {
		return id, true
	}
	id, err := strconv.Atoi(nameOrID)
	return id, err == nil && id >= 0 && (m.Classes == 0 || id < m.Classes)
}

// Options are what may differ from request to request.
type Options struct {
	// ImgSize is the length in pixels of the tensor's longer side, 0 for the
	// model's own size. A static graph takes only its own.
	ImgSize int
	// Conf is the confidence that a detection must exceed.
	Conf float32
	// IoU is the overlap that NMS bears.
	IoU float32
	// MaxDet is the greatest number of detections, 300 if below 1.
	MaxDet int
	// Classes are the ids to keep, nil for all.
	Classes []int
	// AgnosticNMS lets boxes of different classes suppress each other.
	AgnosticNMS bool
	Placement   Placement
	// Square pads the input of a dynamic graph to a square (rect=False).
	Square bool
	// Tile is the side in the picture's pixels of tiles to look at besides the
	// whole picture, 0 for none, and TileOverlap the fraction of it that
	// neighbours share.
	Tile        int
	TileOverlap float64
}

func (o Options) maxDet() int {
	if o.MaxDet < 1 {
		return 300
	}
	return o.MaxDet
}

// Result is what the model sees in one picture.
type Result struct {
	// Picture is the size that all coordinates refer to.
	Picture Size
	// Detections are ordered by falling confidence. Nil for classify.
	Detections []Detection
	// Probs are the probabilities by class id. Nil but for classify.
	Probs []float32
	Speed Speed
}

// Speed is how long each step took.
type Speed struct {
	Preprocess, Inference, Postprocess time.Duration
	// Head and NMS are parts of Postprocess: to find the candidates in the head's
	// output, and to drop those that overlap.
	//lint:ignore ST1011 NMS is the step's name, not a unit of time.
	Head, NMS time.Duration
}

// Detection is one object, in the picture's pixels.
type Detection struct {
	// Box is clipped to the picture. For oriented boxes it is the box around.
	Box   Box
	Conf  float32
	Class int

	Mask      *Mask        // segment
	Keypoints []Keypoint   // pose
	Oriented  *OrientedBox // obb; not clipped
}

// ErrOption says that an option does not fit the model.
var ErrOption = errors.New("option does not fit the model")

// Predict looks at one picture. The error wraps ErrOption where the caller can
// mend it, and the context's where its deadline ended the run.
func (m *Model) Predict(ctx context.Context, img image.Image, o Options) (*Result, error) {
	picture := Size{H: img.Bounds().Dy(), W: img.Bounds().Dx()}
	if picture.H < 1 || picture.W < 1 {
		return nil, fmt.Errorf("%w: the picture is empty", ErrOption)
	}
	if o.Tile > 0 && m.Task != Classify {
		return m.predictTiles(ctx, img, o)
	}
	lb, err := m.letterbox(picture, o)
	if err != nil {
		return nil, err
	}

	start := time.Now()
	mem := m.newMemory(lb.Tensor)
	defer m.keep(mem)
	filter := pillow
	if o.Placement == Center && m.Task != Classify {
		filter = openCV
	}
	fillTensor(mem.input.Data, img, lb, filter)

	ready := time.Now()
	outputs, err := m.runner.Run(ctx, mem.input, mem.outputs)
	if err != nil {
		return nil, fmt.Errorf("run model: %w", err)
	}
	mem.outputs = outputs

	ran := time.Now()
	result := &Result{Picture: picture}
	if m.Task == Classify {
		err = m.classify(result, outputs)
	} else {
		err = m.detect(result, mem, lb, o)
	}
	if err != nil {
		return nil, err
	}
	result.Speed.Preprocess, result.Speed.Inference = ready.Sub(start), ran.Sub(ready)
	result.Speed.Postprocess = time.Since(ran)
	return result, nil
}

// letterbox chooses the geometry for one picture.
func (m *Model) letterbox(picture Size, o Options) (Letterbox, error) {
	size := m.ImgSize
	if o.ImgSize > 0 {
		if o.ImgSize > maxInputSide {
			return Letterbox{}, fmt.Errorf("%w: imgsz %d is above %d", ErrOption, o.ImgSize, maxInputSide)
		}
		if m.Fixed != (Size{}) && o.ImgSize != max(size.H, size.W) {
			return Letterbox{}, fmt.Errorf("%w: imgsz %d: this model takes %d x %d (height x width) only",
				ErrOption, o.ImgSize, size.H, size.W)
		}
		if m.Fixed == (Size{}) {
			side := roundUp(o.ImgSize, m.Stride)
			size = Size{side, side}
		}
	}
	if m.Task == Classify {
		return newCenterCrop(picture, size), nil
	}
	f := fit{size: size, square: o.Square, placement: o.Placement}
	if m.Fixed == (Size{}) {
		f.multiple = m.Stride
	}
	if m.EndToEnd {
		f.minAnchors = 300 // the k of the TopK in the graph
	}
	return newLetterbox(picture, f), nil
}

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
	var mem *memory
	select {
	case mem = <-m.spare:
	default:
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

// keep spares the memory for one run to come, if the model's own size would need
// as much.
func (m *Model) keep(mem *memory) {
	if cap(mem.input.Data) > m.batch*3*m.ImgSize.H*m.ImgSize.W {
		return
	}
	select {
	case m.spare <- mem:
	default:
	}
}

// detect reads the outputs of the four tasks that find boxes.
func (m *Model) detect(r *Result, mem *memory, lb Letterbox, o Options) error {
	outputs := mem.outputs
	if len(outputs) == 0 {
		return errors.New("read output: there is none")
	}
	start := time.Now()
	h, err := newHead(m.layout, outputs[0])
	if err != nil {
		return err
	}
	maxDet := o.maxDet()
	cs := byConfidence(h.candidates(m.Task, o.Conf, wanted(o.Classes), &mem.best), maxCandidates)
	found := time.Now()
	switch {
	case m.layout.form == rows:
		cs = cs[:min(len(cs), maxDet)]
	case m.Task == OBB:
		cs = rotatedNMS(cs, o.IoU, o.AgnosticNMS, maxDet)
	default:
		cs = nms(cs, o.IoU, o.AgnosticNMS, maxDet)
	}
	r.Speed.Head, r.Speed.NMS = found.Sub(start), time.Since(found)
	if m.Task == Segment {
		if err := checkPrototypes(outputs, h.extra); err != nil {
			return err
		}
		pixels := 0.0
		for _, c := range cs {
			pixels += float64(toPicture(c.box, lb).clip(lb.Picture).Area())
		}
		if err := checkMaskPixels(len(cs), pixels); err != nil {
			return err
		}
	}
	r.Detections = make([]Detection, 0, len(cs))
	for _, c := range cs {
		d := Detection{Conf: c.conf, Class: c.class, Box: toPicture(c.box, lb).clip(lb.Picture)}
		if m.finish(&d, c, h, outputs, lb) {
			r.Detections = append(r.Detections, d)
		}
	}
	return nil
}

// wanted tells which classes to keep.
func wanted(classes []int) func(int) bool {
	if classes == nil {
		return func(int) bool { return true }
	}
	set := make(map[int]bool, len(classes))
	for _, c := range classes {
		set[c] = true
	}
	return func(class int) bool { return set[class] }
}

func toPicture(b Box, lb Letterbox) Box {
	b.X1, b.Y1 = lb.ToPicture(b.X1, b.Y1)
	b.X2, b.Y2 = lb.ToPicture(b.X2, b.Y2)
	return b
}
