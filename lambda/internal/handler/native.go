package handler

import (
	"encoding/json"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/dialect"
)

// native is what is seen in a picture in the project's own shape, in so many bytes at most, or 0
// for any number.
func native(s sight, mask api.MaskForm, most int) (*api.Response, error) {
	resp, err := dialect.Native(s.model.Model, s.result, mask, most)
	if err != nil {
		return nil, err
	}
	resp.Model, resp.ColdStart, resp.RequestID, resp.Speed = s.model.name, s.coldStart, s.id, s.speed
	return resp, nil
}

// nativeReply is that of one picture.
type nativeReply struct {
	noErrors
	mask     api.MaskForm
	response *api.Response
}

func (r *nativeReply) add(s sight) (err error) {
	r.response, err = native(s, r.mask, maxReply)
	return err
}

func (r *nativeReply) encode() ([]byte, string, error) { return encodeJSON(r.response) }

// nativeList is that of several, each of which may have an error instead.
type nativeList struct {
	mask api.MaskForm
	last api.BatchResult
	written
}

func (r *nativeList) add(s sight) error {
	response, err := native(s, r.mask, maxReply)
	r.last = api.BatchResult{Response: response, ImageURI: s.uri}
	return err
}

func (r *nativeList) refuse(uri string, err *api.Error) bool {
	r.last = api.BatchResult{Error: err, ImageURI: uri}
	return true
}

func (r *nativeList) seal() (int, error) { return r.write(r.last) }

// encode writes an [api.Batch].
func (r *nativeList) encode() ([]byte, string, error) {
	return encodeJSON(map[string][]json.RawMessage{"results": r.parts})
}

// objectResult is what is written for a new object: a line of a list of one's own.
type objectResult struct {
	noErrors
	api.BatchResult
}

func (r *objectResult) add(s sight) error {
	response, err := native(s, api.Polygon, 0)
	r.BatchResult = api.BatchResult{Response: response, ImageURI: s.uri}
	return err
}

func (r *objectResult) encode() ([]byte, string, error) { return encodeJSON(r.BatchResult) }
