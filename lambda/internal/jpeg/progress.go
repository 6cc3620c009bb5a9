package jpeg

import "sync"

// progress is how many rows of MCUs are done.
type progress struct {
	mu      sync.Mutex
	changed sync.Cond
	rows    int
}

func newProgress(rows int) *progress {
	p := &progress{rows: rows}
	p.changed.L = &p.mu
	return p
}

// reach tells that so many rows are done.
func (p *progress) reach(rows int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rows = max(p.rows, rows)
	p.changed.Broadcast()
}

// wait returns when so many rows are done.
func (p *progress) wait(rows int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.rows < rows {
		p.changed.Wait()
	}
}
