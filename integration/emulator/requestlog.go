package emulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
)

// logged has each request leave one line in Config.Requests: when it came, what it
// asked, the status, how long it took, and of what was refused the reason.
func (e *Emulator) logged(next http.HandlerFunc) http.HandlerFunc {
	if e.requests == nil {
		return next
	}
	return func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		rec := &record{ResponseWriter: w, status: http.StatusOK}
		next(rec, r)
		line := fmt.Sprintf("%s  %s %s  %d  %d ms", begun.Format(time.TimeOnly), r.Method, target(r), rec.status, time.Since(begun).Milliseconds())
		if why := rec.why(); why != "" {
			line += "  " + why
		}
		e.requests.printf("%s\n", line)
	}
}

// record remembers of a reply what the log tells.
type record struct {
	http.ResponseWriter
	status int
	body   []byte // of a refusal
	reason error  // for the log alone; nil where there is none
}

// note has the request's line say what its caller is not told, where there is one.
func note(w http.ResponseWriter, reason error) {
	if rec, ok := w.(*record); ok {
		rec.reason = reason
	}
}

// functionError is why Lambda says that an invocation failed: a crash, a timeout, or the error that
// the function itself gave.
func functionError(payload []byte) error {
	var said struct{ ErrorType, ErrorMessage string }
	if json.Unmarshal(payload, &said) != nil || said.ErrorMessage == "" {
		return errors.New("the function failed and said nothing of it")
	}
	return fmt.Errorf("%s: %s", cmp.Or(said.ErrorType, "the function failed"), said.ErrorMessage)
}

// WriteHeader implements http.ResponseWriter.
func (r *record) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *record) Write(b []byte) (int, error) {
	if r.status >= 400 && len(r.body) < 4<<10 {
		r.body = append(r.body, b...)
	}
	return r.ResponseWriter.Write(b)
}

// why words a refusal: its reason for the log, the function's own error, or AWS's.
func (r *record) why() string {
	if r.reason != nil {
		return oneLine(r.reason.Error())
	}
	var body struct {
		Error   struct{ Code, Message string }
		Message string
	}
	if r.status < 400 || json.Unmarshal(r.body, &body) != nil {
		return ""
	}
	text := body.Message
	if body.Error.Code != "" {
		text = body.Error.Code + ": " + body.Error.Message
	}
	return oneLine(text)
}

func oneLine(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, text)
}

// target is the path and the query, without the signature of a presigned URL.
func target(r *http.Request) string {
	var query []string
	for part := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if part != "" && !strings.HasPrefix(part, "X-Amz-") {
			query = append(query, part)
		}
	}
	if len(query) == 0 {
		return r.URL.EscapedPath()
	}
	return r.URL.EscapedPath() + "?" + strings.Join(query, "&")
}

// refused logs why a request is: in its own line, or where those are not kept in one
// of the log.
func (e *Emulator) refused(w http.ResponseWriter, r *http.Request, reason error) {
	if rec, ok := w.(*record); ok {
		rec.reason = reason
		return
	}
	e.log.printf("Refused %s %s: %v\n", r.Method, r.URL.EscapedPath(), reason)
}
