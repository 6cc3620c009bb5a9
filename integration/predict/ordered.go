package predict

import (
	"context"
	"iter"
	"sync"
)

// inOrder works on the items, up to atOnce at a time, and gives the results in the items'
// order. While one keeps the others waiting, as many again are worked on ahead and no more,
// so that results don't pile up. The context that items and work are handed ends
// with the last result taken; inOrder returns when all of them have.
func inOrder[T, R any](ctx context.Context, atOnce int, items func(context.Context) iter.Seq[T], work func(context.Context, T) R) iter.Seq[R] {
	return func(yield func(R) bool) {
		ctx, stop := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer stop()
		results := make(chan chan R, atOnce)
		slots := make(chan struct{}, atOnce)
		running.Go(func() {
			defer close(results)
			for item := range items(ctx) {
				select {
				case slots <- struct{}{}:
				case <-ctx.Done():
					return
				}
				result := make(chan R, 1)
				running.Go(func() {
					result <- work(ctx, item)
					<-slots
				})
				select {
				case results <- result:
				case <-ctx.Done():
					return
				}
			}
		})
		for result := range results {
			if !yield(<-result) {
				return
			}
		}
	}
}
