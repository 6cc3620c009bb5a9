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

// newReply chooses by the request.
func newReply(req *payload.Request) (pictureReply, error) {
	mask, several := req.Options.Mask, req.Images != nil
	switch req.Options.Format {
	case api.UltralyticsFormat:
		return &ultralyticsReply{}, nil
	case api.RoboflowFormat:
		if several {
			return &roboflowList{mask: mask}, nil
		}
		return &roboflowReply{mask: mask}, nil
	case api.PictureFormat:
		if several {
			return nil, api.Errorf(api.InvalidRequest, "option format: a reply can be one picture only; send one")
		}
		return &drawing{accept: req.Accept}, nil
	}
	if several {
		return &nativeList{mask: mask}, nil
	}
	if req.Sender == payload.NewObject {
		return &objectResult{}, nil
	}
	return &nativeReply{mask: mask}, nil
}

const jsonType = "application/json"

func encodeJSON(v any) ([]byte, string, error) {
	body, err := json.Marshal(v)
	return body, jsonType, err
}

// noErrors are dialects in which a picture's error is the error of the whole request.
type noErrors struct{}

func (noErrors) refuse(string, *api.Error) bool { return false }
