package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
)

// bareRun is a process that runs the network alone, on the tensor of one picture:
// lambda/cmd/barerun.
type bareRun struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	errors  bytes.Buffer // what the process writes to its standard error
	picture string       // its file
	runs    int          // of the network at a time
}

// startBare starts the process; it is ready once its first run has ended.
func (c Config) startBare(ctx context.Context, r Request) (*bareRun, error) {
	picture, err := os.CreateTemp("", "yolambda-bench-*") // the picture may come from the standard input
	if err != nil {
		return nil, fmt.Errorf("write picture: %w", err)
	}
	a := &bareRun{picture: picture.Name(), runs: r.pictures}
	_, err = picture.Write(r.Picture)
	if closeErr := picture.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(a.picture)
		return nil, fmt.Errorf("write picture: %w", err)
	}
	a.cmd = exec.CommandContext(ctx, c.Bare, c.Local.Library, c.Local.Model, a.picture)
	if r.list { // a session of one thread for each CPU
		a.cmd.Args = append(a.cmd.Args, strconv.Itoa(runtime.NumCPU()))
	}
	a.cmd.Env = append(os.Environ(), "AWS_LAMBDA_RUNTIME_API=none") // so that it has the function's heap (ort/malloc.go)
	a.cmd.Stderr = &a.errors
	if a.in, err = a.cmd.StdinPipe(); err == nil {
		var out io.Reader
		if out, err = a.cmd.StdoutPipe(); err == nil {
			a.out = bufio.NewReader(out)
			err = a.cmd.Start()
		}
	}
	if err != nil {
		os.Remove(a.picture)
		return nil, fmt.Errorf("start %s: %w", c.Bare, err)
	}
	if _, err := a.run(); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

// run runs the network for each picture of a request and returns the milliseconds that it
// took.
func (a *bareRun) run() (ms float64, err error) {
	if _, err = fmt.Fprintln(a.in, a.runs); err == nil {
		var line string
		if line, err = a.out.ReadString('\n'); err == nil {
			var ns int64
			if ns, err = strconv.ParseInt(strings.TrimSpace(line), 10, 64); err == nil {
				return float64(ns) / 1e6, nil
			}
		}
	}
	a.in.Close()
	a.cmd.Wait() // the error is below: what it wrote, or that it couldn't be asked
	if text := strings.TrimSpace(a.errors.String()); text != "" {
		return 0, fmt.Errorf("run the network alone: %s", text)
	}
	return 0, fmt.Errorf("run the network alone: %w", err)
}

// close ends the process.
func (a *bareRun) close() {
	a.in.Close() // it ends at the end of its input
	a.cmd.Wait()
	os.Remove(a.picture)
}
