package emulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"
)

var developer = aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}

// newRequest returns a signed request.
func newRequest(t testing.TB, method, target string, body []byte, header http.Header, signedAt time.Time, credentials aws.Credentials) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	hash := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, hex.EncodeToString(hash[:]), "lambda", "us-east-1", signedAt); err != nil {
		t.Fatal(err)
	}
	return r
}

type reply struct {
	status int
	header http.Header
	body   string
}

func send(t testing.TB, r *http.Request) reply {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(body)}
}

// call sends a signed request and returns the reply.
func call(t testing.TB, method, url string, body []byte, header http.Header) reply {
	t.Helper()
	return send(t, newRequest(t, method, url, body, header, time.Now(), developer))
}

func serve(t testing.TB, handler http.Handler) (url string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func TestEvent(t *testing.T) {
	url := serve(t, start(t, fakeConfig(t)))
	before := time.Now().Truncate(time.Millisecond)
	got := call(t, "POST", url+"/a%20b/c?conf=0.3&cls=a&cls=b%2Cc&empty", []byte(`{"image":"ä<"}`), http.Header{
		"Content-Type": {"application/json; charset=utf-8"},
		"Cookie":       {"a=1; b=2"},
		"X-Repeated":   {"1", "2"},
		"User-Agent":   {"test"},
		"Connection":   {"keep-alive"},
	})
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/json" {
		t.Fatalf("reply is %+v", got)
	}
	var event events.LambdaFunctionURLRequest
	if err := json.Unmarshal([]byte(got.body), &event); err != nil {
		t.Fatal(err)
	}
	if id := event.RequestContext.RequestID; id == "" || id != got.header.Get("X-Amzn-Requestid") {
		t.Errorf("request id is %q, in the reply %q", id, got.header.Get("X-Amzn-Requestid"))
	}
	if root := event.Headers["x-amzn-trace-id"]; !strings.HasPrefix(root, "Root=1-") || !strings.HasPrefix(got.header.Get("X-Amzn-Trace-Id"), root+";") {
		t.Errorf("x-amzn-trace-id is %q, in the reply %q", root, got.header.Get("X-Amzn-Trace-Id"))
	}
	at := time.UnixMilli(event.RequestContext.TimeEpoch).UTC()
	if at.Before(before) || at.After(time.Now()) || event.RequestContext.Time != at.Format("02/Jan/2006:15:04:05 +0000") {
		t.Errorf("time is %q, %s", event.RequestContext.Time, at)
	}
	for _, name := range []string{"x-amz-date", "x-amzn-trace-id"} {
		if event.Headers[name] == "" {
			t.Errorf("event has no header %s", name)
		}
		delete(event.Headers, name)
	}
	event.RequestContext.RequestID, event.RequestContext.Time, event.RequestContext.TimeEpoch = "", "", 0

	host := strings.TrimPrefix(url, "http://")
	urlID, _, _ := strings.Cut(host, ".")
	want := events.LambdaFunctionURLRequest{
		Version:        "2.0",
		RawPath:        "/a%20b/c",
		RawQueryString: "cls=a&cls=b%2Cc&conf=0.3&empty=", // the signer sorts it
		Cookies:        []string{"a=1", "b=2"},
		Headers: map[string]string{
			"accept-encoding":   "gzip",
			"content-length":    "15",
			"content-type":      "application/json; charset=utf-8",
			"host":              host,
			"user-agent":        "test",
			"x-forwarded-for":   "127.0.0.1",
			"x-forwarded-port":  "443",
			"x-forwarded-proto": "https",
			"x-repeated":        "1,2",
		},
		QueryStringParameters: map[string]string{"conf": "0.3", "cls": "a,b,c", "empty": ""},
		RequestContext: events.LambdaFunctionURLRequestContext{
			AccountID: "123456789012",
			Authorizer: &events.LambdaFunctionURLRequestContextAuthorizerDescription{
				IAM: &events.LambdaFunctionURLRequestContextAuthorizerIAMDescription{
					AccessKey: "AKIDEXAMPLE",
					AccountID: "123456789012",
					CallerID:  "AIDACKCEVSQ6C2EXAMPLE",
					UserARN:   "arn:aws:iam::123456789012:user/developer",
					UserID:    "AIDACKCEVSQ6C2EXAMPLE",
				},
			},
			APIID:        urlID,
			DomainName:   host,
			DomainPrefix: urlID,
			HTTP: events.LambdaFunctionURLRequestContextHTTPDescription{
				Method: "POST", Path: "/a%20b/c", Protocol: "HTTP/1.1", SourceIP: "127.0.0.1", UserAgent: "test",
			},
		},
		Body: `{"image":"ä<"}`,
	}
	if diff := cmp.Diff(want, event); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestEventBody(t *testing.T) {
	tests := []struct {
		contentType, body string
		base64            bool
	}{
		{"text/plain", "x", false},
		{"TEXT/HTML; Charset=UTF-8", "x", false},
		{"application/json", "{}", false},
		{"application/json;charset", "{}", false},
		{"application/javascript", "x", false},
		{"application/xml", "<x/>", false},
		{"application/json", "", false},
		{"image/jpeg", "", false},
		{"", "{}", true},
		{"json", "{}", true},
		{"image/jpeg", "\xff\xd8", true},
		{"image/svg+xml", "<x/>", true},
		{"application/vnd.api+json", "{}", true},
		{"application/x-www-form-urlencoded", "a=1", true},
		{"multipart/form-data; boundary=x", "--x--", true},
		{"application/octet-stream", "x", true},
	}
	for _, test := range tests {
		t.Run(test.contentType, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", nil)
			r.Header.Set("Content-Type", test.contentType)
			payload, err := eventPayload(r, []byte(test.body), newInvocation(nil), "key", new(memory))
			if err != nil {
				t.Fatal(err)
			}
			var fields map[string]any
			if err := json.Unmarshal(payload, &fields); err != nil {
				t.Fatal(err)
			}
			var want any
			switch {
			case test.base64:
				want = base64.StdEncoding.EncodeToString([]byte(test.body))
			case test.body != "":
				want = test.body
			}
			if fields["body"] != want || fields["isBase64Encoded"] != test.base64 {
				t.Errorf("body is %q, base64 %v, want %q, %v", fields["body"], fields["isBase64Encoded"], want, test.base64)
			}
		})
	}
}

func TestForbidden(t *testing.T) {
	now := time.Now()
	config := fakeConfig(t)
	config.Now = func() time.Time { return now }
	e := start(t, config)
	url := serve(t, e)
	body := []byte("body")
	signed := func(at time.Time, c aws.Credentials) *http.Request {
		return newRequest(t, "POST", url, body, nil, at, c)
	}
	tests := []struct {
		name    string
		request func() *http.Request
		want    int
	}{
		{"signed", func() *http.Request { return signed(now, developer) }, http.StatusOK},
		{"unsigned", func() *http.Request {
			r := signed(now, developer)
			r.Header.Del("Authorization")
			return r
		}, http.StatusForbidden},
		{"wrong key", func() *http.Request {
			return signed(now, aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wrong"})
		}, http.StatusForbidden},
		{"unknown key", func() *http.Request {
			return signed(now, aws.Credentials{AccessKeyID: "AKIDUNKNOWN", SecretAccessKey: "secret"})
		}, http.StatusForbidden},
		{"unknown token", func() *http.Request {
			return signed(now, aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret", SessionToken: "x"})
		}, http.StatusForbidden},
		{"stale", func() *http.Request { return signed(now.Add(-6*time.Minute), developer) }, http.StatusForbidden},
		{"early", func() *http.Request { return signed(now.Add(6*time.Minute), developer) }, http.StatusForbidden},
		{"tampered body", func() *http.Request {
			r := signed(now, developer)
			r.Body = io.NopCloser(strings.NewReader("BODY"))
			return r
		}, http.StatusForbidden},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := send(t, test.request())
			if got.status != test.want {
				t.Fatalf("status is %d, want %d: %s", got.status, test.want, got.body)
			}
			if got.status == http.StatusOK {
				return
			}
			if got.body != `{"Message":"Forbidden"}` {
				t.Errorf("body is %s", got.body)
			}
			if got.header.Get("Content-Type") != "application/json" || got.header.Get("X-Amzn-Errortype") != "AccessDeniedException" || got.header.Get("X-Amzn-Requestid") == "" {
				t.Errorf("headers are %v", got.header)
			}
		})
	}
}

// TestBadGateway: the caller is not told how a function failed, and the next
// caller finds it well.
func TestBadGateway(t *testing.T) {
	tests := []struct {
		path, body string
	}{
		{path: "/error"},
		{path: "/panic"},
		{path: "/exit"},
		{path: "/hang"},
		{path: "/reply", body: "no JSON"},
		{path: "/reply", body: `{"statusCode":99}`},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			config := fakeConfig(t)
			if test.path == "/hang" {
				config.Timeout = time.Second
			}
			url := serve(t, start(t, config))
			got := call(t, "POST", url+test.path, []byte(test.body), http.Header{"Content-Type": {"text/plain"}})
			if got.status != http.StatusBadGateway || got.body != "Internal Server Error" {
				t.Errorf("reply is %+v", got)
			}
			// On a busy machine a second may be too short for the next one too.
			got = call(t, "GET", url, nil, nil)
			for test.path == "/hang" && got.status == http.StatusBadGateway {
				got = call(t, "GET", url, nil, nil)
			}
			if got.status != http.StatusOK {
				t.Errorf("next reply is %+v", got)
			}
		})
	}
}

func TestRequestLimit(t *testing.T) {
	url := serve(t, start(t, fakeConfig(t)))
	const megabyte = 1 << 20
	tests := []struct {
		name, contentType string
		size, want        int
	}{
		{"text that fits", "text/plain", 6*megabyte - 4096, http.StatusOK},
		{"text, too large as an event", "text/plain", 6*megabyte - 16, http.StatusRequestEntityTooLarge},
		{"text, too large", "text/plain", 6*megabyte + 1, http.StatusRequestEntityTooLarge},
		{"text, far too large", "text/plain", 20 * megabyte, http.StatusRequestEntityTooLarge},
		{"picture that fits", "image/jpeg", 4*megabyte + megabyte/2 - 4096, http.StatusOK},
		{"picture, too large as an event", "image/jpeg", 4*megabyte + megabyte/2, http.StatusRequestEntityTooLarge},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := bytes.Repeat([]byte("x"), test.size)
			got := call(t, "POST", url+"/pid", body, http.Header{"Content-Type": {test.contentType}})
			if got.status != test.want {
				t.Fatalf("status is %d, want %d: %.200s", got.status, test.want, got.body)
			}
			if got.status != http.StatusOK && got.header.Get("X-Amzn-Errortype") != "RequestEntityTooLargeException" {
				t.Errorf("headers are %v", got.header)
			}
		})
	}
}

// TestMethods: every method reaches the function, bodies too.
func TestMethods(t *testing.T) {
	url := serve(t, start(t, fakeConfig(t)))
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		got := call(t, method, url, []byte("body of "+method), http.Header{"Content-Type": {"text/plain"}})
		var event events.LambdaFunctionURLRequest
		if err := json.Unmarshal([]byte(got.body), &event); err != nil {
			t.Fatal(err)
		}
		if event.RequestContext.HTTP.Method != method || event.Body != "body of "+method {
			t.Errorf("%s: method %q, body %q", method, event.RequestContext.HTTP.Method, event.Body)
		}
	}
	if got := call(t, "HEAD", url, nil, nil); got.status != http.StatusOK || got.body != "" {
		t.Errorf("HEAD: %+v", got)
	}
}

// TestClosed: a request that comes too late gets a reply nevertheless.
func TestClosed(t *testing.T) {
	e := start(t, fakeConfig(t))
	url := serve(t, e)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if got := call(t, "GET", url, nil, nil); got.status != http.StatusInternalServerError {
		t.Errorf("reply is %+v", got)
	}
}

func FuzzEventPayload(f *testing.F) {
	f.Add("/a%20b?x=1&x=2&%C3%A4", "text/plain; charset=utf-8", "a=1; b", "x")
	f.Add("/?;&==", "a/b;c=\"", ";;", "\xff")
	f.Fuzz(func(t *testing.T, target, contentType, cookie, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		r := &http.Request{
			Method: "POST", URL: u, Host: "id.example.com", RemoteAddr: "127.0.0.1:1", Proto: "HTTP/1.1",
			Header: http.Header{"Content-Type": {contentType}, "Cookie": {cookie}},
		}
		payload, err := eventPayload(r, []byte(body), newInvocation(nil), "key", new(memory))
		if err != nil {
			return
		}
		var event events.LambdaFunctionURLRequest
		if err := json.Unmarshal(payload, &event); err != nil {
			t.Fatalf("event is not JSON: %v", err)
		}
		if event.IsBase64Encoded {
			if decoded, err := base64.StdEncoding.DecodeString(event.Body); err != nil || string(decoded) != body {
				t.Errorf("body %q came as %q, %v", body, decoded, err)
			}
		}
	})
}
