package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/yolambda/yolambda/integration/sigv4"
	"github.com/yolambda/yolambda/lambda/api"
)

var jpegStart = []byte("\xff\xd8\xff\xe0\x00\x10JFIF")

// testAWS is a caller's configuration with fixed keys.
func testAWS() *aws.Config {
	return &aws.Config{
		Region:      "eu-central-1",
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "token"),
	}
}

// newClient makes a client of a handler on this machine.
func newClient(t *testing.T, handler http.HandlerFunc, retries int) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c, err := New(t.Context(), Config{URL: server.URL, AWS: testAWS(), Retries: retries})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPredict(t *testing.T) {
	verifier := sigv4.Verifier{
		Region: "eu-central-1", Service: "lambda",
		Credentials: func(id string) (sigv4.Secret, bool) {
			return sigv4.Secret{Key: "secret", SessionToken: "token"}, id == "AKIDEXAMPLE"
		},
	}
	conf := 0.25
	opts := api.Options{Conf: &conf, Classes: []string{"person", "stop sign"}}
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if _, err := verifier.Verify(r, body); err != nil {
			t.Errorf("signature: %v", err)
		}
		if r.Method != http.MethodPost || r.URL.Path != "/" {
			t.Errorf("%s %s, want POST /", r.Method, r.URL.Path)
		}
		if got, want := r.URL.Query().Encode(), opts.Query().Encode(); got != want {
			t.Errorf("query %s, want %s", got, want)
		}
		if got := r.Header.Get("Content-Type"); got != "image/jpeg" {
			t.Errorf("content type %s", got)
		}
		if string(body) != string(jpegStart) {
			t.Errorf("body %q", body)
		}
		io.WriteString(w, `{"detections":[{"box":[1,2,3,4],"conf":0.5,"cls":"person","cls_id":0}],"model":"m","new_key":1}`)
	}, 0)
	resp, err := c.Predict(t.Context(), jpegStart, opts)
	if err != nil {
		t.Fatal(err)
	}
	want := api.Detection{Box: [4]int{1, 2, 3, 4}, Conf: 0.5, Cls: "person"}
	if len(resp.Detections) != 1 || resp.Detections[0].Box != want.Box || resp.Detections[0].Cls != want.Cls || resp.Model != "m" {
		t.Errorf("response %+v", resp)
	}
}

// Class ids that are numbers are never names: in a query they would be, of a model whose classes are
// called 1, 2 and 3.
func TestPredictClassIDs(t *testing.T) {
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		want := `{"classes":["a",2],"conf_thres":0.5,"image":"/9j/4AAQSkZJRg=="}`
		if got := string(body); got != want || r.URL.RawQuery != "" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s ?%s %s, want %s", r.Header.Get("Content-Type"), r.URL.RawQuery, got, want)
		}
		io.WriteString(w, `{"detections":[]}`)
	}, 0)
	conf := 0.5
	opts := api.Options{Conf: &conf, Classes: []string{"a"}, ClassIDs: []int{2}}
	if _, err := c.Predict(t.Context(), jpegStart, opts); err != nil {
		t.Fatal(err)
	}
	if _, err := c.PredictBody(t.Context(), "image/jpeg", jpegStart, opts); err == nil || !strings.Contains(err.Error(), "ClassIDs") {
		t.Errorf("in the query: %v", err)
	}
}

// front is CloudFront: it puts the function URL's host in the place of its own, and adds what it adds.
func front(t *testing.T, host string, function http.HandlerFunc) *httptest.Server {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = host
		r.Header.Set("Via", "2.0 0123456789abcdef.cloudfront.net (CloudFront)")
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
		function(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}

// A request that is sent to a domain is signed for the function URL, and holds there.
func TestDomain(t *testing.T) {
	const host = "abc.lambda-url.eu-central-1.on.aws"
	verifier := sigv4.Verifier{
		Region: "eu-central-1", Service: "lambda",
		Credentials: func(string) (sigv4.Secret, bool) { return sigv4.Secret{Key: "secret", SessionToken: "token"}, true },
	}
	server := front(t, host, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if _, err := verifier.Verify(r, body); err != nil {
			t.Errorf("signature: %v", err)
		}
		io.WriteString(w, `{"detections":[]}`)
	})
	cfg := testAWS()
	cfg.HTTPClient = server.Client()
	c, err := New(t.Context(), Config{URL: "https://" + host + "/", Domain: server.Listener.Addr().String(), AWS: cfg})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Predict(t.Context(), jpegStart, api.Options{Classes: []string{"stop sign"}}); err != nil {
		t.Fatal(err)
	}
	if reply, err := c.Do(t.Context(), Request{Method: http.MethodGet, Path: "/openapi.json"}); err != nil || reply.Err() != nil {
		t.Fatal(err, reply)
	}
}

// Where CloudFront signs, it signs the hash that the caller sends.
func TestUnsigned(t *testing.T) {
	server := front(t, "abc.lambda-url.eu-central-1.on.aws", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		hash := sha256.Sum256(body)
		if got := r.Header.Get("X-Amz-Content-Sha256"); got != hex.EncodeToString(hash[:]) {
			t.Errorf("hash %s of %q", got, body)
		}
		for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token"} {
			if r.Header.Get(name) != "" {
				t.Errorf("%s is sent", name)
			}
		}
		io.WriteString(w, `{"detections":[]}`)
	})
	// Neither credentials nor a region.
	c, err := New(t.Context(), Config{URL: server.URL, AWS: &aws.Config{HTTPClient: server.Client()}, Unsigned: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Predict(t.Context(), jpegStart, api.Options{}); err != nil {
		t.Fatal(err)
	}
}

func TestPredictErrors(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		own    api.Code // the function's own error
		code   string   // or AWS's
		text   string   // in the message
	}{
		{"the function's own", 422, `{"error":{"code":"broken_picture","message":"the JPEG ends early"}}`, api.BrokenPicture, "", "the JPEG ends early"},
		{"the function's own time-out", 504, `{"error":{"code":"deadline_exceeded","message":"m"}}`, api.DeadlineExceeded, "", "m"},
		{"forbidden", 403, `{"Message":"Forbidden"}`, "", "forbidden", "CallerPolicyArn"},
		{"too large", 413, `{"message":"Request Too Long"}`, "", "too_large", "4.5 MB"},
		{"throttled", 429, `{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}`, "", "throttled", "Rate Exceeded."},
		{"broke off", 502, `Internal Server Error`, "", "function_failed", "log group"},
		{"unavailable", 503, ``, "", "unavailable", "503"},
		{"timed out", 504, `{"Message":null}`, "", "timeout", "raise its timeout"},
		{"someone else's page", 404, "<html>\nnot here</html>", "", "unexpected", "404"},
		{"an error that is none", 500, `{"error":{}}`, "", "unexpected", "500"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("x-amzn-RequestId", "id-1")
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			}, -1)
			_, err := c.Predict(t.Context(), jpegStart, api.Options{})
			var own *api.Error
			var endpoint *EndpointError
			switch {
			case tt.own != "" && (!errors.As(err, &own) || own.Code != tt.own):
				t.Fatalf("got %v, want the function's %s", err, tt.own)
			case tt.own == "" && (!errors.As(err, &endpoint) || endpoint.Code != tt.code || endpoint.Status != tt.status || endpoint.RequestID != "id-1"):
				t.Fatalf("got %#v, want AWS's %s", err, tt.code)
			}
			if !strings.Contains(err.Error(), tt.text) {
				t.Errorf("message %q lacks %q", err, tt.text)
			}
		})
	}
}

func TestPredictRefusesBeforeSending(t *testing.T) {
	c := newClient(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }, 0)
	for name, tt := range map[string]struct {
		picture []byte
		code    api.Code
	}{
		"nothing":   {nil, api.InvalidRequest},
		"blanks":    {[]byte(" \r\n"), api.InvalidRequest},
		"too large": {make([]byte, MaxPicture+1), api.TooLarge},
		// What a download of a picture that there is not leaves behind, and a request of its own.
		"an error in JSON":  {[]byte(`{"message": "Not Found"}`), api.UnsupportedPicture},
		"a request in JSON": {[]byte("\uFEFF" + `{"image": "/9j/", "conf": 0.9}`), api.UnsupportedPicture},
	} {
		_, err := c.Predict(t.Context(), tt.picture, api.Options{})
		var own *api.Error
		if !errors.As(err, &own) || own.Code != tt.code {
			t.Errorf("%s: %v, want %s", name, err, tt.code)
		}
	}
	if _, err := c.Predict(t.Context(), jpegStart, api.Options{Format: "roboflow"}); err == nil {
		t.Error("Predict took a format that it can't read")
	}
}

func TestPredictForeignReplies(t *testing.T) {
	for _, body := range []string{``, `null`, `{}`, `[]`, `hello`, `{"detections":null}`, `{"detections":[{"box":[1.5,0,0,0]}]}`} {
		c := newClient(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, body) }, 0)
		if resp, err := c.Predict(t.Context(), jpegStart, api.Options{}); err == nil {
			t.Errorf("%q: no error but %+v", body, resp)
		}
	}
}

func TestReplyIsBounded(t *testing.T) {
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		chunk := make([]byte, 1<<20)
		for {
			if _, err := w.Write(chunk); err != nil {
				return // the client hung up, as it should
			}
		}
	}, 0)
	if _, err := c.PredictRaw(t.Context(), jpegStart, api.Options{}); err == nil || !strings.Contains(err.Error(), "6 MB") {
		t.Errorf("an endless reply: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	const good = "https://abc.lambda-url.eu-west-3.on.aws/"
	tests := []struct {
		name string
		cfg  Config
		text string
	}{
		{"neither", Config{}, "one of the two"},
		{"both", Config{URL: good, Stack: "s"}, "one of the two"},
		{"not a URL", Config{URL: "https://%zz"}, "URL"},
		{"no host", Config{URL: "https:///x"}, "not a function URL"},
		{"ftp", Config{URL: "ftp://a.b/"}, "not a function URL"},
		{"http elsewhere", Config{URL: "http://abc.lambda-url.eu-west-3.on.aws/"}, "plain http"},
		{"no region", Config{URL: "https://example.com/", AWS: &aws.Config{Credentials: testAWS().Credentials}}, "AWS_REGION"},
		{"stack without region", Config{Stack: "s", AWS: &aws.Config{}}, "AWS_REGION"},
		{"no credentials", Config{URL: good, AWS: &aws.Config{}}, "credentials"},
		{"no domain", Config{URL: good, Domain: "https://detect.example.org/"}, "not a domain"},
		{"a domain in the clear", Config{URL: "http://127.0.0.1:1/", Domain: "detect.example.org"}, "not a function URL that has the domain"},
		{"unsigned to a stack", Config{Stack: "s", Unsigned: true}, "public domain"},
		{"unsigned to a domain", Config{URL: good, Domain: "detect.example.org", Unsigned: true}, "public domain"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.cfg.AWS == nil {
				tt.cfg.AWS = testAWS()
			}
			if _, err := New(t.Context(), tt.cfg); err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("got %v, want %q", err, tt.text)
			}
		})
	}
}

func TestRegion(t *testing.T) {
	for rawURL, want := range map[string]string{
		"https://abc.lambda-url.eu-west-3.on.aws/":               "eu-west-3",
		"abc.lambda-url.us-gov-west-1.on.aws":                    "us-gov-west-1",
		"https://abc.lambda-url.cn-north-1.on.amazonaws.com.cn/": "cn-north-1",
		"https://detect.example.com":                             "eu-central-1", // the configuration's
		"http://127.0.0.1:9000/":                                 "eu-central-1",
		"http://localhost:9000":                                  "eu-central-1",
		"http://[::1]:9000":                                      "eu-central-1",
	} {
		c, err := New(t.Context(), Config{URL: rawURL, AWS: testAWS()})
		if err != nil {
			t.Errorf("%s: %v", rawURL, err)
		} else if c.region != want || c.url.Path != "/" {
			t.Errorf("%s: region %s, path %q; want %s and /", rawURL, c.region, c.url.Path, want)
		}
	}
}

func TestCredentialsThatFail(t *testing.T) {
	cfg := testAWS()
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("the SSO session has expired")
	})
	c, err := New(t.Context(), Config{URL: "http://127.0.0.1:1/", AWS: cfg})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Predict(t.Context(), jpegStart, api.Options{})
	if err == nil || !strings.Contains(err.Error(), "aws sso login") || !strings.Contains(err.Error(), "has expired") {
		t.Errorf("got %v", err)
	}
}

func TestStack(t *testing.T) {
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, err := url.ParseQuery(string(body))
		if err != nil || form.Get("Action") != "DescribeStacks" {
			t.Errorf("request %s", body)
		}
		output := "FunctionUrl"
		switch form.Get("StackName") {
		case "Other":
			output = "BucketName"
		case "Missing":
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id Missing does not exist</Message></Error></ErrorResponse>`)
			return
		}
		fmt.Fprintf(w, `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>s</StackName>
			<Outputs><member><OutputKey>%s</OutputKey><OutputValue>https://abc.lambda-url.eu-central-1.on.aws/</OutputValue></member></Outputs>
			</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`, output)
	}))
	defer endpoint.Close()
	cfg := testAWS()
	cfg.BaseEndpoint = &endpoint.URL
	c, err := New(t.Context(), Config{Stack: "yolambda", AWS: cfg})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.url.String(); got != "https://abc.lambda-url.eu-central-1.on.aws/" {
		t.Errorf("URL %s", got)
	}
	for stack, text := range map[string]string{"Other": "no output FunctionUrl", "Missing": "no stack Missing in region eu-central-1"} {
		if _, err := New(t.Context(), Config{Stack: stack, AWS: cfg}); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("stack %s: %v, want %q", stack, err, text)
		}
	}
}
