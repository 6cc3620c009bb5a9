package bootstrap

import (
	"fmt"
	"image"
	"net/http/httptest"
	"os/exec"
	"runtime"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestMemoryAbreast measures what a second run at once costs: the second session, once,
// and a run with a picture of 40 million pixels. It is what [memoryAbreast] stands for.
//
//	go test ./lambda/internal/bootstrap -run MemoryAbreast -v -long
func TestMemoryAbreast(t *testing.T) {
	needsLinux(t)
	if !*long {
		t.Skip("takes two minutes: -long")
	}
	if runtime.NumCPU() < 2 {
		yolotest.Missing(t, yolotest.Tools, "there is one CPU only")
	}
	model, library := yolotest.Shared(t, "models", "yolov8n.onnx"), yolotest.Library(t)
	rect := image.Rect(0, 0, 8000, 5000)
	planes := jpegOf(t, image.NewYCbCr(rect, image.YCbCrSubsampleRatio420))
	pixels := yolotest.PNG(image.NewRGBA(rect))
	// A TIFF directory with one entry: the orientation, 6.
	turned := pngWith(pixels, "eXIf", []byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"))
	for _, c := range []struct {
		name string
		file []byte
	}{{"JPEG", planes}, {"PNG", pixels}, {"PNG to be turned", turned}} {
		t.Run(c.name, func(t *testing.T) {
			var peaks [3]int // MB, by runs at once
			for runs := 1; runs <= 2; runs++ {
				s := newSandbox(t, func(api *httptest.Server) *exec.Cmd {
					cmd := function(t, api, library, model)
					cmd.Env = append(cmd.Env, fmt.Sprintf("YOLAMBDA_CPUS=%d", runs))
					return cmd
				})
				event := mustMarshal(map[string]any{"images": [][]byte{c.file, c.file, c.file, c.file, c.file, c.file}})
				for range 2 {
					if reply, ok := s.invoke(event); !ok {
						t.Fatal("the process ended")
					} else if status, message := statusOf(t, reply); status != 200 {
						t.Fatalf("status %d: %s", status, message)
					}
				}
				peaks[runs] = peak(t, s.process) >> 20
			}
			t.Logf("one run at once: %d MB at most; two: %d; the second costs %d", peaks[1], peaks[2], peaks[2]-peaks[1])
			if peaks[2]-peaks[1] > memoryAbreast {
				t.Errorf("the second run costs %d MB; %d are reckoned with", peaks[2]-peaks[1], memoryAbreast)
			}
		})
	}
}
