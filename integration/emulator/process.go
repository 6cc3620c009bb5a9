package emulator

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// shutdownGrace is how long a process has between SIGTERM and SIGKILL: what
// Lambda gives a function with an internal extension ("Shutdown phase", Lambda
// Developer Guide).
const shutdownGrace = 500 * time.Millisecond

// pipeGrace is how long output is still read once a process has exited, and the
// children of its process group with it, but another holds the pipe open. What the
// process wrote is read within that also on a busy machine.
const pipeGrace = 5 * time.Second

// Lambda's names for how a process can fail.
const (
	exitError         = "Runtime.ExitError"
	invalidEntrypoint = "Runtime.InvalidEntrypoint"
	timedOut          = "Sandbox.Timedout"
)

// process is one bootstrap with a Runtime API of its own: Lambda's execution
// environment. It serves one invocation at a time.
type process struct {
	cmd    *exec.Cmd
	server *http.Server
	log    *processLog
	// begun is when the process started.
	begun time.Time

	// ready is closed when the process first asks for an invocation.
	ready     chan struct{}
	readyOnce sync.Once
	// feed hands an invocation to the process.
	feed chan *invocation
	// exited is closed when the process is gone and its output is read;
	// exitErr is set by then.
	exited  chan struct{}
	exitErr error

	mu sync.Mutex
	// current is the invocation that the process works on, if any.
	current *invocation
	// initFailure is what the process posted to /runtime/init/error.
	initFailure []byte
	// initDuration is reported once, with the first invocation.
	initDuration time.Duration
}

// newProcess starts the function's command.
func newProcess(config Config, log *sharedLog) (*process, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for runtime: %w", err)
	}
	p := &process{
		cmd:    exec.Command(config.Command[0], config.Command[1:]...),
		log:    &processLog{shared: log},
		ready:  make(chan struct{}),
		feed:   make(chan *invocation),
		exited: make(chan struct{}),
	}
	address, secret := listener.Addr().String(), rand.Text()
	p.server = &http.Server{Handler: guard(p.runtimeAPI(config), address, secret), ErrorLog: log.logger()}
	p.cmd.Dir = config.Dir
	p.cmd.Env = environment(config, address+"/"+secret)
	output, stdout, err := os.Pipe()
	if err != nil {
		listener.Close()
		return nil, fmt.Errorf("make pipe for log: %w", err)
	}
	p.cmd.Stdout, p.cmd.Stderr = stdout, stdout
	p.cmd.SysProcAttr = processAttributes()

	started := make(chan error)
	go func() {
		// Pdeathsig fires when the thread that started the process ends
		// (golang.org/issue/27505), so that thread has to outlive it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		p.begun = time.Now()
		err := p.cmd.Start()
		stdout.Close()
		started <- err
		if err != nil {
			output.Close()
			return
		}
		copied := make(chan struct{})
		go func() {
			io.Copy(p.log, output) // ends where nobody has the pipe open, or it is closed here
			close(copied)
		}()
		p.exitErr = p.cmd.Wait()
		p.signalGroup(syscall.SIGKILL)
		select {
		case <-copied:
		case <-time.After(pipeGrace):
		}
		output.Close()
		<-copied
		p.log.flush()
		close(p.exited)
		p.server.Close()
	}()
	if err := <-started; err != nil {
		listener.Close()
		return nil, &initError{kind: invalidEntrypoint, message: err.Error(), err: err}
	}
	// Serve returns when the process has exited and the server is closed.
	go p.server.Serve(listener)
	return p, nil
}

// waitReady waits for the end of the init phase. An error means that the
// process is of no use.
func (p *process) waitReady(ctx context.Context, limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.ready:
		return nil
	case <-p.exited:
		// A process may answer and exit at once; that it was ready counts.
		select {
		case <-p.ready:
			return nil
		default:
		}
		p.mu.Lock()
		posted := p.initFailure
		p.mu.Unlock()
		return &initError{kind: exitError, message: exitMessage(p.exitErr), posted: posted, lastLine: p.log.last()}
	case <-timer.C:
		message := fmt.Sprintf("Init timed out after %.2f seconds", limit.Seconds())
		return &initError{kind: timedOut, message: message, lastLine: p.log.last()}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// invoke has the process work on one invocation and reports whether the process
// is of use afterwards.
func (p *process) invoke(inv *invocation, config Config, timeout <-chan time.Time) (result Result, alive bool) {
	begun := time.Now()
	inv.deadline = begun.Add(config.Timeout)
	p.log.begin()
	p.log.printf("START RequestId: %s Version: %s\n", inv.id, version)
	result, failure := p.await(inv, config.Timeout, timeout)
	p.log.printf("%s\n", p.report(inv, config, time.Since(begun), failure))
	result.Log = p.log.end()
	return result, failure == ""
}

// await feeds the invocation to the process and waits until it has answered,
// the time is out, or the process has exited. The failure, if it is one of the
// process and not of the function, is Lambda's name for it.
func (p *process) await(inv *invocation, limit time.Duration, timeout <-chan time.Time) (result Result, failure string) {
	feed := p.feed
	for {
		select {
		case feed <- inv:
			feed = nil
		case result := <-inv.answer:
			return result, ""
		case <-p.exited:
			select {
			case result := <-inv.answer:
				// It answered first, so the answer counts.
				return result, ""
			default:
				return inv.failure(exitError, exitMessage(p.exitErr)), exitError
			}
		case <-timeout:
			message := fmt.Sprintf("Task timed out after %.2f seconds", limit.Seconds())
			p.log.printf("%s %s %s\n\n", time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), inv.id, message)
			return inv.failure(timedOut, message), timedOut
		}
	}
}

// report words the lines that Lambda logs at the end of an invocation.
func (p *process) report(inv *invocation, config Config, took time.Duration, failure string) string {
	text := fmt.Sprintf("END RequestId: %s\nREPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\t",
		inv.id, inv.id, milliseconds(took), (took+time.Millisecond-1)/time.Millisecond, config.MemoryMB)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.initDuration > 0 {
		text += fmt.Sprintf("Init Duration: %.2f ms\t", milliseconds(p.initDuration))
		p.initDuration = 0
	}
	switch failure {
	case "":
	case timedOut:
		text += "Status: timeout"
	default:
		text += "Status: error\tError Type: " + failure
	}
	return text
}

// shutdown ends the process the way that Lambda does: SIGTERM, then SIGKILL.
func (p *process) shutdown() {
	p.signalGroup(syscall.SIGTERM)
	grace := time.NewTimer(shutdownGrace)
	defer grace.Stop()
	select {
	case <-p.exited:
	case <-grace.C:
		p.kill()
	}
}

// kill ends the process at once and waits until it is gone.
func (p *process) kill() {
	p.signalGroup(syscall.SIGKILL)
	<-p.exited
}

// signalGroup signals the process and the children that it started.
func (p *process) signalGroup(signal syscall.Signal) {
	select {
	case <-p.exited:
		// Its number may be another's by now.
		return
	default:
	}
	// The error says that there is no such group any more.
	_ = signalGroup(p.cmd.Process.Pid, signal)
}

// exitMessage words the end of a process as Lambda does.
func exitMessage(exitErr error) string {
	if exit, ok := errors.AsType[*exec.ExitError](exitErr); ok {
		return "Runtime exited with error: " + exit.Error()
	}
	return "Runtime exited without providing a reason"
}

// initError says why a process did not become ready.
type initError struct {
	// kind is Lambda's errorType.
	kind, message string
	// posted is the JSON that the process itself gave as the reason, if any.
	posted []byte
	// lastLine is the last that the process wrote.
	lastLine string
	// err is why the process could not be started, if it couldn't.
	err error
}

// Error gives the process's own reason where it reported one, and otherwise how
// it ended and the last that it wrote.
func (e *initError) Error() string {
	var reported struct{ ErrorMessage string }
	if json.Unmarshal(e.posted, &reported) == nil && reported.ErrorMessage != "" {
		return "init function: " + reported.ErrorMessage
	}
	text := "init function: " + e.message
	if e.lastLine != "" {
		text += ": " + e.lastLine
	}
	return text
}

func (e *initError) Unwrap() error { return e.err }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
