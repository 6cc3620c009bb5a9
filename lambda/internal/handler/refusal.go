package handler

import (
	"context"
	"errors"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/picture"
	"github.com/yolambda/yolambda/lambda/internal/refusal"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// toAPI turns any error into what the caller is told of it.
func toAPI(err error) *api.Error {
	var known *api.Error
	var pic *picture.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &pic):
		return refusal.Of(pic)
	case errors.Is(err, yolo.ErrTooLarge):
		return &api.Error{Code: api.TooLarge, Message: err.Error()}
	case errors.Is(err, yolo.ErrOption):
		return &api.Error{Code: api.InvalidRequest, Message: err.Error()}
	case errors.Is(err, context.DeadlineExceeded):
		return api.Errorf(api.DeadlineExceeded, "the function's time ran out; send a smaller picture or imgsz, or deploy with a longer timeout")
	}
	return api.Errorf(api.Internal, "the function failed; its log has the details under the request id")
}
