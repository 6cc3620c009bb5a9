package integration

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// A mistyped file is told before make model installs anything for it; a name without a folder may
// be one of Ultralytics' weights, which are downloaded.
func TestModelNamed(t *testing.T) {
	for model, want := range map[string]string{
		"":                       "Name the model",
		"nothing.onnx":           "There is no nothing.onnx",
		"runs/weights/none.pt":   "There is no runs/weights/none.pt",
		"yolov8n":                "",
		"yolov8n.pt":             "",
		"layers/coco/coco.onnx":  "",
		"layers/coco/convert.py": "", // which is said to be neither weights nor ONNX
	} {
		command := exec.CommandContext(t.Context(), yolotest.Tool(t, "make"), "--silent", "model-named", "MODEL="+model)
		command.Dir = yolotest.Root(t)
		out, err := command.CombinedOutput()
		if (err == nil) != (want == "") || !strings.Contains(string(out), want) {
			t.Errorf("MODEL=%s: %v, %q, want %q", model, err, out, want)
		}
	}
}
