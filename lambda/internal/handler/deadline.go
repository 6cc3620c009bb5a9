package handler

import (
	"context"
	"fmt"
	"time"
)

// What is kept of the function's time.
const (
	workReserve  = 400 * time.Millisecond // from here on the work is to stop
	replyReserve = 250 * time.Millisecond // from here on the reply is made, whether it has or not
)

// outcome is what the work on a request came to.
type outcome struct {
	body any
	rec  record
	err  error
}

// inTime does the work on a request, with a context that ends workReserve before
// ctx does. It turns a panic into an error.
//
// Work that still runs at replyReserve is left behind and what it comes to is
// dropped: neither a decoder nor an operator of the network can be stopped at any
// point, and the caller must be answered. Beside the next invocation it then runs
// on until it sees its context. So it has a record of its own, and must not hold
// on to the event, whose memory is used again.
func inTime(ctx context.Context, rec *record, work func(context.Context, *record) (any, error)) (any, error) {
	deadline, ok := ctx.Deadline()
	if !ok {
		o := do(ctx, *rec, work)
		*rec = o.rec
		return o.body, o.err
	}
	workCtx, cancel := context.WithDeadline(ctx, deadline.Add(-workReserve))
	if err := workCtx.Err(); err != nil {
		cancel()
		return nil, err
	}
	done := make(chan outcome, 1)
	begun := *rec
	go func() {
		defer cancel()
		done <- do(workCtx, begun, work)
	}()
	late := time.NewTimer(time.Until(deadline.Add(-replyReserve)))
	defer late.Stop()
	var o outcome
	select {
	case o = <-done:
	case <-late.C:
		select {
		case o = <-done: // at the same time
		default:
			return nil, fmt.Errorf("left behind: %w", context.DeadlineExceeded)
		}
	}
	*rec = o.rec
	return o.body, o.err
}

func do(ctx context.Context, rec record, work func(context.Context, *record) (any, error)) (o outcome) {
	o.rec = rec
	defer rescue("handle request", &o.err)
	o.body, o.err = work(ctx, &o.rec)
	return o
}
