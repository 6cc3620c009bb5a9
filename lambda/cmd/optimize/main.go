// Command optimize rewrites a model's graph ahead of time, so that the function opens its
// session sooner: see [ort.Optimize].
//
//	optimize LIBRARY MODEL.onnx OUT.onnx
//
// LIBRARY is ONNX Runtime for this machine, of the version that the function gets.
package main

import (
	"fmt"
	"os"

	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/onnx"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: optimize LIBRARY MODEL.onnx OUT.onnx")
		os.Exit(2)
	}
	if err := optimize(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "optimize:", err)
		os.Exit(1)
	}
}

func optimize(library, model, out string) error {
	data, err := os.ReadFile(model)
	if err != nil {
		return fmt.Errorf("read model: %w", err)
	}
	file, err := onnx.Parse(data)
	if err != nil {
		return fmt.Errorf("read model %s: %w", model, err)
	}
	if err := ort.Load(library); err != nil {
		return err
	}
	return ort.Optimize(data, file, out)
}
