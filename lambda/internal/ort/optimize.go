package ort

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	ort "github.com/yalue/onnxruntime_go"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/lambda/internal/protobuf"
	"github.com/yolambda/yolambda/lambda/onnx"
)

// optimizedBy is the key of the metadata that says which ONNX Runtime optimized a graph
// ahead of time.
const optimizedBy = "yolambda_optimized_by"

func thisRuntime() string { return "onnxruntime " + Version() }

// A file may become larger by being optimized by this much, in bytes, or by this part of it.
// With more, what opening saves would go into reading; and a layer that has room for the
// file has it for so much more.
const (
	mostLarger     = 64 << 10
	mostLargerPart = 0.02
)

// ErrBetterPlain is why a model is better not optimized ahead of time, on any machine. What else
// goes wrong is for somebody to mend.
var ErrBetterPlain = errors.New("better left as it is")

// cpuBound are the steps that ONNX Runtime takes on x86-64 only: a layout for the CPU at hand, and
// unsigned numbers in place of signed ones.
var cpuBound = []string{"NchwcTransformer", "QDQS8ToU8Transformer"}

// Optimize writes the model with its graph as ONNX Runtime rewrites it on arm64 when it
// opens a session: without what it does on x86-64 alone, the file is the same wherever it
// is made, and fits every CPU. Its metadata stays, and names the version of ONNX Runtime.
// With that version [Open] rewrites nothing on arm64, and makes the CPU's layout on x86-64.
// Other versions may not know the operators of the rewritten graph.
//
// Where that would not pay, or the answers depend on the CPU that optimized it, the error
// is an ErrBetterPlain. With any error nothing is written.
func Optimize(data []byte, m onnx.Model, path string) error {
	if hasSubgraphs(data) {
		return fmt.Errorf("%w: it has graphs within its graph (If, Loop or Scan), which are not searched for numbers that each kind of CPU rounds in its own way", ErrBetterPlain)
	}
	if protobuf.First(data, modelFunctions).Number != 0 {
		return fmt.Errorf("%w: it has functions of its own (FunctionProto), which are not searched for such numbers, nor for operators that ONNX Runtime lacks", ErrBetterPlain)
	}
	if computesInFloat16(data, m) {
		return fmt.Errorf("%w: it calculates with float16, which ONNX Runtime rewrites for each kind of CPU in its own way", ErrBetterPlain)
	}
	if quantizesSigned(data) {
		return fmt.Errorf("%w: it is quantized with signed numbers, which ONNX Runtime rewrites for each kind of CPU in its own way; unsigned ones for all but weights fit every CPU", ErrBetterPlain)
	}
	// The file takes its name once it is whole: one of this name, which may be the model's
	// own, stays until then.
	work, err := os.MkdirTemp(filepath.Dir(path), ".optimize-")
	if err != nil {
		return fmt.Errorf("make folder to work in: %w", err)
	}
	defer os.RemoveAll(work)
	made := filepath.Join(work, "optimized.onnx")
	written, err := rewrite(data, m, filepath.Join(work, "graph.onnx"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(made, written, 0o666); err != nil {
		return fmt.Errorf("write optimized graph: %w", err)
	}
	if err := os.Rename(made, path); err != nil {
		return fmt.Errorf("rename optimized graph: %w", err)
	}
	return nil
}

// rewrite gives the optimized file's bytes. ONNX Runtime itself writes to path.
func rewrite(data []byte, m onnx.Model, path string) ([]byte, error) {
	options, err := sessionOptions(1, ort.GraphOptimizationLevelEnableAll, cpuBound...)
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	if err := options.SetOptimizedModelFilePath(path); err != nil {
		return nil, fmt.Errorf("set file: %w", err)
	}
	s, err := open(data, m, options)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, fmt.Errorf("close session: %w", err)
	}
	written, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read optimized graph: %w", err)
	}
	if m.Weights[onnx.Float16] > 0 { // they have become float32
		if written, err = withFloat16(written); err != nil {
			return nil, fmt.Errorf("keep float16 weights: %w", err)
		}
	}
	// ModelProto's field 14, metadata_props: protocol buffers add up when they are
	// appended.
	entry := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), optimizedBy)
	entry = protowire.AppendString(protowire.AppendTag(entry, 2, protowire.BytesType), thisRuntime())
	written = protowire.AppendBytes(protowire.AppendTag(written, 14, protowire.BytesType), entry)
	after, err := onnx.Parse(written)
	if err != nil {
		return nil, fmt.Errorf("read optimized graph: %w", err)
	}
	for key, value := range m.Props {
		if key != optimizedBy && after.Props[key] != value {
			return nil, fmt.Errorf("%w: the optimized graph has lost its metadata %s", ErrBetterPlain, key)
		}
	}
	if larger := float64(len(written) - len(data)); larger > max(mostLarger, mostLargerPart*float64(len(data))) {
		return nil, fmt.Errorf("%w: the file would have %d kB in place of %d, and a cold start has to read it", ErrBetterPlain, len(written)/1000, len(data)/1000)
	}
	return written, nil
}

// graphLevel is how much of the graph is to be rewritten when a session is opened: nothing
// where that was done ahead of time, but that float16 weights become float32 once, and
// not in each run. On x86-64 the CPU's layout is still missing.
func graphLevel(m onnx.Model) ort.GraphOptimizationLevel {
	switch {
	case m.Props[optimizedBy] != thisRuntime() || runtime.GOARCH != "arm64":
		return ort.GraphOptimizationLevelEnableAll
	case m.Weights[onnx.Float16] > 0:
		return ort.GraphOptimizationLevelEnableBasic
	}
	return ort.GraphOptimizationLevelDisableAll
}
