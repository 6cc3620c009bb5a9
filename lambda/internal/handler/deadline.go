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

// work is what a request asks to be done: it comes to a reply and to what was measured,
// which is nil where nothing was.
type work func(context.Context) (reply, *measures, error)

// outcome is what some work came to.
type outcome struct {
	reply    reply
	measures *measures
	err      error
}

// inTime does the work on a request, with a context that ends workReserve before
// ctx does. It turns a panic into an error.
//
// Work that still runs at replyReserve is left behind and what it comes to is
// dropped: neither a decoder nor an operator of the network can be stopped at any
// point, and the caller must be answered. It then runs on during the next invocation
// until it sees its context. So it shares nothing with its caller but what it returns,
// and must not hold on to the event, whose memory is used again.
func inTime(ctx context.Context, w work) (reply, *measures, error) {
	deadline, ok := ctx.Deadline()
	if !ok {
		o := w.do(ctx)
		return o.reply, o.measures, o.err
	}
	workCtx, cancel := context.WithDeadline(ctx, deadline.Add(-workReserve))
	if err := workCtx.Err(); err != nil {
		cancel()
		return nil, nil, err
	}
	done := make(chan outcome, 1)
	go func() {
		defer cancel()
		done <- w.do(workCtx)
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
			return nil, nil, fmt.Errorf("left behind: %w", context.DeadlineExceeded)
		}
	}
	return o.reply, o.measures, o.err
}

func (w work) do(ctx context.Context) (o outcome) {
	defer rescue("handle request", &o.err)
	o.reply, o.measures, o.err = w(ctx)
	return o
}
