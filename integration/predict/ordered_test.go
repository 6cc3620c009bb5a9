package predict

import (
	"context"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// numbers gives 0 to n-1.
func numbers(n int) func(context.Context) iter.Seq[int] {
	return func(context.Context) iter.Seq[int] {
		return func(yield func(int) bool) {
			for i := range n {
				if !yield(i) {
					return
				}
			}
		}
	}
}

// Later items take less time, and the results are in order all the same; so many are worked
// on at once and no more.
func TestInOrder(t *testing.T) {
	for _, atOnce := range []int{1, 3, 50} {
		synctest.Test(t, func(t *testing.T) {
			const count = 20
			var underway, most atomic.Int32
			work := func(_ context.Context, i int) int {
				if n := underway.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(time.Duration(count-i) * time.Second)
				underway.Add(-1)
				return i
			}
			var got []int
			for r := range inOrder(t.Context(), atOnce, numbers(count), work) {
				got = append(got, r)
			}
			if want := slices.Collect(numbers(count)(t.Context())); !slices.Equal(got, want) {
				t.Errorf("%d at once: %v", atOnce, got)
			}
			if want := int32(min(atOnce, count)); most.Load() != want {
				t.Errorf("%d at once, want %d", most.Load(), want)
			}
		})
	}
}

// While the first keeps all waiting, the others don't run ahead without end.
func TestInOrderKeepsFewResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const atOnce = 4
		first := make(chan bool)
		var done atomic.Int32
		work := func(_ context.Context, i int) int {
			if i == 0 {
				<-first
			}
			done.Add(1)
			return i
		}
		go func() {
			synctest.Wait()
			if n := done.Load(); n > 2*atOnce {
				t.Errorf("%d are done while the first is not", n)
			}
			close(first)
		}()
		total := 0
		for range inOrder(t.Context(), atOnce, numbers(1000), work) {
			total++
		}
		if total != 1000 {
			t.Errorf("%d results", total)
		}
	})
}

// Whoever takes no more results ends the work.
func TestInOrderEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		work := func(ctx context.Context, i int) int {
			if i > 2 {
				<-ctx.Done()
			}
			return i
		}
		for r := range inOrder(t.Context(), 2, numbers(1000), work) {
			if r == 2 {
				break
			}
		}
	})
}
