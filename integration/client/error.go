package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/names"
)

// EndpointError is what AWS answered in the function's place: the function did
// not run, or didn't come to an end.
type EndpointError struct {
	// Status is the HTTP status.
	Status int
	// Code names the failure for programs: forbidden, throttled,
	// function_failed, timeout, unavailable or unexpected.
	Code string
	// Message is AWS's own.
	Message string
	// Hint says what to do; it may be empty.
	Hint string
	// RequestID is AWS's id of the request, for finding it in the logs; it may
	// be empty.
	RequestID string
}

// Error implements error.
func (e *EndpointError) Error() string {
	s := fmt.Sprintf("the function URL answered %d", e.Status)
	if e.Message != "" {
		s += " (" + e.Message + ")"
	}
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

// verdict is the code and the hint for a status that AWS answers by itself.
type verdict struct{ code, hint string }

var verdicts = map[int]verdict{
	http.StatusForbidden: {"forbidden", "the signer is not allowed to call it. " +
		"It needs both lambda:InvokeFunctionUrl and lambda:InvokeFunction (with lambda:InvokedViaFunctionUrl): " +
		"attach the policy of the stack's output " + names.OutputCallerPolicy + " to its user or role. " +
		"Wrong or expired keys, a wrong region and a clock off by over 5 minutes get the same answer, " +
		"and so does a domain in front of the URL: sign for the URL (--domain), or not at all where it is public (--unsigned)"},
	http.StatusRequestEntityTooLarge: {string(api.TooLarge), "a Lambda function takes 6 MB of event, a picture of 4.5 MB"},
	http.StatusTooManyRequests: {"throttled", "every instance of the function is busy, or the account's concurrency is used up: " +
		"send fewer requests at once or raise the limit"},
	http.StatusBadGateway:         {"function_failed", "the function broke off or ran out of time; its log group has the reason"},
	http.StatusServiceUnavailable: {"unavailable", "AWS could not run the function just now; try again"},
	http.StatusGatewayTimeout:     {"timeout", "the function's time ran out: raise its timeout or memory, or lower imgsz"},
}

// failure reads a reply that is not a 200: the function's own *api.Error, or
// an *EndpointError for AWS's words.
func failure(status int, header http.Header, body []byte) error {
	var own api.ErrorBody
	if json.Unmarshal(body, &own) == nil && own.Error != nil && own.Error.Code != "" {
		return own.Error
	}
	v, known := verdicts[status]
	if !known {
		v.code = "unexpected"
	}
	return &EndpointError{
		Status:    status,
		Code:      v.code,
		Message:   awsMessage(body),
		Hint:      v.hint,
		RequestID: header.Get("X-Amzn-Requestid"),
	}
}

// awsMessage reads {"Message": …}, which AWS also spells message, or takes the
// text itself when it is short enough for one line.
func awsMessage(body []byte) string {
	var m struct{ Message string } // encoding/json ignores the case of keys
	if json.Unmarshal(body, &m) == nil {
		return m.Message
	}
	text := strings.TrimSpace(string(body))
	if len(text) > 100 || strings.ContainsAny(text, "\n<") {
		return ""
	}
	return text
}

// Explain words an error of this package for those who pass it on: as the function's
// own error, with the status that goes with it. AWS's status is kept, as a client has
// to tell 429 from a crash; without an answer it is a 502.
func Explain(err error) (status int, told *api.Error) {
	if own, ok := errors.AsType[*api.Error](err); ok {
		return own.Code.Status(), own
	}
	if aws, ok := errors.AsType[*EndpointError](err); ok {
		status = http.StatusBadGateway
		if aws.Status >= 400 {
			status = aws.Status
		}
		return status, api.Errorf(api.Code(aws.Code), "%v", err)
	}
	code := api.Code("failed")
	if _, ok := errors.AsType[*url.Error](err); ok {
		code = "unreachable"
	}
	return http.StatusBadGateway, api.Errorf(code, "%v", err)
}
