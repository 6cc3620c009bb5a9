package handler

import (
	"encoding/json"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/payload"
)

// reply is what a caller gets, and writes itself down.
type reply interface {
	// encode gives the body of the response and its type. The error says what can't be
	// written.
	encode() (body []byte, contentType string, err error)
}

// pictureReply is a reply that is made picture by picture, in one of the shapes that a caller
// may ask. There is one type a dialect, and one more where its list of several is not
// the same with one in it.
type pictureReply interface {
	reply
	// add writes down what is seen in the next picture.
	add(sight) error
	// refuse gives the next picture's place to its error, and reports whether the
	// dialect has places for errors.
	refuse(uri string, err *api.Error) bool
}

// listReply is the reply to several pictures. It is written while it is made, so that one
// which becomes too large costs no more than that.
type listReply interface {
	pictureReply
	// seal writes down the picture that was added or refused last, whose times are known
	// by now, and tells how many bytes all have so far.
	seal() (bytes int, err error)
}

// newReply chooses the reply to one picture by the request.
func newReply(req *payload.Request) pictureReply {
	switch {
	case req.Options.Format == api.UltralyticsFormat:
		return &ultralyticsReply{}
	case req.Options.Format == api.RoboflowFormat:
		return &roboflowReply{mask: req.Options.Mask}
	case req.Options.Format == api.PictureFormat:
		return &drawing{accept: req.Accept}
	case req.Sender == payload.NewObject:
		return &objectResult{}
	}
	return &nativeReply{mask: req.Options.Mask}
}

// newList chooses the reply to several pictures by the options.
func newList(o api.Options) (listReply, error) {
	switch o.Format {
	case api.UltralyticsFormat:
		return &ultralyticsList{}, nil
	case api.RoboflowFormat:
		return &roboflowList{mask: o.Mask}, nil
	case api.PictureFormat:
		return nil, api.Errorf(api.InvalidRequest, "option format: a reply can be one picture only; send one")
	}
	return &nativeList{mask: o.Mask}, nil
}

// written are the parts of a list that are JSON already.
type written struct {
	parts []json.RawMessage
	bytes int
}

func (w *written) write(part any) (bytes int, err error) {
	text, err := json.Marshal(part)
	w.parts = append(w.parts, text)
	w.bytes += len(text)
	return w.bytes, err
}

const jsonType = "application/json"

func encodeJSON(v any) ([]byte, string, error) {
	body, err := json.Marshal(v)
	return body, jsonType, err
}

// noErrors are dialects in which a picture's error is the error of the whole request.
type noErrors struct{}

func (noErrors) refuse(string, *api.Error) bool { return false }
