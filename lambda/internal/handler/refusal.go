package handler

import (
	"context"
	"errors"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/dialect"
	"github.com/yolambda/yolambda/lambda/internal/picture"
	"github.com/yolambda/yolambda/lambda/internal/refusal"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// toAPI turns any error into what the caller is told of it.
func toAPI(err error) *api.Error {
	var known *api.Error
	var pic *picture.Error
	var long *dialect.TooLong
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &pic):
		return refusal.Of(pic)
	case errors.As(err, &long):
		return toAPI(checkReply(long.Bytes))
	case errors.Is(err, yolo.ErrTooLarge):
		return &api.Error{Code: api.TooLarge, Message: err.Error()}
	case errors.Is(err, yolo.ErrOption):
		return &api.Error{Code: api.InvalidRequest, Message: err.Error()}
	case errors.Is(err, yolo.ErrOutput):
		return &api.Error{Code: api.UnusableModel, Message: from(err, yolo.ErrOutput)}
	case errors.Is(err, yolo.ErrNotYOLO):
		return &api.Error{Code: api.UnusableModel, Message: from(err, yolo.ErrNotYOLO)}
	case errors.Is(err, onnx.ErrNotONNX):
		return &api.Error{Code: api.UnusableModel, Message: from(err, onnx.ErrNotONNX)}
	case errors.Is(err, context.DeadlineExceeded):
		return api.Errorf(api.DeadlineExceeded, "the function's time ran out; send a smaller picture or imgsz, or deploy with a longer timeout")
	}
	return api.Errorf(api.Internal, "the function failed; its log has the details under the request id")
}

// from is an error's text from a known one on: what is before names files of the function.
func from(err, known error) string {
	text := err.Error()
	return text[max(strings.Index(text, known.Error()), 0):]
}
