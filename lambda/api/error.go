package api

import (
	"fmt"
	"net/http"
)

// Code names a kind of failure for programs. It never changes its meaning.
type Code string

// The codes a caller can meet. Each stands for one HTTP status (see Status).
const (
	// InvalidRequest: the body is not of a known form, or an option is unknown
	// or out of range.
	InvalidRequest Code = "invalid_request"
	// MethodNotAllowed: neither GET nor POST.
	MethodNotAllowed Code = "method_not_allowed"
	// TooLarge: the picture or the reply is over a limit.
	TooLarge Code = "too_large"
	// UnsupportedPicture: the bytes are not a picture of a supported format.
	UnsupportedPicture Code = "unsupported_picture"
	// BrokenPicture: the format is known, the content can't be decoded.
	BrokenPicture Code = "broken_picture"
	// Internal: a fault of ours; the log has the details.
	Internal Code = "internal"
	// UnusableModel: the model's file is not one that the function serves, or its output
	// is not what the file declares.
	UnusableModel Code = "unusable_model"
	// DeadlineExceeded: the function's time ran out.
	DeadlineExceeded Code = "deadline_exceeded"
)

var statuses = map[Code]int{
	InvalidRequest:     http.StatusBadRequest,
	MethodNotAllowed:   http.StatusMethodNotAllowed,
	TooLarge:           http.StatusRequestEntityTooLarge,
	UnsupportedPicture: http.StatusUnsupportedMediaType,
	BrokenPicture:      http.StatusUnprocessableEntity,
	Internal:           http.StatusInternalServerError,
	UnusableModel:      http.StatusNotImplemented,
	DeadlineExceeded:   http.StatusGatewayTimeout,
}

// Status is the HTTP status that goes with the code; an unknown code is a 500.
func (c Code) Status() int {
	if s, ok := statuses[c]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// Error is what a caller is told of a failure. Its message names the field and
// the limit, never the function's internals.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
}

// Errorf makes an Error with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Error implements error.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// ErrorBody is the body of every reply that is not a 200.
type ErrorBody struct {
	Error *Error `json:"error"`
}
