// Package refusal tells callers why a picture was not decoded. It is the one place
// where what the decoders know becomes words on the wire: the function's replies and
// the pictures that the command line scales down itself are refused alike.
package refusal

import (
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/picture"
)

// Of is the error's code and message for the caller.
func Of(err *picture.Error) *api.Error {
	code := api.BrokenPicture
	switch err.Kind {
	case picture.Unsupported:
		code = api.UnsupportedPicture
	case picture.TooLarge:
		code = api.TooLarge
	}
	return &api.Error{Code: code, Message: err.Message}
}
