// Package slot keeps one piece of memory from one run for the next.
package slot

import "sync/atomic"

// Slot holds at most one value that is costly to make anew: a buffer, the tensors
// of a run. Its zero value is empty. It is safe for concurrent use.
//
// A sync.Pool would not do: each collection empties it, and the function collects
// often, since its heap is a few large blocks. One value is enough, because a Lambda
// process answers one request at a time; a second run at once makes its own, and the
// last that is kept stays.
type Slot[T any] struct{ kept atomic.Pointer[T] }

// Take gives the value and leaves the slot empty. It is nil where the slot is empty.
func (s *Slot[T]) Take() *T { return s.kept.Swap(nil) }

// Keep puts a value into the slot in place of the one that may be there. The caller
// must not use it any more.
func (s *Slot[T]) Keep(value *T) { s.kept.Store(value) }
