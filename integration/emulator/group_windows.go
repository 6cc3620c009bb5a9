package emulator

import (
	"errors"
	"syscall"
)

// checkSystem refuses Windows: a function is a program for Linux, and what stands in
// for Lambda here signals groups of processes, which Windows does not have.
func checkSystem() error {
	return errors.New("a function runs on Linux and macOS only: on Windows, use WSL, or a deployed function (--url, --stack)")
}

func processAttributes() *syscall.SysProcAttr { return nil }

func signalGroup(int, syscall.Signal) error { return errors.ErrUnsupported }
