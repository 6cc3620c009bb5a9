package ort

import (
	ort "github.com/yalue/onnxruntime_go"

	"github.com/yolambda/yolambda/lambda/onnx"
)

// What the tests of this package's users need of its insides.
var (
	HideShapes = hideShapes
	Planned    = planned
)

const HiddenTag = hiddenTag

// OpenAsIs opens a session of the graph as it is written.
func OpenAsIs(data []byte, m onnx.Model) (*Session, error) {
	return openAt(ort.GraphOptimizationLevelDisableAll, data, m, 1)
}
