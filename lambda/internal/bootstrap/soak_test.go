package bootstrap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	"golang.org/x/image/draw"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/handler"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// inProcess is the function without Lambda, in the test's own process, where
// ONNX Runtime is loaded once.
var inProcess = sync.OnceValues(func() (*handler.Handler, error) {
	return start(readConfig(), slog.New(slog.NewTextHandler(io.Discard, nil)))
})

func startInProcess(t *testing.T) *handler.Handler {
	t.Setenv("YOLAMBDA_LIBRARY", yolotest.Library(t))
	t.Setenv("YOLAMBDA_MODEL", squares)
	h, err := inProcess()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// mixedEvents are pictures of twelve sizes, each in three sizes of the network's
// input, and a tenth of bad ones. All sizes are divided by shrink.
func mixedEvents(t *testing.T, shrink int) (events [][]byte) {
	sizes := []image.Point{{64, 64}, {480, 270}, {270, 480}, {640, 480}, {333, 777}, {1280, 720}, {100, 900}, {31, 17}, {800, 800}, {513, 511}, {1024, 300}, {200, 200}}
	drawn := yolotest.Draw(image.Pt(yolotest.SquaresWidth, yolotest.SquaresHeight), yolotest.Red, yolotest.Blue)
	for i, size := range sizes {
		img := image.NewRGBA(image.Rect(0, 0, size.X/shrink, size.Y/shrink))
		draw.BiLinear.Scale(img, img.Rect, drawn, drawn.Bounds(), draw.Src, nil)
		file := jpegOf(t, img)
		if i%2 == 0 {
			file = yolotest.PNG(img)
		}
		for _, imgsz := range []int{640, 320, 256} {
			events = append(events, urlEvent(file, fmt.Sprintf("conf=0.5&imgsz=%d", max(imgsz/shrink, 32))))
		}
	}
	good := jpegOf(t, drawn)
	return append(events,
		urlEvent(good[:len(good)/2], ""),
		urlEvent([]byte("this is not a picture"), ""),
		urlEvent(good, "konf=1"),
		[]byte(`{"image":`))
}

// After thousands of requests of all sizes, good and bad, the function holds no
// more memory, descriptors or goroutines than after the first ones.
func TestSoak(t *testing.T) {
	needsLinux(t)
	h := startInProcess(t)
	events := mixedEvents(t, 1)
	random := rand.New(rand.NewPCG(7, 8))
	calls := times(10_000, 400)
	warm := calls / 10
	var at, resident []float64 // calls so far, and bytes then
	var descriptors, goroutines int
	bad := 0
	for i := 1; i <= calls; i++ {
		reply, err := h.Invoke(t.Context(), events[random.IntN(len(events))])
		if err != nil {
			t.Fatal(err)
		}
		if status, message := statusOf(t, reply); status >= 500 {
			t.Fatalf("status %d: %s", status, message)
		} else if status >= 400 {
			bad++
		}
		if i < warm || i%max(1, calls/100) != 0 {
			continue
		}
		debug.FreeOSMemory() // what is garbage is not held
		at, resident = append(at, float64(i)), append(resident, float64(statusLine(t, os.Getpid(), "VmRSS")))
		d, g := openFiles(t), runtime.NumGoroutine()
		if descriptors == 0 {
			descriptors, goroutines = d, g
		}
		if d > descriptors || g > goroutines {
			t.Errorf("after %d calls: %d descriptors and %d goroutines, were %d and %d", i, d, g, descriptors, goroutines)
		}
	}
	slope := slopeOf(at, resident)
	t.Logf("%d calls, %d of them bad: %.0f MB at first, %.0f MB in the end, %+.0f bytes a call; %d descriptors, %d goroutines",
		calls, bad, resident[0]/1e6, resident[len(resident)-1]/1e6, slope, descriptors, goroutines)
	// The first calls of each size still find their places; over few calls that
	// is much a call.
	if most := 1024 * 10_000 / float64(calls); slope > most {
		t.Errorf("memory grows by %.0f bytes a call, %.0f are allowed", slope, most)
	}
}

// openFiles is how many descriptors this process has open.
func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// slopeOf is that of the line of least squares through the points.
func slopeOf(x, y []float64) float64 {
	var mx, my, xy, xx float64
	for i := range x {
		mx, my = mx+x[i]/float64(len(x)), my+y[i]/float64(len(y))
	}
	for i := range x {
		xy, xx = xy+(x[i]-mx)*(y[i]-my), xx+(x[i]-mx)*(x[i]-mx)
	}
	return xy / xx
}

// Many at once get, to the bit, what each gets alone. Lambda sends one at a time;
// this is about what one request may leave behind for another.
func TestConcurrent(t *testing.T) {
	h := startInProcess(t)
	events := mixedEvents(t, 8)
	var want [][]byte
	for _, event := range events {
		want = append(want, withoutTimes(t, invoke(t, h, event)))
	}
	var wg sync.WaitGroup
	for worker := range 64 {
		random := rand.New(rand.NewPCG(9, uint64(worker)))
		wg.Go(func() {
			for range times(1000, 10) {
				i := random.IntN(len(events))
				if got := withoutTimes(t, invoke(t, h, events[i])); !bytes.Equal(got, want[i]) {
					t.Errorf("event %d: %.500s, alone %.500s", i, got, want[i])
					return
				}
			}
		})
	}
	wg.Wait()
}

func invoke(t *testing.T, h *handler.Handler, event []byte) []byte {
	reply, err := h.Invoke(t.Context(), event)
	if err != nil {
		t.Error(err)
	}
	return reply
}

// withoutTimes takes out of a reply what differs from call to call.
func withoutTimes(t *testing.T, reply []byte) []byte {
	var envelope struct{ Body string }
	var resp api.Response
	if err := json.Unmarshal(reply, &envelope); err != nil || envelope.Body == "" {
		return reply
	}
	if err := json.Unmarshal([]byte(envelope.Body), &resp); err != nil || resp.Detections == nil {
		return reply
	}
	resp.Speed, resp.ColdStart = nil, false
	return mustMarshal(resp)
}
