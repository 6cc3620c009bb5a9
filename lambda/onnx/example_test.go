package onnx_test

import (
	"fmt"
	"log"
	"os"

	"github.com/yolambda/yolambda/lambda/onnx"
)

// What a model file takes and gives, without a session.
func ExampleParse() {
	data, err := os.ReadFile("../internal/ort/testdata/squares.onnx")
	if err != nil {
		log.Fatal(err)
	}
	model, err := onnx.Parse(data)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("task:", model.Props["task"])
	for _, in := range model.Inputs {
		fmt.Println("input:", in.Name, in.Type, in.Shape) // 0 is an axis of any length
	}
	// Output:
	// task: detect
	// input: images float32 [0 3 0 0]
}
