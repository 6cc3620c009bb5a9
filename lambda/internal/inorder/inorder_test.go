package inorder

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Pieces that take less time the later they come are taken in their order, and so many are
// at hand and no more.
func TestDo(t *testing.T) {
	for _, atOnce := range []int{1, 3, 20} {
		synctest.Test(t, func(t *testing.T) {
			const count = 10
			var atHand, most atomic.Int32
			next := 0
			err := Do(t.Context(), count, atOnce, func(_ context.Context, i int) int {
				if n := atHand.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(time.Duration(count-i) * time.Second)
				return i * i
			}, func(i, square int) error {
				if i != next || square != i*i {
					t.Errorf("took %d as %d, want %d", square, i, next)
				}
				next++
				atHand.Add(-1)
				return nil
			})
			if err != nil || next != count || most.Load() != int32(min(atOnce, count)) {
				t.Errorf("%d at once: %v after %d, %d at hand", atOnce, err, next, most.Load())
			}
		})
	}
}

// An error ends the work that has begun, and no other begins.
func TestDoFails(t *testing.T) {
	var begun, ended atomic.Int32
	want := errors.New("enough")
	err := Do(t.Context(), 100, 4, func(ctx context.Context, i int) int {
		begun.Add(1)
		defer ended.Add(1)
		if i > 0 {
			<-ctx.Done()
		}
		return i
	}, func(int, int) error { return want })
	if err != want || begun.Load() != 4 || ended.Load() != 4 {
		t.Errorf("%v; %d begun, %d ended", err, begun.Load(), ended.Load())
	}
}

// A panic reaches the caller, after the other work ended.
func TestDoPanics(t *testing.T) {
	defer func() {
		if p, ok := recover().(string); !ok || !strings.Contains(p, "boom") {
			t.Errorf("panic %v", p)
		}
	}()
	Do(t.Context(), 3, 3, func(ctx context.Context, i int) int {
		if i == 1 {
			panic("boom")
		}
		return i
	}, func(int, int) error { return nil })
	t.Error("no panic")
}
