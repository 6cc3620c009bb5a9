package emulator

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/yolambda/yolambda/integration/sigv4"
)

// spy is a body of zeros that remembers the largest buffer it was to fill.
type spy struct{ left, largest int }

func (s *spy) Read(p []byte) (int, error) {
	s.largest = max(s.largest, len(p))
	n := min(len(p), s.left)
	s.left -= n
	if n == 0 {
		return 0, io.EOF
	}
	clear(p[:n])
	return n, nil
}

// TestStrangersBody: what nobody signed, or an unknown key, is read but not kept,
// however large it says it is.
func TestStrangersBody(t *testing.T) {
	e := &Emulator{log: &sharedLog{out: io.Discard}, verifier: sigv4.Verifier{
		Credentials: func(string) (sigv4.Secret, bool) { return sigv4.Secret{}, false },
		Region:      "us-east-1", Service: "lambda",
	}}
	for _, test := range []struct {
		name string
		sign bool
	}{{"unsigned", false}, {"unknown key", true}} {
		t.Run(test.name, func(t *testing.T) {
			body := &spy{left: maxRequest}
			r := httptest.NewRequest("POST", "http://127.0.0.1:9000/", nil)
			if test.sign {
				r = newRequest(t, "POST", "http://127.0.0.1:9000/", nil, nil, time.Now(), developer)
			}
			r.Body, r.ContentLength = io.NopCloser(body), maxRequest
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			if w.Code != http.StatusForbidden {
				t.Errorf("status %d, want 403", w.Code)
			}
			if body.left > 0 {
				t.Errorf("%d bytes were not read, so that many clients see a broken connection and not the answer", body.left)
			}
			if body.largest > 64<<10 {
				t.Errorf("a buffer of %d bytes was made for a body that nobody signed", body.largest)
			}
		})
	}
}
