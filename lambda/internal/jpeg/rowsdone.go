package jpeg

import "sync"

// rowsDone is how many rows of MCUs a scan has decoded so far.
type rowsDone struct {
	mu      sync.Mutex
	changed sync.Cond
	rows    int
}

func newRowsDone(rows int) *rowsDone {
	r := &rowsDone{rows: rows}
	r.changed.L = &r.mu
	return r
}

// reach says that so many rows are decoded.
func (r *rowsDone) reach(rows int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = max(r.rows, rows)
	r.changed.Broadcast()
}

// wait returns when so many rows are decoded.
func (r *rowsDone) wait(rows int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.rows < rows {
		r.changed.Wait()
	}
}

// waitAll returns when so many rows are decoded by all of the scans.
func waitAll(scans []*rowsDone, rows int) {
	for _, r := range scans {
		r.wait(rows)
	}
}
