package jpeg

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// rowsDone is how many rows of MCUs a scan has decoded so far.
type rowsDone struct {
	rows    atomic.Int32
	mu      sync.Mutex
	changed sync.Cond
}

func (r *rowsDone) init() { r.changed.L = &r.mu }

// reach says that so many rows are decoded.
func (r *rowsDone) reach(rows int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows.Store(int32(rows))
	r.changed.Broadcast()
}

// patience is how often the others are let ahead before this goroutine goes to sleep. Most
// waits are for a part of a row, which takes less time than to fall asleep and wake up.
const patience = 200

// wait returns when so many rows are decoded.
func (r *rowsDone) wait(rows int) {
	for range patience {
		if int(r.rows.Load()) >= rows {
			return
		}
		runtime.Gosched()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for int(r.rows.Load()) < rows {
		r.changed.Wait()
	}
}
