package payload

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// event is a payload: a function URL's (payload format 2.0), a new object's in S3, as it is
// or in the message of a queue, or neither, which is a bare request.
type event struct {
	RawPath         string            `json:"rawPath"`
	RawQueryString  string            `json:"rawQueryString"`
	Headers         map[string]string `json:"headers"` // names in lower case
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
	RequestContext  *struct {
		HTTP struct {
			Method string `json:"method"`
		} `json:"http"`
		gatewayContext
	} `json:"requestContext"` // nil without an envelope

	gatewayEvent
	objectEvent
	queueEvent

	bare []byte // the payload, where it has no envelope
}

// parseEvent never fails on a payload without an envelope: to read its JSON does.
func parseEvent(payload []byte, l *lift) (event, error) {
	payload = l.cut(payload)
	var ev event
	err := json.Unmarshal(payload, &ev)
	switch {
	case ev.isNewObject():
		if ev.queued() {
			ev.objectEvent, err = ev.newObject()
			return ev, err
		}
		return ev, nil
	case ev.RequestContext == nil:
		return event{bare: payload}, nil
	case ev.gateway() != "":
		return ev, api.Errorf(api.InvalidRequest,
			"this is the event of %s; the function reads those of function URLs and of HTTP APIs with payload format 2.0, and direct Invokes", ev.gateway())
	case err != nil:
		return ev, api.Errorf(api.InvalidRequest, "the event is not what a function URL sends (payload format 2.0)")
	}
	return ev, nil
}

func (ev event) sender() Sender {
	switch {
	case ev.RequestContext != nil:
		return FunctionURL
	case ev.isNewObject():
		return NewObject
	}
	return Direct
}

// isNewObject reports whether the event is that of a new object. A request of a function
// URL that says so of itself is not.
func (ev event) isNewObject() bool {
	return ev.RequestContext == nil && (ev.objectCreated() || ev.queued())
}

// wantsDocument reports whether it is a GET that carries no picture.
func (ev event) wantsDocument() bool {
	return ev.RequestContext.HTTP.Method == http.MethodGet && (ev.Body == "" || ev.RawPath == api.OpenAPIPath)
}

// readBody reads the pictures, and the options besides them.
func (ev event) readBody(req *api.Request, l *lift) error {
	body, err := ev.body(l)
	if err != nil {
		return err
	}
	// The content itself tells JSON from a picture: callers often leave their
	// tool's default content type, and no picture starts with a brace.
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(body, []byte(byteOrderMark)), " \t\r\n")
	contentType := ev.Headers["content-type"]
	switch {
	case len(trimmed) == 0:
		return api.Errorf(api.InvalidRequest, `the body is empty; send a picture's bytes or {"image": base64}`)
	case strings.HasPrefix(strings.ToLower(contentType), "multipart/form-data"):
		return readForm(req, contentType, body)
	case trimmed[0] == '{':
		return readJSON(req, trimmed, l)
	}
	if data, ok := encodedBody(trimmed, l); ok {
		req.Image = api.Picture{Data: data}
		return nil
	}
	req.Image = api.NewPicture(body)
	return nil
}

// byteOrderMark is what some editors of Windows put before text in UTF-8.
const byteOrderMark = "\uFEFF"

// readQuery reads the options of the query string. That of a presigned URL holds the
// signature too, in parameters X-Amz-*.
func (ev event) readQuery(req *api.Request) error {
	query, err := url.ParseQuery(ev.RawQueryString)
	if err != nil {
		return api.Errorf(api.InvalidRequest, "query string: %v", err)
	}
	maps.DeleteFunc(query, func(name string, _ []string) bool { return strings.HasPrefix(name, "X-Amz-") })
	return req.Options.SetQuery(query)
}

func (ev event) body(l *lift) ([]byte, error) {
	if !ev.IsBase64Encoded {
		return []byte(ev.Body), nil
	}
	if body, ok := l.take(ev.Body); ok {
		return body, nil
	}
	body, err := base64.StdEncoding.DecodeString(ev.Body)
	if err != nil {
		return nil, api.Errorf(api.InvalidRequest, "the event's body is not base64: %v", err)
	}
	return body, nil
}
