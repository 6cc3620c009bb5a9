package emulator

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestGuard(t *testing.T) {
	reached := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	api := guard(reached, "127.0.0.1:9001", "SECRET")
	const next = "/2018-06-01/runtime/invocation/next"
	tests := []struct {
		name, host, path, origin string
		want                     int
	}{
		{"the process", "127.0.0.1:9001", "/SECRET" + next, "", http.StatusNoContent},
		{"without the secret", "127.0.0.1:9001", next, "", http.StatusNotFound},
		{"with another secret", "127.0.0.1:9001", "/SECRE" + next, "", http.StatusNotFound},
		{"a name rebound to this machine", "evil.example:9001", "/SECRET" + next, "", http.StatusForbidden},
		{"another name of this machine", "localhost:9001", "/SECRET" + next, "", http.StatusForbidden},
		{"a web page", "127.0.0.1:9001", "/SECRET" + next, "http://evil.example", http.StatusForbidden},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", test.path, nil)
			r.Host = test.host
			if test.origin != "" {
				r.Header.Set("Origin", test.origin)
			}
			w := httptest.NewRecorder()
			api.ServeHTTP(w, r)
			if w.Code != test.want {
				t.Errorf("status %d, want %d", w.Code, test.want)
			}
		})
	}
}
