package handler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/yolambda/yolambda/lambda/api"
)

// s3Event is EventBridge's event of something that happened in S3. Unlike in
// S3's own notifications the key has no escapes.
type s3Event struct {
	Source     string `json:"source"`
	DetailType string `json:"detail-type"`
	Detail     struct {
		Bucket struct {
			Name string `json:"name"`
		} `json:"bucket"`
		Object struct {
			Key string `json:"key"`
		} `json:"object"`
	} `json:"detail"`
}

// newObject tells the event of a new object.
func (ev event) newObject() bool {
	return ev.RequestContext == nil && ev.Source == "aws.s3" && ev.DetailType == "Object Created"
}

func (e s3Event) object() location { return location{e.Detail.Bucket.Name, e.Detail.Object.Key} }

// writeResult puts the reply to a new picture beside the others, as KEY.json, so
// that an event that comes twice writes the same object again. Where the picture
// itself is at fault, its error is the reply. Any other error is returned, for
// Lambda to try the event again and to hand it to the queue of failed ones.
func (h *Handler) writeResult(ctx context.Context, object location, resp any, err error) error {
	result := api.BatchResult{ImageURI: object.String()}
	var refused *api.Error
	switch {
	case err == nil:
		result.Response = resp.(*api.Response)
	case errors.As(err, &refused) && refused.Code == api.InvalidRequest:
		return err // not a picture that this function may read
	default:
		result.Error = toAPI(err)
		if result.Error.Code.Status() >= 500 {
			return err
		}
	}
	to := h.s3.results
	if to.bucket == "" {
		return errors.New("write reply to a new picture: YOLAMBDA_S3_RESULTS does not say where")
	}
	if to.holds(object) {
		return fmt.Errorf("%s is a reply itself, not a new picture", object)
	}
	data, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("write reply to %s: %w", object, err)
	}
	return h.s3.store.Put(ctx, to.bucket, to.key+object.key+".json", "application/json", data)
}
