package ort

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	ort "github.com/yalue/onnxruntime_go"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/lambda/onnx"
)

// optimizedBy is the key of the metadata that says which ONNX Runtime optimized a graph
// ahead of time.
const optimizedBy = "yolambda_optimized_by"

func thisRuntime() string { return "onnxruntime " + Version() }

// Optimize writes the model with its graph as ONNX Runtime rewrites it when it opens a
// session, except for the last step, which makes a layout for the CPU at hand: the file
// fits every CPU. Its metadata stays, and names the version of ONNX Runtime; with that
// version on arm64, where there is no last step, [Open] rewrites nothing. Other versions
// may not know the operators of the rewritten graph.
func Optimize(data []byte, m onnx.Model, path string) error {
	options, err := sessionOptions(1, ort.GraphOptimizationLevelEnableExtended)
	if err != nil {
		return err
	}
	defer options.Destroy()
	if err := options.SetOptimizedModelFilePath(path); err != nil {
		return fmt.Errorf("set file: %w", err)
	}
	s, err := open(data, m, options)
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return fmt.Errorf("close session: %w", err)
	}
	written, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read optimized graph: %w", err)
	}
	// ModelProto's field 14, metadata_props: protocol buffers add up when they are
	// appended.
	entry := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), optimizedBy)
	entry = protowire.AppendString(protowire.AppendTag(entry, 2, protowire.BytesType), thisRuntime())
	written = protowire.AppendBytes(protowire.AppendTag(written, 14, protowire.BytesType), entry)
	after, err := onnx.Parse(written)
	if err != nil {
		return fmt.Errorf("read optimized graph: %w", err)
	}
	for key, value := range m.Props {
		if after.Props[key] != value {
			return errors.New("the optimized graph has lost its metadata " + key)
		}
	}
	return os.WriteFile(path, written, 0o666)
}

// graphLevel is how much of the graph is to be rewritten when a session is opened: nothing
// where that was done ahead of time. On x86-64 the CPU's layout is still missing.
func graphLevel(m onnx.Model) ort.GraphOptimizationLevel {
	if m.Props[optimizedBy] == thisRuntime() && runtime.GOARCH == "arm64" {
		return ort.GraphOptimizationLevelDisableAll
	}
	return ort.GraphOptimizationLevelEnableAll
}
