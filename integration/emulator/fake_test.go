package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// The test binary is the function too: with this variable set it runs one of
// the programs below instead of the tests.
const fakeVariable = "YOLAMBDA_FAKE"

func TestMain(m *testing.M) {
	switch program := os.Getenv(fakeVariable); program {
	case "":
		os.Exit(m.Run())
	case "function":
		lambda.Start(fakeFunction{})
	case "exit at init":
		fmt.Fprint(os.Stderr, "first line\nlibrary is missing\n\n")
		os.Exit(7)
	case "exit at init while file exists":
		if _, err := os.Stat(os.Getenv("FAKE_FILE")); err == nil {
			os.Exit(7)
		}
		lambda.Start(fakeFunction{})
	case "report at init":
		reportInitError()
		os.Exit(1)
	case "hang at init":
		fmt.Println("waiting")
		select {}
	case "ignore SIGTERM":
		signal.Ignore(syscall.SIGTERM)
		lambda.Start(fakeFunction{})
	case "wait":
		pass(os.Getenv("FAKE_GATE"))
	case "host":
		hostEmulator()
	default:
		stdlog.Fatalf("unknown program %q", program)
	}
}

func reportInitError() {
	url := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/init/error"
	reply, err := http.Post(url, "application/json", strings.NewReader(`{"errorType":"Fake.Init","errorMessage":"no model"}`))
	if err != nil || reply.StatusCode != http.StatusAccepted {
		stdlog.Fatal(reply, err)
	}
}

// hostEmulator runs an emulator whose function waits at a gate, and ends only
// by a signal.
func hostEmulator() {
	self, err := os.Executable()
	if err != nil {
		stdlog.Fatal(err)
	}
	e, err := Start(context.Background(), Config{Command: []string{self}, Env: map[string]string{fakeVariable: "function"}})
	if err != nil {
		stdlog.Fatal(err)
	}
	payload, err := json.Marshal(command{Do: "wait", Gate: os.Getenv("FAKE_GATE")})
	if err != nil {
		stdlog.Fatal(err)
	}
	_, err = e.Invoke(context.Background(), payload)
	stdlog.Fatal("function ended: ", err)
}

// command tells the fake function what to do: in a direct invocation by its
// fields, through the function URL by the path and the body.
type command struct {
	Do      string `json:"do,omitempty"`
	Gate    string `json:"gate,omitempty"`
	Size    int    `json:"size,omitempty"`
	Reply   string `json:"reply,omitempty"`
	RawPath string `json:"rawPath,omitempty"`
	Body    string `json:"body,omitempty"`
}

type fakeFunction struct{}

func (fakeFunction) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var c command
	if err := json.Unmarshal(payload, &c); err != nil {
		return nil, err
	}
	switch do := c.Do + strings.TrimPrefix(c.RawPath, "/"); do {
	case "exit":
		fmt.Println("leaving")
		os.Exit(3)
	case "exit well":
		os.Exit(0)
	case "panic":
		panic("on purpose")
	case "error":
		return nil, errors.New("on purpose")
	case "hang":
		select {}
	case "wait":
		return json.Marshal(pass(c.Gate + c.Body))
	case "exit later":
		go func() {
			_ = pass(c.Gate)
			os.Exit(4)
		}()
		return json.Marshal(os.Getpid())
	case "size":
		return json.Marshal(strings.Repeat("x", c.Size-2))
	case "reply":
		return []byte(c.Reply + c.Body), nil
	case "pid":
		return json.Marshal(os.Getpid())
	case "environment":
		return json.Marshal(os.Environ())
	case "directory":
		dir, err := os.Getwd()
		if err != nil {
			return nil, err
		}
		return json.Marshal(dir)
	case "context":
		lc, _ := lambdacontext.FromContext(ctx)
		deadline, _ := ctx.Deadline()
		return json.Marshal(map[string]string{
			"id":       lc.AwsRequestID,
			"arn":      lc.InvokedFunctionArn,
			"deadline": deadline.UTC().Format(time.RFC3339Nano),
			"trace":    os.Getenv("_X_AMZN_TRACE_ID"),
		})
	case "child":
		child := exec.Command(os.Args[0])
		child.Env = []string{fakeVariable + "=wait", "FAKE_GATE=" + c.Gate}
		if err := child.Start(); err != nil {
			return nil, err
		}
		return json.Marshal(child.Process.Pid)
	}
	return bytes.Clone(payload), nil
}

// pass waits until the test's gate lets it through.
func pass(gate string) string {
	reply, err := http.Get(gate)
	if err != nil {
		return err.Error()
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
