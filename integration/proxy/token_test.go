package proxy

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
)

// Whoever has no token gets nothing: not the page, not the API, not what is passed on.
func TestToken(t *testing.T) {
	var query string
	front := newProxy(t, func(w http.ResponseWriter, r *http.Request) {
		query = r.URL.RawQuery
		quiet(w, r)
	}, WithToken("secret"))
	for _, path := range []string{"/", "/main.js", "/examples/", "/api/endpoint", "/api/model", "/openapi.json", "/?token=wrong", "/?token="} {
		status, header, body := send(t, "GET", front.URL+path, "", nil)
		if status != http.StatusUnauthorized || header.Get("WWW-Authenticate") == "" || !strings.Contains(body, `"code":"unauthorized"`) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	status, header, body := send(t, "GET", front.URL, "", map[string]string{"Accept": "text/html,*/*"})
	if status != http.StatusUnauthorized || !strings.HasPrefix(header.Get("Content-Type"), "text/plain") || !strings.HasPrefix(body, "The token") {
		t.Errorf("a browser: %d %v %s", status, header, body)
	}

	for _, headers := range []map[string]string{
		{"Authorization": "Bearer secret"},
		{"Authorization": "bearer secret"},
		{"Authorization": "Basic YW55OnNlY3JldA=="}, // any:secret
		{"X-Amz-Security-Token": "secret"},
		{"Cookie": "yolambda-" + front.URL[strings.LastIndex(front.URL, ":")+1:] + "=secret"},
	} {
		if status, _, body := send(t, "POST", front.URL+"/?conf=0.5", "picture", headers); status != 200 || query != "conf=0.5" {
			t.Errorf("%v: %d %s, query %s", headers, status, body, query)
		}
	}
	for _, headers := range []map[string]string{
		{"Authorization": "Bearer wrong"},
		{"Authorization": "Bearer "},
		{"Authorization": "secret"},
		{"Cookie": "yolambda-1=secret"},
		{"Origin": "https://evil.example"},
	} {
		if status, _, _ := send(t, "POST", front.URL, "picture", headers); status != 401 && status != 403 {
			t.Errorf("%v: %d", headers, status)
		}
	}
	// The token is not for the function, which knows no such option.
	if status, _, _ := send(t, "POST", front.URL+"/?token=secret&conf=0.5", "picture", nil); status != 200 || query != "conf=0.5" {
		t.Errorf("in the query: %d, query %s", status, query)
	}
}

// The address with the token lets a browser in for good, and the address that it
// then shows has no token.
func TestTokenCookie(t *testing.T) {
	front := newProxy(t, quiet, WithToken("secret"))
	jar, _ := cookiejar.New(nil)
	browser := http.Client{Jar: jar}
	get := func(path string) (int, string, string) {
		t.Helper()
		resp, err := browser.Get(front.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, resp.Request.URL.String(), string(body)
	}
	if status, _, _ := get("/"); status != 401 {
		t.Errorf("before: %d", status)
	}
	status, url, body := get("/?conf=0.5&token=secret")
	if status != 200 || url != front.URL+"/?conf=0.5" || !strings.Contains(body, "<title>YOLambda</title>") {
		t.Errorf("%d %s %.60s", status, url, body)
	}
	for _, path := range []string{"/", "/main.js", "/api/endpoint", "/openapi.json"} {
		if status, _, body := get(path); status != 200 {
			t.Errorf("%s afterwards: %d %s", path, status, body)
		}
	}
}

// Each start has its own, which nobody guesses.
func TestNewToken(t *testing.T) {
	a, b := NewToken(), NewToken()
	if a == b || len(a) < 26 {
		t.Errorf("%s and %s", a, b)
	}
}
