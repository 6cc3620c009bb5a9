package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/integration/sigv4"
)

// buffer is a log that may be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// fakeConfig runs the test binary as the function.
func fakeConfig(t testing.TB) Config {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Config{
		Command: []string{self},
		// The race detector sleeps for a second at exit unless told not to.
		// A binary that was built for coverage wants a directory.
		Env: map[string]string{fakeVariable: "function", "GORACE": "atexit_sleep_ms=0", "GOCOVERDIR": t.TempDir()},
		Credentials: func(id string) (sigv4.Secret, bool) {
			return sigv4.Secret{Key: "secret"}, id == "AKIDEXAMPLE"
		},
		Log: &buffer{},
		// No test but those of the limits may depend on how busy the machine is.
		Timeout: time.Hour, InitTimeout: time.Hour,
	}
}

func start(t testing.TB, config Config) *Emulator {
	t.Helper()
	e, err := Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("log of the emulator:\n%s", config.Log)
		}
	})
	return e
}

// invoke runs a command that must not fail, and decodes its answer into out.
func invoke(t testing.TB, e *Emulator, c command, out any) Result {
	t.Helper()
	payload, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	result, err := e.Invoke(t.Context(), payload)
	if err != nil {
		t.Fatalf("invoke %q: %v", c.Do, err)
	}
	if out != nil {
		if result.FunctionError != "" {
			t.Fatalf("invoke %q: %s: %s", c.Do, result.FunctionError, result.Payload)
		}
		if err := json.Unmarshal(result.Payload, out); err != nil {
			t.Fatal(err)
		}
	}
	return result
}

// gate holds functions up until it is opened, and then says "through" and the
// query that they came with.
type gate struct {
	url string
	// waiting gets a value for each function that has arrived, gone for each
	// that has died there.
	waiting, gone chan struct{}
	open          func()
}

func newGate(t testing.TB) gate {
	t.Helper()
	opened := make(chan struct{})
	g := gate{waiting: make(chan struct{}, 100), gone: make(chan struct{}, 100), open: sync.OnceFunc(func() { close(opened) })}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.waiting <- struct{}{}
		select {
		case <-opened:
			fmt.Fprint(w, "through", r.URL.RawQuery)
		case <-r.Context().Done():
			g.gone <- struct{}{}
		}
	}))
	g.url = server.URL
	t.Cleanup(func() {
		g.open()
		server.Close()
	})
	return g
}

func TestEnvironment(t *testing.T) {
	t.Setenv("SECRET_OF_THE_CALLER", "1")
	config := fakeConfig(t)
	config.Env["MODEL"] = "/opt/model.onnx"
	config.Env["TZ"] = "Europe/Berlin"
	config.FunctionName = "detect"
	config.Region = "eu-central-1"
	config.MemoryMB = 1769
	e := start(t, config)
	var list []string
	invoke(t, e, command{Do: "environment"}, &list)
	got := map[string]string{}
	for _, variable := range list {
		name, value, _ := strings.Cut(variable, "=")
		got[name] = value
	}
	for _, name := range []string{"AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_LOG_STREAM_NAME", "_X_AMZN_TRACE_ID"} {
		if got[name] == "" {
			t.Errorf("%s is not set", name)
		}
		delete(got, name)
	}
	dir := filepath.Dir(config.Command[0])
	want := map[string]string{
		"AWS_LAMBDA_FUNCTION_NAME":        "detect",
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/detect",
		"AWS_LAMBDA_LOG_FORMAT":           "Text",
		"AWS_REGION":                      "eu-central-1",
		"AWS_DEFAULT_REGION":              "eu-central-1",
		"LAMBDA_TASK_ROOT":                dir,
		"LAMBDA_RUNTIME_DIR":              "/var/runtime",
		"_HANDLER":                        "bootstrap",
		"LANG":                            "en_US.UTF-8",
		"PATH":                            "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"LD_LIBRARY_PATH":                 "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:" + dir + ":" + dir + "/lib:/opt/lib",
	}
	maps.Copy(want, config.Env)
	// Go's own os/exec adds PWD, which is the directory that it was given.
	delete(got, "PWD")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}

func TestDirectory(t *testing.T) {
	config := fakeConfig(t)
	config.Dir = t.TempDir()
	want, err := filepath.EvalSymlinks(config.Dir)
	if err != nil {
		t.Fatal(err)
	}
	var got string
	invoke(t, start(t, config), command{Do: "directory"}, &got)
	if got != want {
		t.Errorf("directory is %s, want %s", got, want)
	}
}

func TestInvocationContext(t *testing.T) {
	config := fakeConfig(t)
	config.Timeout = time.Minute
	e := start(t, config)
	var got map[string]string
	before := time.Now()
	result := invoke(t, e, command{Do: "context"}, &got)
	if got["id"] != result.RequestID || len(result.RequestID) != 36 {
		t.Errorf("id is %q, the result's %q", got["id"], result.RequestID)
	}
	if want := "arn:aws:lambda:us-east-1:123456789012:function:yolambda"; got["arn"] != want {
		t.Errorf("arn is %q, want %q", got["arn"], want)
	}
	if !strings.HasPrefix(got["trace"], "Root=1-") {
		t.Errorf("trace is %q", got["trace"])
	}
	deadline, err := time.Parse(time.RFC3339Nano, got["deadline"])
	if err != nil {
		t.Fatal(err)
	}
	// Lambda-Runtime-Deadline-Ms is in whole milliseconds.
	earliest := before.Add(time.Minute).Truncate(time.Millisecond)
	if deadline.Before(earliest) || deadline.After(time.Now().Add(time.Minute)) {
		t.Errorf("deadline is %s, want a minute after %s", deadline, before)
	}
}

// TestFailures: a function that fails, in whichever way, answers the next
// invocation.
func TestFailures(t *testing.T) {
	tests := []struct {
		do      string
		size    int
		payload string // ID stands for the request id
		log     string
		restart bool
	}{
		{do: "error", payload: `{"errorMessage":"on purpose","errorType":"errorString"}`},
		{do: "exit", payload: `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 3"}`, log: "leaving\n", restart: true},
		{do: "exit well", payload: `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited without providing a reason"}`, restart: true},
		{do: "hang", payload: `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ID Error: Task timed out after 1.00 seconds"}`, log: "Task timed out after 1.00 seconds", restart: true},
		{do: "size", size: maxResponse + 1, payload: `{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"RequestId: ID Error: Response payload size exceeded maximum allowed payload size (6291556 bytes)."}`, restart: true},
	}
	for _, test := range tests {
		t.Run(test.do, func(t *testing.T) {
			config := fakeConfig(t)
			if test.do == "hang" {
				config.Timeout = time.Second
			}
			e := start(t, config)
			before := e.PIDs()
			result := invoke(t, e, command{Do: test.do, Size: test.size}, nil)
			if result.FunctionError != "Unhandled" {
				t.Errorf("function error is %q", result.FunctionError)
			}
			if got := strings.ReplaceAll(string(result.Payload), result.RequestID, "ID"); got != test.payload {
				t.Errorf("payload is %.300s\nwant %s", got, test.payload)
			}
			if !strings.Contains(string(result.Log), "START RequestId: "+result.RequestID) || !strings.Contains(string(result.Log), test.log) {
				t.Errorf("log has no START or no %q:\n%s", test.log, result.Log)
			}
			// aws-lambda-go exits when its answer is refused, but may take its
			// time.
			if test.do == "size" {
				waitForProcesses(e, 0)
			}
			// On a busy machine a second may be too short for the next one too.
			var next Result
			for next = invoke(t, e, command{Do: "pid"}, nil); test.do == "hang" && next.FunctionError != ""; {
				next = invoke(t, e, command{Do: "pid"}, nil)
			}
			if restarted := string(next.Payload) != fmt.Sprint(before[0]); restarted != test.restart {
				t.Errorf("process %s after %v: restarted: %v, want %v", next.Payload, before, restarted, test.restart)
			}
		})
	}
}

func TestPanic(t *testing.T) {
	e := start(t, fakeConfig(t))
	result := invoke(t, e, command{Do: "panic"}, nil)
	var failure struct{ ErrorMessage, ErrorType string }
	if err := json.Unmarshal(result.Payload, &failure); err != nil {
		t.Fatal(err)
	}
	if result.FunctionError != "Unhandled" || failure.ErrorMessage != "on purpose" {
		t.Errorf("result is %q, %s", result.FunctionError, result.Payload)
	}
	invoke(t, e, command{Do: "pid"}, new(int))
}

// waitForProcesses waits until n processes are alive.
func waitForProcesses(e *Emulator, n int) {
	for {
		e.mu.Lock()
		alive, changed := len(e.all), e.changed
		e.mu.Unlock()
		if alive == n {
			return
		}
		<-changed
	}
}

// TestIdleExit: a process that dies between two invocations costs none.
func TestIdleExit(t *testing.T) {
	e := start(t, fakeConfig(t))
	g := newGate(t)
	var before, after int
	invoke(t, e, command{Do: "exit later", Gate: g.url}, &before)
	<-g.waiting
	g.open()
	waitForProcesses(e, 0)
	invoke(t, e, command{Do: "pid"}, &after)
	if before == after {
		t.Errorf("process %d lives", before)
	}
}

func TestLargestReply(t *testing.T) {
	var got string
	invoke(t, start(t, fakeConfig(t)), command{Do: "size", Size: maxResponse}, &got)
	if len(got) != maxResponse-2 {
		t.Errorf("got %d bytes, want %d", len(got), maxResponse-2)
	}
}

func TestStartFails(t *testing.T) {
	notExecutable := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(notExecutable, []byte("no program"), 0o700); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"exit", func(c *Config) { c.Env[fakeVariable] = "exit at init" }, "init function: Runtime exited with error: exit status 7: library is missing"},
		{"report", func(c *Config) { c.Env[fakeVariable] = "report at init" }, "init function: no model"},
		{"hang", func(c *Config) {
			c.Env[fakeVariable] = "hang at init"
			c.InitTimeout = 500 * time.Millisecond
		}, "init function: Init timed out after 0.50 seconds"},
		{"no such file", func(c *Config) { c.Command = []string{"/no/such/bootstrap"} }, "/no/such/bootstrap"},
		{"not executable", func(c *Config) { c.Command = []string{notExecutable} }, "exec format error"},
		{"no command", func(c *Config) { c.Command = nil }, "no command to run"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := fakeConfig(t)
			test.change(&config)
			e, err := Start(t.Context(), config)
			if err == nil {
				e.Close()
				t.Fatal("Start succeeds")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %q, want %q in it", err, test.want)
			}
		})
	}
}

// TestStartMissing: a caller can tell a bootstrap that was not built yet.
func TestStartMissing(t *testing.T) {
	if _, err := Start(t.Context(), Config{Command: []string{"/no/such/bootstrap"}}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Start: %v, want fs.ErrNotExist", err)
	}
}

func TestStartCancelled(t *testing.T) {
	config := fakeConfig(t)
	config.Env[fakeVariable] = "hang at init"
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, config); !errors.Is(err, context.Canceled) {
		t.Errorf("Start: %v", err)
	}
}

// TestInitFailsLater: the init of a later process fails one invocation, and
// the next one tries again.
func TestInitFailsLater(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	config := fakeConfig(t)
	config.Env[fakeVariable] = "exit at init while file exists"
	config.Env["FAKE_FILE"] = file
	e := start(t, config)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	invoke(t, e, command{Do: "exit"}, nil)
	result := invoke(t, e, command{Do: "pid"}, nil)
	if result.FunctionError != "Unhandled" || !strings.Contains(string(result.Payload), "exit status 7") {
		t.Errorf("result is %q, %s", result.FunctionError, result.Payload)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	invoke(t, e, command{Do: "pid"}, new(int))
}

// TestSequence: one caller after another is served by one process.
func TestSequence(t *testing.T) {
	e := start(t, fakeConfig(t))
	pids := map[int]int{}
	for range 100 {
		var pid int
		invoke(t, e, command{Do: "pid"}, &pid)
		pids[pid]++
	}
	if len(pids) != 1 {
		t.Errorf("invocations of each process: %v, want one process", pids)
	}
}

func TestThrottled(t *testing.T) {
	config := fakeConfig(t)
	config.Concurrency = 2
	e := start(t, config)
	g := newGate(t)
	var wg sync.WaitGroup
	for range config.Concurrency {
		wg.Go(func() {
			var got string
			invoke(t, e, command{Do: "wait", Gate: g.url}, &got)
			if got != "through" {
				t.Errorf("gate said %q", got)
			}
		})
	}
	for range config.Concurrency {
		<-g.waiting
	}
	if _, err := e.Invoke(t.Context(), []byte("{}")); !errors.Is(err, ErrThrottled) {
		t.Errorf("one more: %v, want ErrThrottled", err)
	}
	g.open()
	wg.Wait()
	invoke(t, e, command{Do: "pid"}, new(int))
}

// TestCallerLeaves: an invocation whose caller has gone goes on.
func TestCallerLeaves(t *testing.T) {
	e := start(t, fakeConfig(t))
	g := newGate(t)
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := e.Invoke(ctx, fmt.Appendf(nil, `{"do":"wait","gate":%q}`, g.url))
		left <- err
	}()
	<-g.waiting
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("Invoke: %v", err)
	}
	if _, err := e.Invoke(t.Context(), []byte("{}")); !errors.Is(err, ErrThrottled) {
		t.Errorf("meanwhile: %v, want ErrThrottled", err)
	}
}

func TestLog(t *testing.T) {
	config := fakeConfig(t)
	config.MemoryMB = 512
	e := start(t, config)
	first := invoke(t, e, command{Do: "pid"}, nil)
	second := invoke(t, e, command{Do: "pid"}, nil)
	for _, want := range []string{
		"START RequestId: " + first.RequestID + " Version: $LATEST\n",
		"END RequestId: " + first.RequestID + "\nREPORT RequestId: " + first.RequestID + "\tDuration: ",
		"\tMemory Size: 512 MB\tInit Duration: ",
	} {
		if !strings.Contains(string(first.Log), want) {
			t.Errorf("log has no %q:\n%s", want, first.Log)
		}
	}
	if strings.Contains(string(second.Log), "Init Duration") || strings.Contains(string(second.Log), first.RequestID) {
		t.Errorf("second log is of the first invocation:\n%s", second.Log)
	}
	if all := fmt.Sprint(config.Log); !strings.Contains(all, string(first.Log)+string(second.Log)) {
		t.Errorf("logs of invocations are not in the whole one:\n%s", all)
	}
}

// TestCloseEndsChildren: what the function has started ends with it.
func TestCloseEndsChildren(t *testing.T) {
	e := start(t, fakeConfig(t))
	g := newGate(t)
	invoke(t, e, command{Do: "child", Gate: g.url}, new(int))
	<-g.waiting
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	// The child's connection to the gate ends with the child.
	<-g.gone
}

// exists reports whether there is such a process.
func exists(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func TestClose(t *testing.T) {
	for _, program := range []string{"function", "ignore SIGTERM"} {
		t.Run(program, func(t *testing.T) {
			config := fakeConfig(t)
			config.Env[fakeVariable] = program
			config.Concurrency = 2
			e := start(t, config)
			var idle, busy int
			invoke(t, e, command{Do: "pid"}, &idle)
			g := newGate(t)
			failed := make(chan Result)
			go func() { failed <- invoke(t, e, command{Do: "wait", Gate: g.url}, nil) }()
			<-g.waiting
			invoke(t, e, command{Do: "pid"}, &busy)
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			if result := <-failed; result.FunctionError != "Unhandled" {
				t.Errorf("invocation in flight: %s", result.Payload)
			}
			for _, pid := range []int{idle, busy} {
				if exists(pid) {
					t.Errorf("process %d is left behind", pid)
				}
			}
			if _, err := e.Invoke(t.Context(), []byte("{}")); !errors.Is(err, ErrClosed) {
				t.Errorf("Invoke after Close: %v", err)
			}
			if err := e.Close(); err != nil {
				t.Errorf("second Close: %v", err)
			}
		})
	}
}
