// Package parallel runs work on several CPUs such that a panic of it reaches the caller,
// who can recover from it, instead of ending the process.
package parallel

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
)

// Do runs work(0) to work(workers-1) at once and returns when all have ended. A panic of
// one goes on in the caller then.
func Do(workers int, work func(i int)) {
	panics := make([]any, workers)
	var running sync.WaitGroup
	for i := range workers {
		running.Go(func() { panics[i] = Catch(func() { work(i) }) })
	}
	running.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
}

// Rows splits the rows 0…n among the CPUs, in bands of at least so many, and does them all.
func Rows(n, least int, do func(top, bottom int)) {
	bands := min(runtime.GOMAXPROCS(0), (n+least-1)/least)
	Do(bands, func(i int) { do(i*n/bands, (i+1)*n/bands) })
}

// Catch runs work and gives its panic, with the stack, or nil.
func Catch(work func()) (panicked any) {
	defer func() {
		if p := recover(); p != nil {
			panicked = fmt.Sprintf("%v\n%s", p, debug.Stack())
		}
	}()
	work()
	return nil
}
