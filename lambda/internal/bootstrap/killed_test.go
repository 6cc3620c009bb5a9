package bootstrap

import (
	"bytes"
	"fmt"
	"image"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// slowEvent is a request that takes far longer than any of these tests needs: a
// hundred tiles, each in the largest size.
func slowEvent(t *testing.T) []byte {
	return directEvent(jpegOf(t, image.NewGray(image.Rect(0, 0, 6000, 5000))), map[string]any{"tile": 750, "imgsz": 4096})
}

// midRequest hands out the slow request and returns when the process is at work
// on it, which its use of the CPU tells.
func (s *sandbox) midRequest() {
	s.t.Helper()
	_, answer := s.invocation(slowEvent(s.t), time.Now().Add(time.Hour))
	if !s.hand(answer) {
		s.t.Fatalf("the function ended: %s", s.process.log.Bytes())
	}
	begun := cpuTime(s.t, s.process)
	for cpuTime(s.t, s.process) < begun+300*time.Millisecond {
		select {
		case <-s.process.exited:
			s.t.Fatalf("the function ended: %s", s.process.log.Bytes())
		case got := <-s.posted:
			s.t.Fatalf("the function is done already: %.300s", got.body)
		case <-time.After(time.Millisecond):
		}
	}
}

// A process that is killed in the middle of a request answers nothing any more,
// and the one after it answers the next request, and only that.
func TestKilled(t *testing.T) {
	needsLinux(t)
	for name, signal := range map[string]syscall.Signal{"SIGKILL": syscall.SIGKILL, "SIGTERM": syscall.SIGTERM, "SIGSEGV": syscall.SIGSEGV} {
		t.Run(name, func(t *testing.T) {
			s := squaresSandbox(t)
			s.rightAnswer()
			s.midRequest()
			if err := s.process.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if got := s.result(); got != nil {
				t.Errorf("posted to %s: %.300s", got.path, got.body)
			}
			s.rightAnswer()
			s.rightAnswer()
		})
	}
}

// Where memory runs out in the middle of a request, the request fails or the
// process ends, and the next request is answered.
func TestOutOfMemory(t *testing.T) {
	needsLinux(t)
	if _, err := exec.LookPath("prlimit"); err != nil {
		yolotest.Missing(t, yolotest.Tools, "prlimit is not installed")
	}
	for name, event := range map[string][]byte{
		"in the decoder":      directEvent(hugeButAllowed(t), map[string]any{"imgsz": 64}),
		"in the network":      directEvent(yolotest.PNG(image.NewGray(image.Rect(0, 0, 64, 64))), map[string]any{"imgsz": 4096}),
		"in the event itself": directEvent(make([]byte, 40<<20), nil),
	} {
		for _, spare := range []int{0, 32, 96} { // MB
			t.Run(fmt.Sprintf("%s/%d MB", name, spare), func(t *testing.T) {
				s := squaresSandbox(t)
				s.rightAnswer()
				limit := statusLine(t, s.process.Process.Pid, "VmSize") + spare<<20
				set := exec.Command("prlimit", "--pid", fmt.Sprint(s.process.Process.Pid), fmt.Sprintf("--as=%d", limit))
				if out, err := set.CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
				if reply, ok := s.invoke(event); ok {
					status, message := statusOf(t, reply)
					t.Logf("status %d %s", status, message)
				} else {
					<-s.process.exited
					t.Log(s.process.ProcessState)
					// Go says so in a report of its goroutines. Where no page is left for
					// its own books, that may be one of a segmentation violation.
					if log := s.process.log.Bytes(); !bytes.Contains(log, []byte("goroutine ")) {
						t.Errorf("the log does not say why: %.2000s", log)
					}
				}
				// The process may live on with its limit, and end at the next request.
				if _, ok := s.invoke(squaresEvent); !ok {
					s.rightAnswer()
				}
			})
		}
	}
}

// hugeButAllowed is a picture of 36 million pixels in a few kB.
func hugeButAllowed(t *testing.T) []byte {
	return jpegOf(t, image.NewGray(image.Rect(0, 0, 6000, 6000)))
}
