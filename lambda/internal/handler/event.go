package handler

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// event is an invocation's payload: a function URL's (payload format 2.0), or a
// bare request by direct Invoke, which has no envelope and gets a reply without
// one.
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
	} `json:"requestContext"`

	bare []byte // the payload, without an envelope
}

func parseEvent(payload []byte) (event, error) {
	var ev event
	if err := json.Unmarshal(payload, &ev); err != nil {
		return event{bare: payload}, api.Errorf(api.InvalidRequest, "the event is no JSON object of the expected types: %v", err)
	}
	if ev.RequestContext == nil {
		return event{bare: payload}, nil
	}
	return ev, nil
}

func (ev event) direct() bool { return ev.bare != nil }

func (ev event) method() string {
	if ev.direct() {
		return http.MethodPost
	}
	return ev.RequestContext.HTTP.Method
}

// wantsDocument tells a GET that carries no picture.
func (ev event) wantsDocument() bool {
	return !ev.direct() && ev.method() == http.MethodGet && (ev.Body == "" || ev.RawPath == openAPIPath)
}

// request reads the picture and the options, in whichever form they came.
func (ev event) request() (api.Request, error) {
	if m := ev.method(); m != http.MethodGet && m != http.MethodPost {
		return api.Request{}, api.Errorf(api.MethodNotAllowed, "the method %s is not allowed; use GET or POST", m)
	}
	var req api.Request
	query, err := url.ParseQuery(ev.RawQueryString)
	if err != nil {
		return req, api.Errorf(api.InvalidRequest, "query string: %v", err)
	}
	for name, values := range query {
		if err := req.Options.Set(name, joined(values)); err != nil {
			return req, err
		}
	}
	body, err := ev.body()
	if err != nil {
		return req, err
	}
	// The content itself tells JSON from a picture: callers often leave their
	// tool's default content type, and no picture starts with a brace.
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	contentType := ev.Headers["content-type"]
	switch {
	case len(trimmed) == 0:
		return req, api.Errorf(api.InvalidRequest, `the body is empty; send a picture's bytes or {"image": base64}`)
	case strings.HasPrefix(strings.ToLower(contentType), "multipart/form-data"):
		err = readForm(&req, contentType, body)
	case trimmed[0] == '{':
		err = readJSON(&req, trimmed)
	default:
		req.Image = body
	}
	return req, err
}

func (ev event) body() ([]byte, error) {
	switch {
	case ev.direct():
		return ev.bare, nil
	case ev.IsBase64Encoded:
		body, err := base64.StdEncoding.DecodeString(ev.Body)
		if err != nil {
			return nil, api.Errorf(api.InvalidRequest, "the event's body is not base64: %v", err)
		}
		return body, nil
	}
	return []byte(ev.Body), nil
}

// joined is one value, or several as a list.
func joined(values []string) any {
	if len(values) == 1 {
		return values[0]
	}
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}
