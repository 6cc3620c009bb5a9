package handler

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// event is an invocation's payload: a function URL's (payload format 2.0), a new
// object's in S3, or a bare request by direct Invoke, which has no envelope and
// gets a reply without one.
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
	} `json:"requestContext"` // nil without an envelope

	s3Event

	bare []byte // the payload, where it has no envelope
	lift *lift  // what was taken out of Body and bare
}

// read reads a payload's event and, unless that asks for a document, its request.
// The request's pictures may lie in l's memory. Every error and every string
// comes out as without l: where something that was lifted is no picture, or
// anything is wrong, the payload is read again and nothing is lifted.
func read(payload []byte, l *lift) (event, api.Request, error) {
	l.reset()
	ev, req, err := readWith(payload, l)
	if l.used() && (err != nil || len(l.found) > 0) {
		return readWith(payload, nil)
	}
	return ev, req, err
}

func readWith(payload []byte, l *lift) (event, api.Request, error) {
	ev, err := parseEvent(payload, l)
	if err != nil || ev.wantsDocument() {
		return ev, api.Request{}, err
	}
	req, err := ev.request()
	return ev, req, err
}

// parseEvent never fails on a payload without an envelope: request does.
func parseEvent(payload []byte, l *lift) (event, error) {
	payload = l.cut(payload)
	ev := event{lift: l}
	err := json.Unmarshal(payload, &ev)
	switch {
	case ev.newObject():
		return ev, nil
	case ev.RequestContext == nil:
		return event{bare: payload, lift: l}, nil
	case err != nil:
		return ev, api.Errorf(api.InvalidRequest, "the event is not what a function URL sends (payload format 2.0)")
	}
	return ev, nil
}

func (ev event) direct() bool { return ev.RequestContext == nil }

// wantsDocument tells a GET that carries no picture.
func (ev event) wantsDocument() bool {
	return !ev.direct() && ev.RequestContext.HTTP.Method == http.MethodGet && (ev.Body == "" || ev.RawPath == openAPIPath)
}

// request reads the picture and the options, in whichever form they came.
func (ev event) request() (api.Request, error) {
	var req api.Request
	if ev.newObject() {
		req.Image = []byte(ev.object().String())
		return req, nil
	}
	if ev.direct() {
		err := readJSON(&req, ev.bare, ev.lift)
		return req, err
	}
	if m := ev.RequestContext.HTTP.Method; m != http.MethodGet && m != http.MethodPost {
		return req, api.Errorf(api.MethodNotAllowed, "the method %.20q is not allowed; use GET or POST", m)
	}
	query, err := ev.query()
	if err != nil {
		return req, err
	}
	if err := setOptions(&req, query); err != nil {
		return req, err
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
		err = readJSON(&req, trimmed, ev.lift)
	default:
		req.Image = body
	}
	return req, err
}

// query is the caller's own part of the query string: in that of a presigned URL
// is the signature too, in parameters X-Amz-*.
func (ev event) query() (url.Values, error) {
	query, err := url.ParseQuery(ev.RawQueryString)
	if err != nil {
		return nil, api.Errorf(api.InvalidRequest, "query string: %v", err)
	}
	maps.DeleteFunc(query, func(name string, _ []string) bool { return strings.HasPrefix(name, "X-Amz-") })
	return query, nil
}

func (ev event) body() ([]byte, error) {
	if !ev.IsBase64Encoded {
		return []byte(ev.Body), nil
	}
	if body, ok := ev.lift.take(ev.Body); ok {
		return body, nil
	}
	body, err := base64.StdEncoding.DecodeString(ev.Body)
	if err != nil {
		return nil, api.Errorf(api.InvalidRequest, "the event's body is not base64: %v", err)
	}
	return body, nil
}

// setOptions reads the options of a query string or a form. A name that is
// given more than once stands for a list. The order is fixed so that the same
// request always gets the same answer.
func setOptions(req *api.Request, values url.Values) error {
	given := aliases{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := given.add(name); err != nil {
			return err
		}
		var v any = values[name][0]
		if len(values[name]) > 1 {
			list := make([]any, len(values[name]))
			for i, s := range values[name] {
				list[i] = s
			}
			v = list
		}
		if err := req.Options.Set(name, v); err != nil {
			return err
		}
	}
	return nil
}

// aliases are the options given in one place, by their names, and under which of
// their aliases.
type aliases map[string]string

// add refuses an option that was given under another of its aliases too.
func (a aliases) add(alias string) error {
	name := api.OptionName(alias)
	if other, ok := a[name]; ok {
		return api.Errorf(api.InvalidRequest, "option %s is given twice, as %s and as %s", name, other, alias)
	}
	a[name] = alias
	return nil
}
