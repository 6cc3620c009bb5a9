package bootstrap

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// A library that is cut off, or another one, is told as such, and not by a crash.
func TestBrokenLibrary(t *testing.T) {
	needsLinux(t)
	whole := yolotest.Read(t, yolotest.Library(t))
	for name, tt := range map[string]struct {
		library []byte
		want    string
	}{
		"header only":     {whole[:64], "no shared library"},
		"a quarter":       {whole[:len(whole)/4], "no shared library"},
		"half":            {whole[:len(whole)/2], "no shared library"},
		"but a byte":      {whole[:len(whole)-1], "no shared library"},
		"another library": {yolotest.Read(t, libc(t)), "load ONNX Runtime"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "library.so")
			if err := os.WriteFile(path, tt.library, 0o600); err != nil {
				t.Fatal(err)
			}
			s := newSandbox(t, func(api *httptest.Server) *exec.Cmd { return function(t, api, path, squares) })
			if reply, ok := s.invoke(squaresEvent); ok {
				t.Fatalf("answered %s", reply)
			}
			if message := s.initError(); !strings.Contains(message, tt.want) {
				t.Errorf("error %q, want %q", message, tt.want)
			}
		})
	}
}

// libc is a library that every Linux program has loaded.
func libc(t *testing.T) string {
	for _, line := range strings.Split(string(yolotest.Read(t, "/proc/self/maps")), "\n") {
		if fields := strings.Fields(line); len(fields) == 6 && strings.HasPrefix(filepath.Base(fields[5]), "libc") {
			return fields[5]
		}
	}
	t.Skip("this program is linked without libc")
	return ""
}

// A model with one wrong bit is refused at the start with a reason, or serves:
// where the bit stands in a weight, nobody can tell it from another model.
func TestFlippedBits(t *testing.T) {
	var names []string
	for _, name := range []string{"squares", "squares-static", "squares-end2end", "squares-seg"} {
		names = append(names, filepath.Join("..", "ort", "testdata", name+".onnx"))
	}
	library := yolotest.Library(t)
	flipped := filepath.Join(t.TempDir(), "flipped.onnx")
	s := newSandbox(t, func(api *httptest.Server) *exec.Cmd { return function(t, api, library, flipped) })
	random := rand.New(rand.NewPCG(5, 6))
	count := map[string]int{}
	for i := range times(1000, 40) {
		name := names[i%len(names)]
		model := yolotest.Read(t, name)
		bit := random.IntN(8 * len(model))
		model[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(flipped, model, 0o600); err != nil {
			t.Fatal(err)
		}
		reply, ok := s.invoke(squaresEvent)
		if !ok {
			count["refused"]++
			if message := s.initError(); !strings.Contains(message, "model") {
				t.Errorf("%s, bit %d: %q", name, bit, message)
			}
			continue
		}
		if status, _ := statusOf(t, reply); status == 200 {
			count["answered"]++
		} else {
			count["failed"]++ // with a reason in the log
		}
		s.process.Process.Kill()
		<-s.process.exited
	}
	t.Logf("models: %v", count)
}

// initError is why the function ended before it was ready: it must have said so
// in one line of the log, and to Lambda.
func (s *sandbox) initError() string {
	s.t.Helper()
	p := s.process
	<-p.exited
	if code := p.ProcessState.ExitCode(); code != 1 || bytes.Count(p.log.Bytes(), []byte("\n")) != 1 || !bytes.Contains(p.log.Bytes(), []byte("init failed")) {
		s.t.Errorf("%v, want one line of log: %.2000s", p.ProcessState, p.log.Bytes())
	}
	var told struct{ ErrorMessage string }
	select {
	case got := <-s.posted:
		if err := json.Unmarshal(got.body, &told); err != nil || got.path != "init/error" {
			s.t.Errorf("posted to %s: %.300s", got.path, got.body)
		}
	default:
		s.t.Error("Lambda was told nothing")
	}
	return told.ErrorMessage
}
