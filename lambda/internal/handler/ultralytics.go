package handler

import (
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/dialect"
)

// ultralyticsReply is a list of pictures, of one as of several.
type ultralyticsReply struct {
	noErrors
	api.Ultralytics
}

func (r *ultralyticsReply) add(s sight) error {
	next := dialect.Ultralytics(s.model.Model, s.model.name, s.result)
	if r.Images == nil {
		r.Ultralytics = *next
		return nil
	}
	r.Add(next)
	return nil
}

func (r *ultralyticsReply) encode() ([]byte, string, error) { return encodeJSON(r.Ultralytics) }
