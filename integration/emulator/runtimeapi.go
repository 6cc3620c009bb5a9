package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxResponse is the most bytes that a function may answer with: 6 MiB and a
// hundred bytes, which is the number in Lambda's own error message.
const maxResponse = 6<<20 + 100

// runtimeAPI serves one process: "Using the Lambda runtime API for custom
// runtimes", Lambda Developer Guide.
func (p *process) runtimeAPI(config Config) http.Handler {
	arn := functionARN(config)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		p.next(w, r, arn)
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", p.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", p.failure)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", p.initFailed)
	return mux
}

// next waits for an invocation and hands it out. Asking for the next one is
// what completes the one before.
func (p *process) next(w http.ResponseWriter, r *http.Request, arn string) {
	p.mu.Lock()
	if p.current != nil && !p.current.answered {
		p.mu.Unlock()
		runtimeError(w, http.StatusForbidden, "InvalidStateTransition", "Transition from Running to Ready is not allowed")
		return
	}
	if p.current != nil {
		close(p.current.done)
		p.current = nil
	}
	p.mu.Unlock()
	p.readyOnce.Do(func() {
		p.mu.Lock()
		p.initDuration = time.Since(p.begun)
		p.mu.Unlock()
		close(p.ready)
	})

	var inv *invocation
	select {
	case inv = <-p.feed:
	case <-r.Context().Done():
		return
	}
	p.mu.Lock()
	p.current = inv
	p.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", arn)
	h.Set("Lambda-Runtime-Trace-Id", inv.traceID)
	h.Set("Content-Length", strconv.Itoa(len(inv.payload)))
	_, err := w.Write(inv.payload)
	inv.sent.Store(err == nil)
}

// response takes what the function answered.
func (p *process) response(w http.ResponseWriter, r *http.Request) {
	payload, ok := p.readAnswer(w, r)
	if !ok {
		return
	}
	p.answer(w, r, Result{Payload: payload})
}

// failure takes the error that the function returned.
func (p *process) failure(w http.ResponseWriter, r *http.Request) {
	payload, ok := p.readAnswer(w, r)
	if !ok {
		return
	}
	p.answer(w, r, Result{Payload: payload, FunctionError: "Unhandled"})
}

// readAnswer reads the body of an answer. One that is too large fails the
// invocation.
func (p *process) readAnswer(w http.ResponseWriter, r *http.Request) (payload []byte, ok bool) {
	payload, err := io.ReadAll(io.LimitReader(r.Body, maxResponse+1))
	if err != nil {
		runtimeError(w, http.StatusBadRequest, "InvalidRequest", "The body could not be read")
		return nil, false
	}
	if len(payload) <= maxResponse {
		return payload, true
	}
	limit := strconv.Itoa(maxResponse)
	if inv := p.claim(r.PathValue("id")); inv != nil {
		inv.answer <- inv.failure("Function.ResponseSizeTooLarge", "Response payload size exceeded maximum allowed payload size ("+limit+" bytes).")
	}
	// The process reads no answer before it has sent everything.
	_, _ = io.Copy(io.Discard, r.Body)
	runtimeError(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "Exceeded maximum allowed payload size ("+limit+" bytes).")
	return nil, false
}

func (p *process) answer(w http.ResponseWriter, r *http.Request, result Result) {
	inv := p.claim(r.PathValue("id"))
	if inv == nil {
		runtimeError(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return
	}
	result.RequestID = inv.id
	inv.answer <- result
	accepted(w)
}

// claim marks the invocation as answered and returns it, or nil when it is not
// the current one or has its answer already.
func (p *process) claim(id string) *invocation {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil || p.current.id != id || p.current.answered {
		return nil
	}
	p.current.answered = true
	return p.current
}

func (p *process) initFailed(w http.ResponseWriter, r *http.Request) {
	payload, err := io.ReadAll(io.LimitReader(r.Body, maxResponse))
	if err != nil {
		runtimeError(w, http.StatusBadRequest, "InvalidRequest", "The body could not be read")
		return
	}
	p.mu.Lock()
	p.initFailure = payload
	p.mu.Unlock()
	accepted(w)
}

func accepted(w http.ResponseWriter) {
	writeJSON(w, http.StatusAccepted, map[string]string{"status": "OK"})
}

func runtimeError(w http.ResponseWriter, status int, kind, message string) {
	writeJSON(w, status, map[string]string{"errorType": kind, "errorMessage": message})
}

// writeJSON writes a reply. An error means that the caller has gone.
func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func functionARN(config Config) string {
	return "arn:aws:lambda:" + config.Region + ":" + accountID + ":function:" + config.FunctionName
}
