package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/integration/emulator"
	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/lambda/api"
)

// TestEgress traces the system calls of a whole run: the function connects to
// the Runtime API and nowhere else, and opens no file for writing.
func TestEgress(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		missing(t, "YOLAMBDA_REQUIRE_TOOLS", "strace is not installed")
	}
	functionHere(t, squaresModel) // skips where nothing is built
	parts := local.PartsIn(root)
	trace := filepath.Join(t.TempDir(), "trace")
	var command []string
	for _, path := range []string{parts.Bootstrap, parts.Library, squaresModel} {
		path, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		command = append(command, path)
	}
	f, err := emulator.Start(t.Context(), emulator.Config{
		Command: []string{strace, "-f", "-o", trace, "-e", "trace=connect,bind,sendto,sendmsg,open,openat,openat2,creat,unlink,rename,mkdir", command[0]},
		Env: map[string]string{
			"YOLAMBDA_LIBRARY": command[1], "YOLAMBDA_MODEL": command[2],
			"HOME": t.TempDir(), // where telemetry would leave its id
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(api.Request{Image: squaresPicture(t)})
	if err != nil {
		t.Fatal(err)
	}
	result, err := f.Invoke(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(decodeResponse(t, result.Payload).Detections); n == 0 {
		t.Error("no detections")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	calls := string(readFile(t, trace))
	connects := regexp.MustCompile(`(?m)^.*\bconnect\(.*$`).FindAllString(calls, -1)
	if len(connects) == 0 {
		t.Error("the trace shows no connection to the Runtime API: it is incomplete")
	}
	for _, call := range connects {
		if !strings.Contains(call, `inet_addr("127.0.0.1")`) {
			t.Errorf("connects elsewhere: %s", call)
		}
	}
	writes := regexp.MustCompile(`(?m)^.*\b(bind|creat|unlink|rename|mkdir)\(.*$|^.*\bopen(at2?)?\(.*O_(WRONLY|RDWR|CREAT).*$`)
	for _, call := range writes.FindAllString(calls, -1) {
		if !strings.Contains(call, os.DevNull) {
			t.Errorf("writes: %s", call)
		}
	}
}
