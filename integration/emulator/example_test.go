package emulator_test

import (
	"context"
	"log"
	"net/http"
	"os"

	"github.com/yolambda/yolambda/integration/emulator"
	"github.com/yolambda/yolambda/integration/sigv4"
)

// A function URL on port 8080, for callers who sign with the one known key.
func Example() {
	e, err := emulator.Start(context.Background(), emulator.Config{
		Command: []string{"build/task/bootstrap"},
		Env:     map[string]string{"YOLAMBDA_MODEL": "/models/yolov8n.onnx", "YOLAMBDA_LIBRARY": "/opt/lib/libonnxruntime.so"},
		Credentials: func(accessKeyID string) (sigv4.Secret, bool) {
			return sigv4.Secret{Key: "development"}, accessKeyID == "AKIDEVELOPMENT"
		},
		Log: os.Stderr,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	if err := http.ListenAndServe("127.0.0.1:8080", e); err != nil {
		log.Print(err)
	}
}
