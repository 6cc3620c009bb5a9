package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// Who is not let in learns nothing but that.
func TestForbidden(t *testing.T) {
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	body := []byte(`{"image":"aGVsbG8="}`)
	tests := []struct {
		name string
		req  request
	}{
		{"unsigned", request{tamper: func(r *http.Request) { r.Header.Del("Authorization") }}},
		{"unknown key", request{credentials: credentials.NewStaticCredentialsProvider("AKIDNOBODY", "secret", "")}},
		{"wrong secret", request{credentials: credentials.NewStaticCredentialsProvider("AKIAYOLAMBDALOCALDEV", "secret", "")}},
		{"an hour old", request{signedAt: time.Now().Add(-time.Hour)}},
		{"an hour ahead", request{signedAt: time.Now().Add(time.Hour)}},
		{"another body", request{tamper: func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(strings.Replace(string(body), "a", "b", 1)))
		}}},
		{"another query", request{tamper: func(r *http.Request) { r.URL.RawQuery = "conf=0.1" }}},
		{"another method", request{tamper: func(r *http.Request) { r.Method = http.MethodGet }}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.req.contentType, tt.req.body = "application/json", body
			r := f.do(t, tt.req)
			if r.status != http.StatusForbidden {
				t.Fatalf("status %d: %s", r.status, r.body)
			}
			if !strings.Contains(string(r.body), `Forbidden`) || strings.Contains(string(r.body), `"error"`) {
				t.Errorf("body %s", r.body)
			}
			// AWS says more than this since 2025, the emulator does not.
			if f.server != nil && string(r.body) != `{"Message":"Forbidden"}` {
				t.Errorf("body %s", r.body)
			}
		})
	}
}
