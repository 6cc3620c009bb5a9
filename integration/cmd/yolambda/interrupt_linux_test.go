package main

import (
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// A command that does not end by the first Ctrl-C ends by the second: this one waits for whoever reads
// the manual page, of which a small pipe holds the beginning alone.
func TestSecondInterrupt(t *testing.T) {
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	const setSize = 1031 // F_SETPIPE_SZ, which package syscall has not
	if _, _, errno := syscall.Syscall(syscall.SYS_FCNTL, in.Fd(), setSize, 4096); errno != 0 {
		t.Skipf("make the pipe small: %v", errno)
	}
	command := exec.CommandContext(t.Context(), "yolambda", "man")
	command.Stdout = in
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	if _, err := io.ReadFull(out, make([]byte, 1)); err != nil { // it has begun, and listens to signals
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	again := time.NewTicker(20 * time.Millisecond) // two that come as one are one
	defer again.Stop()
	for tries := 0; ; tries++ {
		select {
		case <-ended:
			if status, ok := command.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGINT || tries < 2 {
				t.Errorf("after %d interrupts: %v", tries, command.ProcessState)
			}
			return
		case <-again.C:
			if err := command.Process.Signal(os.Interrupt); err == nil && tries == 1000 {
				t.Fatal("a thousand interrupts did not end it")
			}
		}
	}
}
