package handler

import (
	"context"
	"errors"
	"fmt"

	"github.com/yolambda/yolambda/lambda/api"
)

// keepResult puts the reply to a new picture below the results' prefix, as KEY.json, so
// that an event that comes twice writes the same object again. Where the picture
// itself is at fault, its error is the reply. Any other error is returned, for
// Lambda to try the event again and to hand it to the queue of failed ones.
func (h *Handler) keepResult(ctx context.Context, uri string, r reply, err error) error {
	if err != nil {
		e := toAPI(err)
		if e.Code.Status() >= 500 || notReadable(err) {
			return err
		}
		r = &objectResult{BatchResult: api.BatchResult{ImageURI: uri, Error: e}}
	}
	body, contentType, err := r.encode()
	if err != nil {
		return fmt.Errorf("write reply to %s: %w", uri, err)
	}
	return h.s3.put(ctx, uri, contentType, body)
}

// notReadable reports whether the error is that of an address which this function may
// not read.
func notReadable(err error) bool {
	refused, ok := errors.AsType[*api.Error](err)
	return ok && refused.Code == api.InvalidRequest
}
