// Package emulator stands in for AWS Lambda on one machine: a function URL in
// front, the Lambda Runtime API behind, and the real bootstrap between them.
//
// What it answers is what AWS answers, as far as that is documented or was
// seen; comments name the source where the documentation is silent.
package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/yolambda/yolambda/integration/sigv4"
)

// Config says which function to run, and how.
type Config struct {
	// Command is the bootstrap, with any wrapper before it, such as
	// "qemu-aarch64", "-L", "/sysroot", "/path/bootstrap".
	Command []string
	// Env is the function's own environment, added to Lambda's and stronger
	// than it. Nothing of the caller's environment reaches the function.
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
	// Now is the clock that the dates of signatures are checked against; nil
	// means time.Now.
	Now func() time.Time
	// Log receives what the function writes to stdout and stderr, Lambda's
	// own START, END and REPORT lines, and why a request was refused; nil
	// means nowhere. Writes to it come one at a time.
	Log io.Writer
	// Requests receives one line for each request of the function URL and of the
	// Lambda API, which has the reason if it was refused; nil means that none are
	// written, and that the reasons go to Log.
	Requests io.Writer
}

func (c Config) withDefaults() (Config, error) {
	if len(c.Command) == 0 {
		return c, errors.New("no command to run")
	}
	if c.Dir == "" {
		c.Dir = filepath.Dir(c.Command[len(c.Command)-1])
	}
	// The process starts in Dir, where a relative path would lead elsewhere.
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return c, fmt.Errorf("find directory of function: %w", err)
	}
	c.Dir = dir
	if c.FunctionName == "" {
		c.FunctionName = "yolambda"
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	if c.MemoryMB == 0 {
		c.MemoryMB = 3008
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	if c.InitTimeout == 0 {
		c.InitTimeout = 10 * time.Second
	}
	if c.Concurrency == 0 {
		c.Concurrency = 1
	}
	if c.Log == nil {
		c.Log = io.Discard
	}
	return c, nil
}

// Result is the outcome of one invocation.
type Result struct {
	// Payload is what the function answered, or a JSON description of the
	// failure when FunctionError is set.
	Payload []byte
	// FunctionError is empty for a success and "Unhandled" for a failure: the
	// value of AWS's X-Amz-Function-Error header.
	FunctionError string
	// RequestID is the invocation's id.
	RequestID string
	// Log is the end of what the function wrote during this invocation, with
	// Lambda's own lines, as far as it had arrived when the answer came.
	Log []byte
}

// ErrThrottled says that every process is busy: AWS's 429.
var ErrThrottled = errors.New("all processes are busy")

// ErrClosed says that the emulator is closed.
var ErrClosed = errors.New("emulator is closed")

// accountID is the account that AWS's documentation uses in examples.
const accountID = "123456789012"

// Emulator is a running function. It is an http.Handler: the function URL.
type Emulator struct {
	config   Config
	verifier sigv4.Verifier
	memory   memory
	log      *sharedLog
	requests *sharedLog // nil where nobody wants a line for each

	mu sync.Mutex
	// all are the processes that count against the concurrency, idle those of
	// them that wait for an invocation.
	all, idle []*process
	// starting and finishing count the processes that do not exist yet and
	// those that have answered but not yet asked for the next invocation.
	starting, finishing int
	// changed is closed and replaced whenever one of the above changes.
	changed chan struct{}
	closed  bool
	// background counts the goroutines that outlive the call that began them.
	background sync.WaitGroup
}

// Start starts the first process and waits until it is ready. The error of a
// failed init carries the last line that the function logged.
func Start(ctx context.Context, config Config) (*Emulator, error) {
	if err := checkSystem(); err != nil {
		return nil, fmt.Errorf("start emulator: %w", err)
	}
	config, err := config.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("start emulator: %w", err)
	}
	e := &Emulator{
		config: config,
		verifier: sigv4.Verifier{
			Credentials: config.Credentials,
			Region:      config.Region,
			Service:     "lambda",
			Now:         config.Now,
		},
		log:      &sharedLog{out: config.Log},
		changed:  make(chan struct{}),
		starting: 1,
	}
	if config.Requests != nil {
		e.requests = &sharedLog{out: config.Requests}
	}
	p, err := e.startProcess(ctx)
	if err != nil {
		return nil, fmt.Errorf("start emulator: %w", err)
	}
	e.release(p)
	return e, nil
}

// Invoke runs the function on the payload, which is JSON, without any HTTP
// envelope. A function that fails is a Result with FunctionError set, not an
// error. An invocation goes on, as on AWS, when ctx ends before it does.
func (e *Emulator) Invoke(ctx context.Context, payload []byte) (Result, error) {
	return e.invoke(ctx, newInvocation(payload))
}

func (e *Emulator) invoke(ctx context.Context, inv *invocation) (Result, error) {
	outcomes := make(chan outcome, 1)
	if err := e.begin(func() { e.run(inv, outcomes) }); err != nil {
		return Result{}, err
	}
	select {
	case o := <-outcomes:
		return o.result, o.err
	case <-ctx.Done():
		return Result{}, fmt.Errorf("wait for function: %w", ctx.Err())
	}
}

// begin begins work that may outlive its caller, and that Close waits for.
func (e *Emulator) begin(work func()) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	e.background.Go(work)
	return nil
}

// outcome is what Invoke returns.
type outcome struct {
	result Result
	err    error
}

// run sends one invocation through a process, delivers its outcome, and gives
// the process back or ends it.
func (e *Emulator) run(inv *invocation, outcomes chan<- outcome) {
	p, err := e.acquire()
	if failed, ok := errors.AsType[*initError](err); ok {
		result := inv.failure(failed.kind, failed.message)
		if len(failed.posted) > 0 {
			result.Payload = failed.posted
		}
		outcomes <- outcome{result: result}
		return
	}
	if err != nil {
		outcomes <- outcome{err: err}
		return
	}
	timeout := time.NewTimer(e.config.Timeout)
	defer timeout.Stop()
	result, alive := p.invoke(inv, e.config, timeout.C)
	if !alive {
		p.kill()
		e.remove(p)
		outcomes <- outcome{result: result}
		return
	}
	// The caller has its answer now. The process is free only when it asks for
	// the next invocation.
	e.finish(+1)
	outcomes <- outcome{result: result}
	select {
	case <-inv.done:
		if inv.own && inv.sent.Load() {
			e.memory.give(inv.payload)
		}
		e.release(p)
	case <-p.exited:
		e.remove(p)
	case <-timeout.C:
		p.kill()
		e.remove(p)
	}
	e.finish(-1)
}

// acquire takes an idle process or starts one. Over the concurrency it returns
// ErrThrottled at once, as AWS does, unless a process is about to be free: one
// caller who sends one request after another is never throttled.
func (e *Emulator) acquire() (*process, error) {
	for {
		e.mu.Lock()
		changed := e.changed
		switch {
		case e.closed:
			e.mu.Unlock()
			return nil, ErrClosed
		case len(e.idle) > 0:
			p := e.idle[len(e.idle)-1]
			e.idle = e.idle[:len(e.idle)-1]
			e.mu.Unlock()
			return p, nil
		case len(e.all)+e.starting < e.config.Concurrency:
			e.starting++
			e.mu.Unlock()
			return e.startProcess(context.Background())
		case e.finishing == 0:
			e.mu.Unlock()
			return nil, ErrThrottled
		}
		e.mu.Unlock()
		<-changed
	}
}

// startProcess starts a process that was counted in e.starting, and waits
// until it is ready.
func (e *Emulator) startProcess(ctx context.Context) (*process, error) {
	p, err := newProcess(e.config, e.log)
	e.mu.Lock()
	e.starting--
	if err == nil {
		e.all = append(e.all, p)
	}
	closed := e.closed
	e.broadcast()
	e.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if closed {
		err = ErrClosed
	} else {
		err = p.waitReady(ctx, e.config.InitTimeout)
	}
	if err != nil {
		p.kill()
		e.remove(p)
		return nil, err
	}
	// An idle process may die too; the next invocation then gets a new one.
	e.background.Go(func() {
		<-p.exited
		e.remove(p)
	})
	return p, nil
}

// release makes a process idle, unless it has died already.
func (e *Emulator) release(p *process) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if slices.Contains(e.all, p) {
		e.idle = append(e.idle, p)
	}
	e.broadcast()
}

// remove forgets a process. It may be called more than once.
func (e *Emulator) remove(p *process) {
	e.mu.Lock()
	defer e.mu.Unlock()
	is := func(q *process) bool { return q == p }
	e.all = slices.DeleteFunc(e.all, is)
	e.idle = slices.DeleteFunc(e.idle, is)
	e.broadcast()
}

func (e *Emulator) finish(n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.finishing += n
	e.broadcast()
}

// broadcast wakes all who wait for a change. The caller holds e.mu.
func (e *Emulator) broadcast() {
	close(e.changed)
	e.changed = make(chan struct{})
}

// Close stops every process; none is left behind. Invocations in flight fail.
func (e *Emulator) Close() error {
	e.mu.Lock()
	e.closed = true
	all := slices.Clone(e.all)
	e.broadcast()
	e.mu.Unlock()
	var wg sync.WaitGroup
	for _, p := range all {
		wg.Go(p.shutdown)
	}
	wg.Wait()
	e.background.Wait()
	return nil
}
