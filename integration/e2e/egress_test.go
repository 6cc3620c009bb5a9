package e2e

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/integration/emulator"
	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestEgress traces the system calls of a whole run: the function connects to
// the Runtime API and nowhere else, and opens no file for writing.
func TestEgress(t *testing.T) {
	strace := yolotest.Tool(t, "strace")
	functionHere(t, yolotest.Fixture(t, "squares")) // skips where nothing is built
	parts := local.PartsIn(yolotest.Root(t))
	trace, runtimeAPI := filepath.Join(t.TempDir(), "trace"), filepath.Join(t.TempDir(), "runtime-api")
	f, err := emulator.Start(t.Context(), emulator.Config{
		Timeout: patience, InitTimeout: patience,
		Command: []string{"sh", "-c", `echo "$AWS_LAMBDA_RUNTIME_API" >"$0" && exec "$@"`, runtimeAPI,
			strace, "-f", "-o", trace, "-e", "trace=connect,bind,listen,sendto,sendmsg,sendmmsg,open,openat,openat2,creat,unlink,unlinkat,rename,renameat,mkdir,mkdirat", parts.Bootstrap},
		Env: map[string]string{
			"YOLAMBDA_LIBRARY": parts.Library, "YOLAMBDA_MODEL": yolotest.Fixture(t, "squares"),
			"HOME": t.TempDir(), // where telemetry would leave its id
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		req     api.Request
		refused bool
	}{
		{api.Request{Image: api.Picture{Data: yolotest.SquaresPNG}}, false},
		{api.Request{Image: api.Picture{Data: yolotest.SquaresPNG}, Options: api.Options{Format: api.PictureFormat}}, false},
		{api.Request{Image: api.NewPicture([]byte("no picture"))}, true},
		{api.Request{Image: api.NewPicture([]byte("https://example.org/a.jpg"))}, true},
		{api.Request{Image: api.NewPicture([]byte("s3://bucket/a.jpg"))}, true},
	} {
		result, err := f.Invoke(t.Context(), marshal(t, tt.req))
		if err != nil {
			t.Fatal(err)
		}
		if refused := bytes.Contains(result.Payload, []byte(`"error"`)); refused != tt.refused {
			t.Errorf("%.60q: %s", tt.req.Image.Data, result.Payload)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	calls := string(yolotest.Read(t, trace))
	address, _, _ := strings.Cut(string(yolotest.Read(t, runtimeAPI)), "/")
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	there := fmt.Sprintf(`sin_port=htons(%s), sin_addr=inet_addr("127.0.0.1")`, port)
	connects := regexp.MustCompile(`(?m)^.*\bconnect\(.*$`).FindAllString(calls, -1)
	if len(connects) == 0 {
		t.Error("the trace shows no connection to the Runtime API: it is incomplete")
	}
	// A datagram needs no connect: its address is in the call that sends it.
	addressed := regexp.MustCompile(`(?m)^.*\bsend(to|msg|mmsg)\(.*sa_family.*$`).FindAllString(calls, -1)
	for _, call := range append(connects, addressed...) {
		if !strings.Contains(call, there) {
			t.Errorf("sends elsewhere: %s", call)
		}
	}
	t.Logf("%d connects, all to the Runtime API", len(connects))
	changes := regexp.MustCompile(`(?m)^.*\b(bind|listen|creat|unlink(at)?|rename(at)?|mkdir(at)?)\(.*$|^.*\bopen(at2?)?\(.*O_(WRONLY|RDWR|CREAT).*$`)
	for _, call := range changes.FindAllString(calls, -1) {
		if !strings.Contains(call, os.DevNull) {
			t.Errorf("writes or listens: %s", call)
		}
	}
}

// offline are the tests that show a whole run.
const offline = "^(TestEgress|TestPictureByAddress|TestRequestForms|TestDirectInvoke|TestErrors|TestForbidden|TestTasks|TestDrawing|TestModels)$"

// TestWithoutNetwork runs other tests of this package, which start the emulator
// and the function, in a network namespace that has the loopback device and no
// route: nothing of what they do needs more.
func TestWithoutNetwork(t *testing.T) {
	functionHere(t, yolotest.Fixture(t, "squares")) // skips where nothing is built
	yolotest.Namespace(t, "--net")
	yolotest.Tool(t, "ip")
	yolotest.Tool(t, "strace")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The first line of the table of routes is its heading.
	const alone = `ip link set lo up && [ "$(wc -l </proc/net/route)" -le 1 ] && exec "$@"`
	inside := exec.Command("unshare", "--net", "sh", "-c", alone, "sh", self, "-test.v", "-test.run", offline)
	inside.Env = append(os.Environ(), "YOLAMBDA_URL=")
	out, err := inside.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	passed := regexp.MustCompile(`(?m)^--- PASS: (\w+)`).FindAllSubmatch(out, -1)
	if want := strings.Count(offline, "|") + 1; len(passed) != want {
		t.Errorf("%d tests passed, want %d:\n%s", len(passed), want, out)
	}
}
