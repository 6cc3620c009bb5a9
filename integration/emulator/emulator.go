// Package emulator stands in for AWS Lambda on one machine: a function URL in
// front, the Lambda Runtime API behind, and the real bootstrap between them.
package emulator

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/yolambda/yolambda/integration/sigv4"
)

// Config says which function to run, and how.
type Config struct {
	// Command is the bootstrap, with any wrapper before it, such as
	// "qemu-aarch64", "-L", "/sysroot", "/path/bootstrap".
	Command []string
	// Env is the function's own environment, added to Lambda's. Nothing of the
	// caller's environment reaches the function.
	Env map[string]string
	// Dir is the function's working directory and LAMBDA_TASK_ROOT; empty
	// means the directory of the last element of Command.
	Dir string
	// FunctionName and Region; empty means "yolambda" and "us-east-1".
	FunctionName, Region string
	// MemoryMB is told to the function, not enforced; zero means 3008.
	MemoryMB int
	// Timeout is how long one invocation may take; zero means 30 seconds.
	Timeout time.Duration
	// InitTimeout is how long a new process may take until it asks for its
	// first invocation; zero means Lambda's 10 seconds.
	InitTimeout time.Duration
	// Concurrency is how many processes may run at once, each serving one
	// invocation at a time; zero means 1.
	Concurrency int
	// Credentials looks up the access keys that may call. Nil means that no
	// request is let in.
	Credentials func(accessKeyID string) (sigv4.Secret, bool)
	// Log receives what the function writes to stdout and stderr and Lambda's
	// own START, END and REPORT lines; nil means nowhere.
	Log io.Writer
}

// Result is the outcome of one invocation.
type Result struct {
	// Payload is what the function answered, or Lambda's JSON description of
	// the failure when FunctionError is set.
	Payload []byte
	// FunctionError is empty for a success and "Unhandled" for a failure: the
	// value of AWS's X-Amz-Function-Error header.
	FunctionError string
	// RequestID is the invocation's id.
	RequestID string
	// Log is what the function wrote during this invocation, with Lambda's
	// lines.
	Log []byte
}

// ErrThrottled says that every process is busy: AWS's 429.
var ErrThrottled = errors.New("all processes are busy")

// Emulator is a running function. It is an http.Handler: the function URL.
type Emulator struct{}

// Start starts the first process and waits until it is ready. The error of a
// failed init carries the last line that the function logged.
func Start(ctx context.Context, config Config) (*Emulator, error) {
	return nil, errors.New("emulator: not implemented")
}

// ServeHTTP answers as the function URL does.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "not implemented", http.StatusNotImplemented)
}

// InvokeHandler answers POST /2015-03-31/functions/{name}/invocations, signed,
// as the Lambda API does.
func (e *Emulator) InvokeHandler() http.Handler { return http.NotFoundHandler() }

// Invoke runs the function on the payload, without any HTTP envelope. A
// function that fails is a Result with FunctionError set, not an error.
func (e *Emulator) Invoke(ctx context.Context, payload []byte) (Result, error) {
	return Result{}, errors.New("emulator: not implemented")
}

// Close stops every process; none is left behind.
func (e *Emulator) Close() error { return nil }
