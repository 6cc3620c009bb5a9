package handler

import (
	"encoding/json"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/dialect"
)

// ultralyticsReply is that of one picture: a list of one.
type ultralyticsReply struct {
	noErrors
	*api.Ultralytics
}

func (r *ultralyticsReply) add(s sight) (err error) {
	r.Ultralytics, err = dialect.Ultralytics(s.model.Model, s.model.name, s.result, maxReply)
	return err
}

func (r *ultralyticsReply) encode() ([]byte, string, error) { return encodeJSON(r.Ultralytics) }

// ultralyticsList is that of several.
type ultralyticsList struct {
	noErrors
	last *api.Ultralytics
	written
}

func (r *ultralyticsList) add(s sight) (err error) {
	r.last, err = dialect.Ultralytics(s.model.Model, s.model.name, s.result, maxReply)
	return err
}

func (r *ultralyticsList) seal() (int, error) { return r.write(r.last.Images[0]) }

// encode writes an [api.Ultralytics].
func (r *ultralyticsList) encode() ([]byte, string, error) {
	metadata := r.last.Metadata
	metadata.ImageCount = len(r.parts)
	return encodeJSON(struct {
		Images   []json.RawMessage       `json:"images"`
		Metadata api.UltralyticsMetadata `json:"metadata"`
	}{r.parts, metadata})
}
