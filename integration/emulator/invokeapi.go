package emulator

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/yolambda/yolambda/integration/sigv4"
)

// logResult is how much of the log AWS gives back with Invoke, in bytes.
const logResult = 4 << 10

// InvokeHandler answers POST /2015-03-31/functions/{name}/invocations, signed,
// as the Lambda API does: with it `aws lambda invoke --endpoint-url` works.
func (e *Emulator) InvokeHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", e.serveInvoke)
	return mux
}

func (e *Emulator) serveInvoke(w http.ResponseWriter, r *http.Request) {
	inv := newInvocation(nil)
	w.Header().Set("X-Amzn-Requestid", inv.id)
	body, _, ok := e.authenticate(w, r, func(reason error) {
		if errors.Is(reason, sigv4.ErrUnsigned) {
			writeError(w, http.StatusForbidden, "MissingAuthenticationTokenException", `{"message":"Missing Authentication Token"}`)
			return
		}
		writeError(w, http.StatusForbidden, "InvalidSignatureException",
			`{"message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}`)
	})
	if !ok {
		return
	}
	if !e.isName(r.PathValue("name")) {
		writeJSONError(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+r.PathValue("name"))
		return
	}
	if len(body) == 0 {
		body = []byte("{}")
	}
	if !json.Valid(body) {
		writeJSONError(w, http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json")
		return
	}
	inv.payload = body
	ctx := context.WithoutCancel(r.Context())
	switch kind := r.Header.Get("X-Amz-Invocation-Type"); kind {
	case "", "RequestResponse":
	case "Event":
		go func() {
			if _, err := e.invoke(ctx, inv); err != nil {
				e.log.printf("RequestId: %s Error: %v\n", inv.id, err)
			}
		}()
		w.WriteHeader(http.StatusAccepted)
		return
	case "DryRun":
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		writeJSONError(w, http.StatusBadRequest, "InvalidParameterValueException", fmt.Sprintf("Unknown invocation type %q", kind))
		return
	}

	result, err := e.invoke(ctx, inv)
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
	}
	if r.Header.Get("X-Amz-Log-Type") == "Tail" {
		tail := result.Log[max(len(result.Log)-logResult, 0):]
		h.Set("X-Amz-Log-Result", base64.StdEncoding.EncodeToString(tail))
	}
	_, _ = w.Write(result.Payload)
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
