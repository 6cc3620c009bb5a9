//go:build unix && !linux

package emulator

import "syscall"

// processAttributes gives a process its own group, so that all of it can be
// signalled at once.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
