package handler

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"

	"github.com/yolambda/yolambda/lambda/api"
)

// readForm reads a multipart form: the picture in the field file or image, an
// option in any other.
func readForm(req *api.Request, contentType string, body []byte) error {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return api.Errorf(api.InvalidRequest, "the content type is malformed: %v", err)
	}
	form := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return api.Errorf(api.InvalidRequest, "the multipart form is malformed: %v", err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return api.Errorf(api.InvalidRequest, "the multipart form is malformed: %v", err)
		}
		switch name := part.FormName(); name {
		case "file", "image":
			if req.Image != nil {
				return api.Errorf(api.InvalidRequest, "the form holds more than one picture; send one a request")
			}
			req.Image = data
		default:
			if err := req.Options.Set(name, string(data)); err != nil {
				return err
			}
		}
	}
	if len(req.Image) == 0 {
		return api.Errorf(api.InvalidRequest, `the form has no picture; send it in the field "file"`)
	}
	return nil
}
