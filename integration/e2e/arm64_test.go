package e2e

import (
	"encoding/json"
	"runtime"
	"slices"
	"testing"

	"github.com/yolambda/yolambda/integration/count"
	"github.com/yolambda/yolambda/integration/emulator"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// sameOnARM is how far the two architectures may differ: their vector units
// round differently.
var sameOnARM = tolerance{side: 1, conf: 0.01}

// TestARM64 runs the bundle for Graviton under qemu, as Graviton2's core, whose instructions qemu
// emulates sixteen times as fast as its newest, and compares it with this
// machine's build.
func TestARM64(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH == "arm64" {
		t.Skip("needs Linux on another architecture than arm64")
	}
	yolotest.Tool(t, "qemu-aarch64")
	yolotest.Namespace(t, "--mount")

	t.Run("squares", func(t *testing.T) {
		compareOnARM(t, yolotest.Fixture(t, "squares"), [][]byte{yolotest.SquaresPNG}, api.Options{ImgSize: 320})
	})
	t.Run("yolov8n", func(t *testing.T) {
		var pictures [][]byte
		for _, name := range []string{"bus.jpg", "example.jpg"} {
			pictures = append(pictures, yolotest.Read(t, yolotest.Shared(t, "images", "real", name)))
		}
		compareOnARM(t, yolotest.Shared(t, "models", "yolov8n.onnx"), pictures, api.Options{})
	})
}

func compareOnARM(t *testing.T, model string, pictures [][]byte, options api.Options) {
	here := functionHere(t, model)
	arm, err := emulator.Start(t.Context(), emulator.Config{
		Command: append(slices.Clone(count.Graviton2), yolotest.Built(t, "build/bundle/arm64/task/bootstrap")),
		Env: map[string]string{
			"YOLAMBDA_MODEL":   model,
			"YOLAMBDA_LIBRARY": yolotest.Built(t, "build/bundle/arm64/opt/lib/libonnxruntime.so"),
		},
		InitTimeout: patience, Timeout: patience,
		Log: t.Output(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer arm.Close()
	for i, picture := range pictures {
		payload, err := json.Marshal(api.Request{Image: api.Picture{Data: picture}, Options: options})
		if err != nil {
			t.Fatal(err)
		}
		result, err := arm.Invoke(t.Context(), payload)
		if err != nil {
			t.Fatal(err)
		}
		got := decodeResponse(t, result.Payload)
		want := here.do(t, request{body: payload, contentType: "application/json"}).response(t)
		c := compare(want.Detections, got.Detections, sameOnARM)
		if len(want.Detections) == 0 || len(c.missing) > 0 || len(c.extra) > 0 {
			t.Errorf("picture %d: of %d detections %d matched; missing %v, extra %v", i, len(want.Detections), c.matched, c.missing, c.extra)
		}
		t.Logf("picture %d: %d detections, worst difference %d px and %.4f", i, c.matched, c.side, c.conf)
	}
}
