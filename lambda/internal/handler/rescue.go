package handler

import (
	"fmt"
	"runtime/debug"
)

// rescue, when deferred, turns a panic into an error that says during what it
// came, with the stack.
func rescue(during string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s: panic: %v\n%s", during, r, debug.Stack())
	}
}
