package emulator

// PIDs are the operating system's ids of the function's processes.
func (e *Emulator) PIDs() []int {
	e.mu.Lock()
	defer e.mu.Unlock()
	pids := make([]int, len(e.all))
	for i, p := range e.all {
		pids[i] = p.cmd.Process.Pid
	}
	return pids
}
