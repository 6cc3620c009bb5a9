package yolotest

import (
	"context"
	"sync/atomic"
)

// Looks is a context that counts how often it is asked whether it is done.
type Looks struct {
	context.Context
	most int64
	n    atomic.Int64
}

// NewLooks makes one that is canceled after so many looks, or by ctx alone if they are
// negative.
func NewLooks(ctx context.Context, most int) *Looks { return &Looks{Context: ctx, most: int64(most)} }

// Err implements context.Context.
func (l *Looks) Err() error {
	if n := l.n.Add(1); l.most >= 0 && n > l.most {
		return context.Canceled
	}
	return l.Context.Err()
}

// N is how many looks there were.
func (l *Looks) N() int { return int(l.n.Load()) }
