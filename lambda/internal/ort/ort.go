// Package ort runs a network with ONNX Runtime, through github.com/yalue/onnxruntime_go.
// It is the only package of the function that uses cgo.
package ort

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/x448/float16"
	ort "github.com/yalue/onnxruntime_go"

	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// Load loads the shared library of ONNX Runtime at path and starts its
// environment, once in a process.
func Load(path string) error {
	// ONNX Runtime from 1.29 on sends telemetry unless this is set before the
	// library is loaded; earlier ones ignore it.
	if err := os.Setenv("ORT_DISABLE_TELEMETRY", "1"); err != nil {
		return fmt.Errorf("disable telemetry: %w", err)
	}
	if err := checkLibrary(path); err != nil {
		return fmt.Errorf("find ONNX Runtime: %w", err)
	}
	ort.SetSharedLibraryPath(path)
	// Fatal only: on Lambda, whose /sys lists no CPUs, ONNX Runtime complains at
	// each start of what does no harm, as the thread count is set in Open.
	if err := ort.InitializeEnvironment(ort.WithLogLevelFatal()); err != nil {
		return fmt.Errorf("load ONNX Runtime: %w (wanted: a build of 1.26 or newer for this CPU and libc, "+
			"with libstdc++ and libgcc_s in reach)", err)
	}
	return nil
}

// Version is the version of the loaded library.
func Version() string { return ort.GetVersion() }

// Session is a network that is ready to run. It is safe for concurrent use.
type Session struct {
	session *ort.DynamicAdvancedSession
	input   onnx.Value
	outputs []onnx.Value
	varies  atomic.Bool // whether the outputs' shapes depend on more than the input's shape

	closing sync.RWMutex // read by runs, so that Close waits for them
	closed  bool
}

// Open makes a session of a model file's bytes, with as many threads within an
// operator as given. Its declaration m is onnx.Parse's. The bytes must
// be writable, and are not the file's any more afterwards.
func Open(data []byte, m onnx.Model, threads int) (*Session, error) {
	level := graphLevel(m)
	// What rewrites a graph goes by shapes.
	if level != ort.GraphOptimizationLevelEnableAll && !planned(m) {
		hideShapes(data)
	}
	s, err := openAt(level, data, m, threads)
	if err != nil {
		return nil, err
	}
	giveBack()
	return s, nil
}

// openAt opens a session that rewrites so much of the graph.
func openAt(level ort.GraphOptimizationLevel, data []byte, m onnx.Model, threads int) (*Session, error) {
	options, err := sessionOptions(threads, level)
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	return open(data, m, options)
}

func open(data []byte, m onnx.Model, options *ort.SessionOptions) (*Session, error) {
	if len(m.Inputs) != 1 || len(m.Outputs) == 0 {
		return nil, fmt.Errorf("%w: it has %d inputs and %d outputs, want one input and an output",
			yolo.ErrNotYOLO, len(m.Inputs), len(m.Outputs))
	}
	s := &Session{input: m.Inputs[0], outputs: m.Outputs}
	if err := s.checkTypes(); err != nil {
		return nil, err
	}
	names := make([]string, len(m.Outputs))
	for i, out := range m.Outputs {
		names[i] = out.Name
	}
	var err error
	s.session, err = ort.NewDynamicAdvancedSessionWithONNXData(data, []string{s.input.Name}, names, options)
	if err != nil {
		return nil, fmt.Errorf("open session: %w", lackingOperator(err))
	}
	return s, nil
}

// ErrOperator says that a graph has an operator which ONNX Runtime does not have, so that no session of it opens.
var ErrOperator = errors.New("it uses an operator that ONNX Runtime does not have: export the model with ONNX's own operators alone")

// lackingOperator adds the way out to an error of ONNX Runtime that names an operator which it does not have.
func lackingOperator(err error) error {
	if text := err.Error(); strings.Contains(text, "is not a registered function/op") || strings.Contains(text, "No Op registered for") {
		return fmt.Errorf("%w; %w", err, ErrOperator)
	}
	return err
}

func (s *Session) checkTypes() error {
	if t := s.input.Type; t != onnx.Float32 && t != onnx.Float16 {
		return fmt.Errorf("%w: %s is of %v, want float32 or float16", yolo.ErrNotYOLO, s.input.Name, t)
	}
	for _, out := range s.outputs {
		switch out.Type {
		case onnx.Float32, onnx.Float16, onnx.Uint8, onnx.Int32, onnx.Int64:
		default:
			return fmt.Errorf("%w: %s is of %v, want float32, float16 or, of class maps, uint8, int32 or int64", yolo.ErrNotYOLO, out.Name, out.Type)
		}
	}
	for _, out := range s.outputs {
		// The binding can't allocate float16 outputs itself.
		if _, fixed := volume(out.Shape); out.Type == onnx.Float16 && !fixed {
			return fmt.Errorf("%w: %s is float16 of a dynamic shape; export it static, or with float32 inputs and outputs", yolo.ErrNotYOLO, out.Name)
		}
	}
	return nil
}

// faulty is the step of the rewriting that ONNX Runtime 1.24 to 1.31 does wrongly: it folds
// a padding with zeros into a MaxPool, which pads with -inf: YOLOv3-tiny's boxes are off by up
// to 33 pixels.
const faulty = "Pad_Fusion"

// sessionOptions are those of every session; steps of the rewriting are left out by ONNX Runtime's names.
func sessionOptions(threads int, level ort.GraphOptimizationLevel, leftOut ...string) (*ort.SessionOptions, error) {
	o, err := ort.NewSessionOptions()
	if err != nil {
		return nil, fmt.Errorf("make session options: %w", err)
	}
	err = errors.Join(
		o.SetIntraOpNumThreads(threads),
		o.SetInterOpNumThreads(1),
		// Several run at once on a session that leaves CPUs free, and would hand each other's memory from
		// CPU to CPU, operator by operator. With a pattern a run takes one block for all. One is planned for each
		// shape of the input, and the arena keeps its memory for good: some 30 MB with yolov8n.
		o.SetMemPattern(threads < runtime.NumCPU()),
		o.SetGraphOptimizationLevel(level),
		o.AddSessionConfigEntry("optimization.disable_specified_optimizers", strings.Join(append([]string{faulty}, leftOut...), ";")),
		// Threads that wait by spinning start sooner, but after Run they would take
		// the CPU from the Go code.
		o.AddSessionConfigEntry("session.intra_op.allow_spinning", "1"),
		o.AddSessionConfigEntry("session.force_spinning_stop", "1"),
	)
	if err != nil {
		o.Destroy()
		return nil, fmt.Errorf("set session options: %w", err)
	}
	return o, nil
}

// Run implements yolo.Runner. When ctx ends, the network stops and the error
// wraps the context's.
func (s *Session) Run(ctx context.Context, input yolo.Tensor, reuse []yolo.Tensor) ([]yolo.Tensor, error) {
	s.closing.RLock()
	defer s.closing.RUnlock()
	if s.closed {
		return nil, yolo.ErrClosed
	}
	if reuse != nil && !s.varies.Load() {
		outputs, err := s.run(ctx, input, reuse)
		if err == nil || ctx.Err() != nil {
			return outputs, err
		}
		// ONNX Runtime refuses outputs of another shape than it computes. Where
		// the same input shape gives another one, the values must decide it; any
		// other error comes again.
		if outputs, err = s.run(ctx, input, nil); err == nil {
			s.varies.Store(true)
		}
		return outputs, err
	}
	return s.run(ctx, input, nil)
}

func (s *Session) run(ctx context.Context, input yolo.Tensor, reuse []yolo.Tensor) ([]yolo.Tensor, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in, err := newInput(s.input.Type, input)
	if err != nil {
		return nil, fmt.Errorf("make input: %w", err)
	}
	defer in.Destroy()
	outs, err := s.newOutputs(reuse)
	if err != nil {
		return nil, fmt.Errorf("make outputs: %w", err)
	}
	defer destroy(outs)

	options, err := ort.NewRunOptions()
	if err != nil {
		return nil, fmt.Errorf("make run options: %w", err)
	}
	defer options.Destroy()
	terminated := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(terminated)
		options.Terminate()
	})
	err = s.session.RunWithOptions([]ort.Value{in}, outs, options)
	if !stop() {
		<-terminated // it still holds the options
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return readOutputs(outs)
}

// Close frees the session once its runs have ended. A second call does nothing.
func (s *Session) Close() error {
	s.closing.Lock()
	defer s.closing.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.session.Destroy()
}

// newInput wraps the tensor, which the value shares where it is float32.
func newInput(t onnx.ElementType, input yolo.Tensor) (ort.Value, error) {
	if t == onnx.Float32 {
		return ort.NewTensor(ortShape(input.Shape), input.Data)
	}
	half := make([]byte, 2*len(input.Data))
	for i, v := range input.Data {
		binary.NativeEndian.PutUint16(half[2*i:], float16.Fromfloat32(v).Bits())
	}
	return ort.NewCustomDataTensor(ortShape(input.Shape), half, ort.TensorElementDataTypeFloat16)
}

// newOutputs wraps the tensors in reuse where they are float32. Where there are
// none it leaves float32 outputs nil, for ONNX Runtime to allocate.
func (s *Session) newOutputs(reuse []yolo.Tensor) (outs []ort.Value, err error) {
	outs = make([]ort.Value, len(s.outputs))
	for i, out := range s.outputs {
		switch {
		case out.Type == onnx.Float16:
			n, _ := volume(out.Shape)
			outs[i], err = ort.NewCustomDataTensor(ortShape(out.Shape), make([]byte, 2*n), ort.TensorElementDataTypeFloat16)
		case reuse != nil && out.Type == onnx.Float32:
			outs[i], err = ort.NewTensor(ortShape(reuse[i].Shape), reuse[i].Data)
		}
		if err != nil {
			destroy(outs[:i])
			return nil, err
		}
	}
	return outs, nil
}

func ortShape(shape []int) ort.Shape {
	out := make(ort.Shape, len(shape))
	for i, n := range shape {
		out[i] = int64(n)
	}
	return out
}

// readOutputs takes the data out of the values, which may be destroyed then.
func readOutputs(outs []ort.Value) ([]yolo.Tensor, error) {
	tensors := make([]yolo.Tensor, len(outs))
	for i, out := range outs {
		for _, n := range out.GetShape() {
			tensors[i].Shape = append(tensors[i].Shape, int(n))
		}
		switch out := out.(type) {
		case *ort.Tensor[float32]:
			tensors[i].Data = out.GetData() // Go memory: the binding copied it
		case *ort.CustomDataTensor:
			half := out.GetData()
			tensors[i].Data = make([]float32, len(half)/2)
			for k := range tensors[i].Data {
				tensors[i].Data[k] = float16.Frombits(binary.NativeEndian.Uint16(half[2*k:])).Float32()
			}
		case *ort.Tensor[uint8]:
			tensors[i].Data = toFloat32(out.GetData())
		case *ort.Tensor[int32]:
			tensors[i].Data = toFloat32(out.GetData())
		case *ort.Tensor[int64]:
			tensors[i].Data = toFloat32(out.GetData())
		default:
			return nil, fmt.Errorf("read output %d: unexpected type %T", i, out)
		}
	}
	return tensors, nil
}

// toFloat32 makes class ids numbers like any other: up to 2^24 they stay exact.
func toFloat32[T uint8 | int32 | int64](ids []T) []float32 {
	out := make([]float32, len(ids))
	for i, id := range ids {
		out[i] = float32(id)
	}
	return out
}

func destroy(values []ort.Value) {
	for _, v := range values {
		if v != nil {
			v.Destroy()
		}
	}
}

// volume is the number of elements of a shape, and whether every axis is fixed.
func volume(shape []int) (n int, fixed bool) {
	n = 1
	for _, length := range shape {
		if length <= 0 {
			return 0, false
		}
		n *= length
	}
	return n, true
}
