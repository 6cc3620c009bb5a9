package proxy

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a program sends reaches the function as it is, and so does the reply; what
// is the browser's own stays here.
func TestForward(t *testing.T) {
	front := newProxy(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		for _, name := range []string{"Cookie", "Origin", "Referer", "X-Amz-Target"} {
			if r.Header.Get(name) != "" {
				t.Errorf("%s reaches the function", name)
			}
		}
		w.Header().Set("Content-Type", "text/x-test")
		w.Header().Set("Set-Cookie", "a=b")
		w.Header().Set("X-Amzn-Requestid", "id")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), body)
	})
	for _, tt := range []struct{ method, path, contentType, body, want string }{
		{"POST", "/", "image/png", "picture", "POST / image/png picture"},
		{"POST", "/?conf=0.5&classes=a%2Cb", "", "picture", "POST /?classes=a%2Cb&conf=0.5  picture"},
		{"POST", "/a%20b/c?x", "application/json", "{}", "POST /a%20b/c?x= application/json {}"},
		{"GET", "/", "application/json", `{"image":""}`, `GET / application/json {"image":""}`},
		{"GET", "/openapi.json", "", "", "GET /openapi.json  "},
		{"PUT", "/", "multipart/form-data; boundary=b", "--b--", "PUT / multipart/form-data; boundary=b --b--"},
		{"DELETE", "/x", "", "", "DELETE /x  "},
		{"PATCH", "/index.html", "", "", "PATCH /index.html  "},
	} {
		status, header, got := send(t, tt.method, front.URL+tt.path, tt.body, map[string]string{
			"Content-Type": tt.contentType, "Cookie": "a=b", "Referer": front.URL, "Origin": front.URL,
			"X-Amz-Target": "RekognitionService.DetectLabels", "Authorization": "AWS4-HMAC-SHA256 Credential=own",
		})
		if status != http.StatusCreated || got != tt.want {
			t.Errorf("%s %s: %d %q, want %q", tt.method, tt.path, status, got, tt.want)
		}
		if header.Get("Content-Type") != "text/x-test" || header.Get("X-Amzn-Requestid") != "id" || header.Get("Set-Cookie") != "" {
			t.Errorf("%s %s: headers %v", tt.method, tt.path, header)
		}
	}
	// A browser sees the page where a program sees the function.
	for accept, page := range map[string]bool{"*/*": true, "text/html,application/json;q=0.1": true, "application/json": false} {
		if status, _, _ := send(t, "GET", front.URL, "", map[string]string{"Accept": accept}); (status == 200) != page {
			t.Errorf("accepting %s: status %d, the page %t", accept, status, page)
		}
	}
}

// The status of whoever refuses is passed on, once; AWS's bare words are explained.
func TestForwardStatus(t *testing.T) {
	asked := 0
	front := newProxy(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		var status int
		body, _ := io.ReadAll(r.Body)
		fmt.Sscan(string(body), &status)
		w.WriteHeader(status)
		fmt.Fprint(w, strings.TrimPrefix(string(body), fmt.Sprint(status)))
	})
	for _, tt := range []struct {
		name, body, want string // want is a part of the body
		status           int
	}{
		{"the function's own", `415{"error":{"code":"unsupported_picture","message":"a PDF"}}`, `{"error":{"code":"unsupported_picture","message":"a PDF"}}`, 415},
		{"throttled", `429{"message":"Rate Exceeded."}`, `{"error":{"code":"throttled","message":"the function URL answered 429 (Rate Exceeded.): every instance`, 429},
		{"forbidden", `403{"Message":"Forbidden"}`, `{"error":{"code":"forbidden",`, 403},
		{"crashed", `502Internal Server Error`, `{"error":{"code":"function_failed",`, 502},
		{"nothing to say", `204`, ``, 204},
		{"too large", strings.Repeat("1", maxBody+1), `{"error":{"code":"too_large",`, 413},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked = 0
			status, _, got := send(t, "POST", front.URL, tt.body, nil)
			if status != tt.status || !strings.HasPrefix(got, tt.want) {
				t.Errorf("%d %s, want %d %s", status, got, tt.status, tt.want)
			}
			if asked > 1 {
				t.Errorf("the function was asked %d times", asked)
			}
		})
	}
	for _, query := range []string{"a;b", "%zz"} {
		if status, _, got := send(t, "POST", front.URL+"/?"+query, "x", nil); status != 400 {
			t.Errorf("query %s: %d %s", query, status, got)
		}
	}
}

func TestWithoutToken(t *testing.T) {
	type result struct {
		rest  string
		given bool
	}
	for query, want := range map[string]result{
		"":                        {"", false},
		"token=a":                 {"", true},
		"conf=0.5&token=a&b=%20c": {"conf=0.5&b=%20c", true},
		"tokens=a":                {"tokens=a", false},
		"token":                   {"", true},
	} {
		rest, given := withoutToken(query)
		if diff := cmp.Diff(want, result{rest, given}, cmp.AllowUnexported(result{})); diff != "" {
			t.Errorf("%q: %s", query, diff)
		}
	}
}
