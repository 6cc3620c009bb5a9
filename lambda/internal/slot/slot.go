// Package slot keeps memory from one run for the next.
package slot

import (
	"runtime"
	"sync"
)

// Slot holds values that are costly to make anew: a buffer, the tensors of a run. Its
// zero value is empty. It is safe for concurrent use.
//
// A sync.Pool would not do: each collection empties it, and the function collects
// often, since its heap is a few large blocks. A Lambda process answers one request at a
// time, so that mostly one value goes in and out. A request for several pictures looks at
// as many at once as there are CPUs; more values than that are not kept.
type Slot[T any] struct {
	mu   sync.Mutex
	kept []*T
}

// Take gives the value that was kept last, and the slot forgets it. It is nil where the
// slot is empty.
func (s *Slot[T]) Take() *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.kept) - 1
	if last < 0 {
		return nil
	}
	value := s.kept[last]
	s.kept[last] = nil // otherwise the slice would hold on to it
	s.kept = s.kept[:last]
	return value
}

// Keep puts a value into the slot, unless it is full. The caller must not use it any
// more.
func (s *Slot[T]) Keep(value *T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) < runtime.GOMAXPROCS(0) {
		s.kept = append(s.kept, value)
	}
}
