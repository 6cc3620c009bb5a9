package yolo

import (
	"context"
	"errors"
)

// Tensor is a dense array of float32 in row-major order.
type Tensor struct {
	// Shape is the length of each axis; the product is len(Data).
	Shape []int
	Data  []float32
}

// Runner runs the network: from the input tensor, [batch, 3, height, width],
// RGB in [0, 1], to the output tensors in the order of the graph. It is the one
// seam between this package and ONNX Runtime. A Runner converts to and from the
// graph's own element type. A run that ctx ends returns an error that wraps the
// context's.
//
// The outputs are the caller's. Those of an earlier run with an input of the same
// shape may be handed back as reuse, and their memory is written again; nil
// stands for none. A Runner that was closed answers [ErrClosed].
type Runner interface {
	Run(ctx context.Context, input Tensor, reuse []Tensor) ([]Tensor, error)
}

// ErrClosed says that a model was asked after it was closed.
var ErrClosed = errors.New("the model is closed")
