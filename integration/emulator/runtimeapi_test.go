package emulator

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestRuntimeAPIProtocol speaks to the Runtime API as a runtime that makes
// mistakes.
func TestRuntimeAPIProtocol(t *testing.T) {
	config, err := Config{Command: []string{"/bootstrap"}}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{ready: make(chan struct{}), feed: make(chan *invocation)}
	api := p.runtimeAPI(config)
	const base = "/2018-06-01/runtime/"
	do := func(method, path, body string) *httptest.ResponseRecorder {
		recorder := httptest.NewRecorder()
		api.ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
		return recorder
	}
	expect := func(got *httptest.ResponseRecorder, status int, in string) {
		t.Helper()
		if got.Code != status || !strings.Contains(got.Body.String(), in) {
			t.Errorf("got %d %s, want %d with %q", got.Code, got.Body, status, in)
		}
	}

	expect(do("POST", base+"invocation/x/response", "1"), http.StatusBadRequest, "InvalidRequestID")

	inv := newInvocation([]byte(`{"a":1}`))
	go func() { p.feed <- inv }()
	got := do("GET", base+"invocation/next", "")
	expect(got, http.StatusOK, `{"a":1}`)
	for _, name := range []string{"Lambda-Runtime-Aws-Request-Id", "Lambda-Runtime-Deadline-Ms", "Lambda-Runtime-Invoked-Function-Arn", "Lambda-Runtime-Trace-Id"} {
		if got.Header().Get(name) == "" {
			t.Errorf("header %s is missing", name)
		}
	}
	select {
	case <-p.ready:
	default:
		t.Error("the process is not ready, though it asked for an invocation")
	}

	expect(do("GET", base+"invocation/next", ""), http.StatusForbidden, "InvalidStateTransition")
	expect(do("POST", base+"invocation/x/response", "1"), http.StatusBadRequest, "InvalidRequestID")
	expect(do("GET", base+"invocation/"+inv.id+"/response", ""), http.StatusMethodNotAllowed, "")
	expect(do("GET", "/2018-06-01/other", ""), http.StatusNotFound, "")
	broken := httptest.NewRecorder()
	api.ServeHTTP(broken, httptest.NewRequest("POST", base+"invocation/"+inv.id+"/response", brokenReader{}))
	expect(broken, http.StatusBadRequest, "InvalidRequest")
	expect(do("POST", base+"invocation/"+inv.id+"/response", "2"), http.StatusAccepted, `"OK"`)
	expect(do("POST", base+"invocation/"+inv.id+"/response", "3"), http.StatusBadRequest, "InvalidRequestID")
	expect(do("POST", base+"invocation/"+inv.id+"/error", "3"), http.StatusBadRequest, "InvalidRequestID")
	if result := <-inv.answer; string(result.Payload) != "2" || result.RequestID != inv.id {
		t.Errorf("result is %+v", result)
	}

	next := newInvocation([]byte(`{}`))
	go func() { p.feed <- next }()
	expect(do("GET", base+"invocation/next", ""), http.StatusOK, "{}")
	<-inv.done
	expect(do("POST", base+"invocation/"+next.id+"/error", `{"errorType":"x"}`), http.StatusAccepted, `"OK"`)
	if result := <-next.answer; string(result.Payload) != `{"errorType":"x"}` || result.FunctionError != "Unhandled" {
		t.Errorf("result is %+v", result)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("broken") }
