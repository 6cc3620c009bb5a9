package emulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxRequest is the most bytes that an event may have, 6 MiB, which is the
// number in Lambda's own error message.
const maxRequest = 6 << 20

// ServeHTTP answers as the function URL does, with authentication by IAM.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.logged(e.serveURL)(w, r) }

func (e *Emulator) serveURL(w http.ResponseWriter, r *http.Request) {
	inv := newInvocation(nil)
	w.Header().Set("X-Amzn-Requestid", inv.id)
	body, accessKey, ok := e.authenticate(w, r, func(error) {
		// AWS appends a link to its documentation since 2025; callers that
		// compare the message do so with the older, shorter form.
		writeError(w, http.StatusForbidden, "AccessDeniedException", `{"Message":"Forbidden"}`)
	})
	if !ok {
		return
	}
	payload, err := eventPayload(r, body, inv, accessKey, &e.memory)
	e.memory.give(body)
	if err != nil {
		e.refused(w, r, err)
		writeError(w, http.StatusBadRequest, "BadRequestException", `{"Message":"Bad Request"}`)
		return
	}
	if len(payload) > maxRequest {
		e.memory.give(payload)
		requestTooLarge(w)
		return
	}
	inv.payload, inv.own = payload, true
	// On AWS a function works on when its caller has gone.
	result, err := e.invoke(context.WithoutCancel(r.Context()), inv)
	if err != nil {
		e.writeInvokeError(w, err)
		return
	}
	w.Header().Set("X-Amzn-Trace-Id", inv.traceID)
	if result.FunctionError != "" {
		note(w, functionError(result.Payload))
		badGateway(w)
		return
	}
	response, err := parseResponse(result.Payload)
	if err != nil {
		err = fmt.Errorf("no response can be made of what the function answered: %w", err)
		e.log.printf("RequestId: %s Error: %v\n", inv.id, err)
		note(w, err)
		badGateway(w)
		return
	}
	response.write(w)
}

// authenticate verifies the signature and returns the body. It answers requests that are
// too large itself, and has refuse answer those that are not allowed. The body of a
// request that can't be allowed is not kept: it would be memory for whoever asks.
func (e *Emulator) authenticate(w http.ResponseWriter, r *http.Request, refuse func(reason error)) (body []byte, accessKey string, ok bool) {
	forbid := func(reason error) ([]byte, string, bool) {
		e.refused(w, r, reason)
		discard(r.Body)
		refuse(reason)
		return nil, "", false
	}
	if err := e.verifier.Precheck(r); err != nil {
		return forbid(err)
	}
	body, err := e.readBody(r)
	if err != nil {
		writeError(w, http.StatusBadRequest, "BadRequestException", `{"Message":"Bad Request"}`)
		return nil, "", false
	}
	if len(body) > maxRequest {
		discard(r.Body)
		requestTooLarge(w)
		return nil, "", false
	}
	accessKey, err = e.verifier.Verify(r, body)
	if err != nil {
		return forbid(err)
	}
	return body, accessKey, true
}

// readBody reads no more than one byte over the limit.
func (e *Emulator) readBody(r *http.Request) ([]byte, error) {
	if r.ContentLength == 0 {
		return nil, nil
	}
	var body bytes.Buffer
	if r.ContentLength > 0 {
		body = *bytes.NewBuffer(e.memory.take(int(min(r.ContentLength, maxRequest)) + bytes.MinRead))
	}
	_, err := body.ReadFrom(io.LimitReader(r.Body, maxRequest+1))
	return body.Bytes(), err
}

// discard reads a body that is not wanted, within reason: many clients read no answer
// before they have sent everything.
func discard(body io.Reader) { _, _ = io.CopyN(io.Discard, body, 10*maxRequest) }

// writeInvokeError answers for an invocation that did not take place. The body
// of the 429 is what callers of function URLs and of Invoke alike report.
func (e *Emulator) writeInvokeError(w http.ResponseWriter, err error) {
	if errors.Is(err, ErrThrottled) {
		writeError(w, http.StatusTooManyRequests, "TooManyRequestsException",
			`{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}`)
		return
	}
	e.log.printf("Error: %v\n", err)
	note(w, err)
	writeError(w, http.StatusInternalServerError, "ServiceException", `{"Type":"Service","message":"Internal server error"}`)
}

// requestTooLarge says what Invoke says of an event over the limit.
func requestTooLarge(w http.ResponseWriter) {
	writeError(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException",
		fmt.Sprintf(`{"Type":"User","message":"Request must be smaller than %d bytes for the InvokeFunction operation"}`, maxRequest))
}

// badGateway answers for a function that failed, timed out, crashed, or
// answered what is not a response: the caller isn't told which. The bare text is
// what AWS sends (LocalStack's test_lambda_url_invocation_exception, which was
// run against AWS); that a timeout is a 502 too, and no 504, is told in
// github.com/awslabs/route53-dynamic-dns-with-lambda/issues/56.
func badGateway(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadGateway)
	_, _ = io.WriteString(w, "Internal Server Error")
}

func writeError(w http.ResponseWriter, status int, kind, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-Errortype", kind)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}
