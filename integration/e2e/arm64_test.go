package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/yolambda/yolambda/integration/emulator"
	"github.com/yolambda/yolambda/lambda/api"
)

// bundle is where `make bundle` lays the arm64 function out as on Lambda.
var bundle = filepath.Join(root, "build", "bundle", "arm64")

// sameOnARM is how far the two architectures may differ: their vector units
// round differently.
var sameOnARM = tolerance{side: 1, conf: 0.01}

// asOnLambda hides the list of CPUs, as Lambda's arm64 machines do. (With the
// host's list in sight ONNX Runtime crashes under emulation.)
const asOnLambda = `mount -t tmpfs none /sys/devices/system/cpu && exec "$@"`

// TestARM64 runs the bundle for Graviton under qemu and compares it with this
// machine's build.
func TestARM64(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH == "arm64" {
		t.Skip("needs Linux on another architecture than arm64")
	}
	for _, tool := range []string{"qemu-aarch64", "unshare"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing(t, "YOLAMBDA_REQUIRE_TOOLS", tool+" is not installed")
		}
	}
	if err := exec.Command("unshare", "-m", "true").Run(); err != nil {
		missing(t, "YOLAMBDA_REQUIRE_TOOLS", "a mount namespace needs root: "+err.Error())
	}
	task, err := filepath.Abs(filepath.Join(bundle, "task", "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(task); err != nil {
		missing(t, "YOLAMBDA_REQUIRE_BUILD", "the arm64 bundle isn't built: run make bundle")
	}

	t.Run("squares", func(t *testing.T) {
		compareOnARM(t, task, squaresModel, [][]byte{squaresPicture(t)}, api.Options{ImgSize: 320})
	})
	t.Run("yolov8n", func(t *testing.T) {
		var pictures [][]byte
		for _, name := range []string{"bus.jpg", "example.jpg"} {
			pictures = append(pictures, readFile(t, shared(t, "images", "real", name)))
		}
		compareOnARM(t, task, shared(t, "models", "yolov8n.onnx"), pictures, api.Options{})
	})
}

func compareOnARM(t *testing.T, task, model string, pictures [][]byte, options api.Options) {
	here := functionHere(t, model)
	absolute := func(path string) string {
		path, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	arm, err := emulator.Start(t.Context(), emulator.Config{
		Command: []string{"unshare", "-m", "sh", "-c", asOnLambda, "sh", "qemu-aarch64", task},
		Env: map[string]string{
			"QEMU_LD_PREFIX":   "/usr/aarch64-linux-gnu",
			"YOLAMBDA_MODEL":   absolute(model),
			"YOLAMBDA_LIBRARY": absolute(filepath.Join(bundle, "opt", "lib", "libonnxruntime.so")),
		},
		// Emulation is some fifty times slower than the real thing.
		InitTimeout: 5 * time.Minute, Timeout: 5 * time.Minute,
		Log: t.Output(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer arm.Close()
	for i, picture := range pictures {
		payload, err := json.Marshal(api.Request{Image: picture, Options: options})
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
