// Package payload reads what an invocation of the function asks, in whichever form it
// comes: event in, request out.
//
//	function URL  body: JSON, a form or a picture's bytes; options in the query too
//	direct Invoke JSON alone
//	EventBridge   a new object in S3, by way of a queue or as it is
package payload

import (
	"cmp"
	"net/http"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/slot"
)

// Sender is who sent an event, and so how it is to be answered.
type Sender int

// The senders.
const (
	Direct      Sender = iota // a direct Invoke: the reply alone
	FunctionURL               // a function URL: an HTTP response
	NewObject                 // a new object in S3: nobody waits for a reply
)

// Request is what an event asks. One for a document has no picture.
type Request struct {
	api.Request
	Sender Sender
	// Document is the path of the document that a GET without a picture asks for.
	Document string
	// Accept is the header of that name.
	Accept string

	reader *Reader
	lift   *lift
}

// Release lets the next request use the memory of this one's pictures, which must not be
// read any more. It is called once at most.
func (r *Request) Release() {
	if r.reader != nil {
		r.reader.spare.Keep(r.lift)
	}
}

// Reader reads events. It is safe for concurrent use; its zero value is ready.
type Reader struct {
	spare slot.Slot[lift]
}

// Read reads an event. The request is never nil: with an error it says who is to be told
// of it. Every error is an *api.Error.
//
// Long base64 is decoded before encoding/json sees it. Every error and every string comes
// out as without that: where something that was lifted is not a picture, or anything is
// wrong, the event is read again and nothing is lifted.
func (r *Reader) Read(event []byte) (*Request, error) {
	l := r.spare.Take()
	if l == nil {
		l = new(lift)
	}
	l.reset()
	req, err := read(event, l)
	if l.used() && (err != nil || len(l.found) > 0) {
		req, err = read(event, nil)
	}
	if err != nil {
		r.spare.Keep(l)
		return req, err
	}
	req.reader, req.lift = r, l
	return req, nil
}

// read reads an event with or, where l is nil, without lifting.
func read(text []byte, l *lift) (*Request, error) {
	ev, err := parseEvent(text, l)
	req := &Request{Sender: ev.sender(), Accept: ev.Headers["accept"]}
	if err != nil {
		return req, err
	}
	switch req.Sender {
	case NewObject:
		req.Image = api.Picture{URI: ev.object()}
	case Direct:
		err = readJSON(&req.Request, ev.bare, l)
	case FunctionURL:
		if ev.wantsDocument() {
			req.Document = cmp.Or(ev.RawPath, "/")
			if req.Document != api.OpenAPIPath {
				err = ev.readQuery(&req.Request)
			}
			break
		}
		if m := ev.RequestContext.HTTP.Method; m != http.MethodGet && m != http.MethodPost {
			return req, api.Errorf(api.MethodNotAllowed, "the method %.20q is not allowed; use GET or POST", m)
		}
		if err = ev.readQuery(&req.Request); err == nil {
			err = ev.readBody(&req.Request, l)
		}
	}
	return req, err
}
