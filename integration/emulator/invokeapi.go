package emulator

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/yolambda/yolambda/integration/sigv4"
)

// logResult is how much of the log AWS gives back with Invoke, in bytes.
const logResult = 4 << 10

// InvokeHandler answers what the Lambda API has for calling the function, signed:
// Invoke and InvokeWithResponseStream. With it `aws lambda invoke --endpoint-url`
// works. The API's other operations get a 404.
func (e *Emulator) InvokeHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", e.serveInvoke)
	mux.HandleFunc("POST /2021-11-15/functions/{name}/response-streaming-invocations", e.serveInvokeWithStream)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeJSONError(w, http.StatusNotFound, "UnknownOperationException",
			"The emulator serves Invoke and InvokeWithResponseStream, not "+r.Method+" "+r.URL.Path)
	})
	return e.logged(mux.ServeHTTP)
}

// apiPath is how the paths of the Lambda API begin: with the date of a version.
var apiPath = regexp.MustCompile(`^/20\d\d-\d\d-\d\d/`)

// IsAPI reports whether a request is one of the Lambda API, for InvokeHandler, and
// none of the function URL.
func IsAPI(r *http.Request) bool { return apiPath.MatchString(r.URL.Path) }

// readInvoke authenticates a request for an invocation and reads it. It answers
// those that are refused itself.
func (e *Emulator) readInvoke(w http.ResponseWriter, r *http.Request, inv *invocation) (ok bool) {
	w.Header().Set("X-Amzn-Requestid", inv.id)
	body, _, ok := e.authenticate(w, r, func(reason error) {
		if errors.Is(reason, sigv4.ErrUnsigned) {
			writeError(w, http.StatusForbidden, "MissingAuthenticationTokenException", `{"message":"Missing Authentication Token"}`)
			return
		}
		writeError(w, http.StatusForbidden, "InvalidSignatureException",
			`{"message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}`)
	})
	switch {
	case !ok:
		return false
	case !e.isName(r.PathValue("name")):
		writeJSONError(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+r.PathValue("name"))
		return false
	case len(body) == 0:
		body = []byte("{}")
	case !json.Valid(body):
		writeJSONError(w, http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json")
		return false
	}
	inv.payload, inv.own = body, true
	return true
}

func (e *Emulator) serveInvoke(w http.ResponseWriter, r *http.Request) {
	inv := newInvocation(nil)
	if !e.readInvoke(w, r, inv) {
		return
	}
	switch kind := r.Header.Get("X-Amz-Invocation-Type"); kind {
	case "", "RequestResponse":
	case "Event":
		if err := e.begin(func() { e.runUnwatched(inv) }); err != nil {
			e.writeInvokeError(w, err)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		return
	case "DryRun":
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		writeJSONError(w, http.StatusBadRequest, "InvalidParameterValueException", fmt.Sprintf("Unknown invocation type %q", kind))
		return
	}

	result, err := e.invoke(context.WithoutCancel(r.Context()), inv)
	if err != nil {
		e.writeInvokeError(w, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Amz-Executed-Version", version)
	h.Set("X-Amzn-Trace-Id", inv.traceID)
	if result.FunctionError != "" {
		h.Set("X-Amz-Function-Error", result.FunctionError)
		note(w, functionError(result.Payload))
	}
	if tail := logTailFor(r, result); tail != "" {
		h.Set("X-Amz-Log-Result", tail)
	}
	_, _ = w.Write(result.Payload)
}

// runUnwatched runs an invocation whose outcome nobody waits for.
func (e *Emulator) runUnwatched(inv *invocation) {
	outcomes := make(chan outcome, 1)
	e.run(inv, outcomes)
	if o := <-outcomes; o.err != nil {
		e.log.printf("RequestId: %s Error: %v\n", inv.id, o.err)
	}
}

// logTailFor is the end of the log in base64 for a caller who asks for it.
func logTailFor(r *http.Request, result Result) string {
	if r.Header.Get("X-Amz-Log-Type") != "Tail" {
		return ""
	}
	return base64.StdEncoding.EncodeToString(result.Log[max(len(result.Log)-logResult, 0):])
}

// isName reports whether the name, with or without its version, or the ARN is
// the function's.
func (e *Emulator) isName(name string) bool {
	name = strings.TrimSuffix(name, ":"+version)
	return name == e.config.FunctionName || name == functionARN(e.config)
}

func writeJSONError(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("X-Amzn-Errortype", kind)
	writeJSON(w, status, map[string]string{"Type": "User", "Message": message})
}
