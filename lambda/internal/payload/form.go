package payload

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// readForm reads a multipart form: a picture in each field file, image or images, an
// option in any other.
func readForm(req *api.Request, contentType string, body []byte) error {
	_, params, err := mime.ParseMediaType(contentType)
	if err == nil && params["boundary"] == "" {
		err = errors.New("it has no boundary; leave the Content-Type to the tool that writes the form")
	}
	if err != nil {
		return api.Errorf(api.InvalidRequest, "the content type of the form is malformed: %.200v", err)
	}
	options := url.Values{}
	var files [][]byte
	var field string // of the last file
	form := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := form.NextPart()
		if err == io.EOF { // a truncated form's error only wraps it
			break
		}
		if err != nil {
			return malformed(body, params["boundary"], err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return malformed(body, params["boundary"], err)
		}
		switch name := part.FormName(); name {
		case "file", "image", "images":
			files, field = append(files, data), name
		default:
			options.Add(name, string(data))
		}
	}
	switch n := len(files); {
	case n == 0:
		return api.Errorf(api.InvalidRequest, `the form has no picture; send it in the field "file"`)
	case n == 1 && len(files[0]) == 0:
		return api.Errorf(api.InvalidRequest, "the form's field %q is empty; it holds the bytes of a picture's file", field)
	case n > api.MaxImages:
		return api.Errorf(api.InvalidRequest, "the form holds %d pictures; 1 to %d are allowed", n, api.MaxImages)
	case n == 1:
		req.Image = api.NewPicture(files[0])
	default:
		for _, file := range files {
			req.Images = append(req.Images, api.NewPicture(file))
		}
	}
	return req.Options.SetQuery(options)
}

// malformed says so where the body's first line is another boundary than the header's.
// It cuts the reason short, which can quote a line of any length.
func malformed(body []byte, boundary string, err error) error {
	line, _, _ := bytes.Cut(bytes.TrimLeft(body[:min(len(body), 200)], "\r\n"), []byte("\n"))
	actual, ok := strings.CutPrefix(strings.TrimRight(string(line), "\r"), "--")
	if ok && actual != boundary {
		return api.Errorf(api.InvalidRequest,
			"the multipart form is malformed: its boundary is %.80q in the Content-Type but %.80q in the body; leave the Content-Type to the tool that writes the form", boundary, actual)
	}
	return api.Errorf(api.InvalidRequest, "the multipart form is malformed: %.200v", err)
}
