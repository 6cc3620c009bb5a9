// Command optimize rewrites a model's graph ahead of time, so that the function opens its
// session sooner: see [ort.Optimize].
//
//	optimize LIBRARY MODEL.onnx OUT.onnx
//
// LIBRARY is ONNX Runtime for this machine, of the version that the function gets. Two lines are for
// infra/yolambda: one that begins with "optimize: better left as it is: ", which then deploys MODEL.onnx,
// and one with "optimize: the function would refuse it: ", which then deploys nothing.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: optimize LIBRARY MODEL.onnx OUT.onnx")
		os.Exit(2)
	}
	err := optimize(os.Args[1], os.Args[2], os.Args[3])
	if errors.Is(err, errUnreadable) || errors.Is(err, yolo.ErrNotYOLO) || errors.Is(err, ort.ErrOperator) {
		err = fmt.Errorf("the function would refuse it: %w", err)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "optimize:", err)
		os.Exit(1)
	}
}

var errUnreadable = errors.New("not readable")

func optimize(library, model, out string) error {
	data, err := os.ReadFile(model)
	if err != nil {
		return fmt.Errorf("read model: %w", err)
	}
	file, err := onnx.Parse(data)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if err := ort.Load(library); err != nil {
		return err
	}
	return ort.Optimize(data, file, out)
}
