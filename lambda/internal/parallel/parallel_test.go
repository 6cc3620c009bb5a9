package parallel

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// All parts run, at once, before Do returns.
func TestDo(t *testing.T) {
	const workers = 8
	var begun, done atomic.Int32
	all := make(chan struct{})
	Do(workers, func(int) {
		if begun.Add(1) == workers {
			close(all)
		}
		<-all // it would wait forever if they came one after the other
		done.Add(1)
	})
	if done.Load() != workers {
		t.Errorf("%d of %d parts are done", done.Load(), workers)
	}
	Do(0, func(int) { t.Error("no part was asked for") })
}

// Each row is some part's, and no row is two parts'.
func TestRows(t *testing.T) {
	done := make([]bool, 7)
	Rows(len(done), 1, func(top, bottom int) {
		for i := top; i < bottom; i++ {
			done[i] = !done[i]
		}
	})
	if slices.Contains(done, false) {
		t.Errorf("rows done once: %v", done)
	}
}

// A panic waits for the other parts, and tells where it was.
func TestDoPanics(t *testing.T) {
	var done atomic.Int32
	p := Catch(func() {
		Do(4, func(i int) {
			if i == 2 {
				panic("out of range")
			}
			done.Add(1)
		})
	})
	text, _ := p.(string)
	if !strings.HasPrefix(text, "out of range\n") || !strings.Contains(text, "TestDoPanics") || done.Load() != 3 {
		t.Errorf("%d parts are done, and the panic is %v", done.Load(), p)
	}
	if p := Catch(func() {}); p != nil {
		t.Errorf("caught %v of nothing", p)
	}
}
