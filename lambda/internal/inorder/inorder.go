// Package inorder does pieces of work at once and takes what they come to in their order.
package inorder

import (
	"context"
	"sync"

	"github.com/yolambda/yolambda/lambda/internal/parallel"
)

// result is what a piece of work came to, or its panic.
type result[T any] struct {
	value    T
	panicked any
}

// Do does the work 0 to count-1, up to atOnce pieces at a time and begun in their order,
// and hands each result to take, in their order too. A result that is not taken yet counts
// as work at hand, so that no more than atOnce are kept. An error of take ends it all: the
// context of the work ends then. Do returns after the last piece of work has, and a panic
// of one goes on in its caller.
func Do[T any](ctx context.Context, count, atOnce int, work func(context.Context, int) T, take func(int, T) error) error {
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	results := make([]chan result[T], count)
	begin := func(i int) {
		if i >= count {
			return
		}
		results[i] = make(chan result[T], 1)
		running.Go(func() {
			var r result[T]
			r.panicked = parallel.Catch(func() { r.value = work(ctx, i) })
			results[i] <- r
		})
	}
	for i := range atOnce {
		begin(i)
	}
	for i := range count {
		r := <-results[i]
		if r.panicked != nil {
			panic(r.panicked)
		}
		if err := take(i, r.value); err != nil {
			return err
		}
		begin(i + atOnce)
	}
	return nil
}
