//go:build unix

package emulator

import "syscall"

// checkSystem reports whether functions can run on this system.
func checkSystem() error { return nil }

// signalGroup signals a process and the children that it started.
func signalGroup(pid int, signal syscall.Signal) error { return syscall.Kill(-pid, signal) }
