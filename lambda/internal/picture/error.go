package picture

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Kind says whose turn it is to do what about an [Error].
type Kind int

const (
	Unsupported Kind = iota + 1 // not a format that [Decode] reads
	TooLarge                    // beyond a limit
	Broken                      // truncated or damaged
)

// An Error is the reason why a picture was not decoded.
type Error struct {
	Kind    Kind
	Message string // fit to be shown to the caller
	Err     error  // what the decoder said, or nil
}

func (e *Error) Error() string { return e.Message }

func (e *Error) Unwrap() error { return e.Err }

// broken wraps a decoder's error.
func broken(f Format, err error) *Error {
	what := fmt.Sprintf("is broken (%v)", err)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		what = "is truncated"
	}
	return &Error{Kind: Broken, Message: fmt.Sprintf("the %s picture %s", f.label(), what), Err: err}
}

// brokenf is broken for what we find out ourselves.
func brokenf(f Format, format string, args ...any) *Error {
	return broken(f, fmt.Errorf(format, args...))
}

// truncated is broken for data that ends too early.
func truncated(f Format) *Error { return broken(f, io.ErrUnexpectedEOF) }

// unsupported wraps a decoder's error about a variant of a format that it does not read.
func unsupported(f Format, err error) *Error {
	variant := strings.TrimPrefix(err.Error(), "unsupported "+f.label()+": ")
	return &Error{
		Kind:    Unsupported,
		Message: fmt.Sprintf("this kind of %s is not supported (%s): convert it to a plain JPEG or PNG", f.label(), variant),
		Err:     err,
	}
}
