package emulator

import "syscall"

// processAttributes gives a process its own group, so that all of it can be
// signalled at once, and has the kernel kill it should the emulator die.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
