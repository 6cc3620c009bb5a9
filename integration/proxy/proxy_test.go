package proxy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/sigv4"
)

// newProxy makes a proxy before a function that the handler plays.
func newProxy(t *testing.T, function http.HandlerFunc, options ...Option) *httptest.Server {
	t.Helper()
	behind := httptest.NewServer(function)
	t.Cleanup(behind.Close)
	cfg := aws.Config{
		Region:      "eu-central-1",
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "token"),
	}
	c, err := client.New(t.Context(), client.Config{URL: behind.URL, AWS: &cfg, Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(New(c, options...))
	t.Cleanup(front.Close)
	return front
}

func quiet(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"detections":[]}`) }

// send makes a request of its parts and returns the reply.
func send(t *testing.T, method, url, body string, headers map[string]string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(reply)
}

// What the function gets is signed, and has the picture and the options as the
// page sent them; what the page gets has no trace of a key.
func TestSigns(t *testing.T) {
	verifier := sigv4.Verifier{
		Region: "eu-central-1", Service: "lambda",
		Credentials: func(id string) (sigv4.Secret, bool) {
			return sigv4.Secret{Key: "secret", SessionToken: "token"}, id == "AKIDEXAMPLE"
		},
	}
	front := newProxy(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if _, err := verifier.Verify(r, body); err != nil {
			t.Errorf("signature: %v", err)
		}
		fmt.Fprintf(w, `{"method":%q,"query":%q,"body":%q}`, r.Method, r.URL.RawQuery, body)
	})
	for _, tt := range []struct{ method, path, body, want string }{
		{"POST", "/api/predict?conf=0.05&iou_thres=0.5&model=a%26b", "picture",
			`{"method":"POST","query":"conf_thres=0.05&iou_thres=0.5&model=a%26b","body":"picture"}`},
		{"GET", "/api/model", "", `{"method":"GET","query":"","body":""}`},
		{"GET", "/api/model?model=b", "", `{"method":"GET","query":"model=b","body":""}`},
		{"POST", "/?conf=0.05&iou_thres=0.5", "picture", `{"method":"POST","query":"conf=0.05&iou_thres=0.5","body":"picture"}`},
		{"GET", "/openapi.json", "", `{"method":"GET","query":"","body":""}`},
	} {
		status, header, got := send(t, tt.method, front.URL+tt.path, tt.body, nil)
		if status != http.StatusOK || got != tt.want {
			t.Errorf("%s %s: %d %s, want %s", tt.method, tt.path, status, got, tt.want)
		}
		if all := fmt.Sprint(header, got); strings.Contains(all, "AKID") || strings.Contains(all, "token") {
			t.Errorf("%s %s tells a key: %s", tt.method, tt.path, all)
		}
	}
	_, _, got := send(t, "GET", front.URL+"/api/endpoint", "", nil)
	var endpoint struct {
		URL, Region string
		MaxPicture  int `json:"max_picture"`
	}
	if err := json.Unmarshal([]byte(got), &endpoint); err != nil || endpoint.Region != "eu-central-1" ||
		!strings.HasPrefix(endpoint.URL, "http://127.0.0.1:") || endpoint.MaxPicture != client.MaxPicture {
		t.Errorf("endpoint %s, %v", got, err)
	}
}

// The query of the page is read as the function reads its own: a name given twice is a list, and
// two of an option's names are refused, whichever comes first.
func TestPredictQuery(t *testing.T) {
	front := newProxy(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"query":%q}`, r.URL.RawQuery)
	})
	for _, tt := range []struct {
		query  string
		status int
		want   string
	}{
		{"classes=person&classes=dog", 200, `{"query":"classes=person%2Cdog"}`},
		{"conf=0.9&conf_thres=0.1", 400, `{"error":{"code":"invalid_request","message":"option conf_thres is given twice, as conf and as conf_thres"}}`},
		{"zoom=1&conf=2", 400, `{"error":{"code":"invalid_request","message":"option conf: \"2\" is not a number from 0 to 1"}}`},
		{"conf=%zz", 400, `{"error":{"code":"invalid_request","message":"query string: invalid URL escape \"%zz\""}}`},
	} {
		for range 20 { // whatever the order of a map is
			status, _, got := send(t, "POST", front.URL+"/api/predict?"+tt.query, "picture", nil)
			if status != tt.status || got != tt.want {
				t.Fatalf("%s: %d %s, want %d %s", tt.query, status, got, tt.status, tt.want)
			}
		}
	}
}

// A key reaches the page only where it is no secret.
func TestDevelopmentKey(t *testing.T) {
	if _, _, got := send(t, "GET", newProxy(t, quiet).URL+"/api/endpoint", "", nil); strings.Contains(got, "key") || strings.Contains(got, "secret") {
		t.Errorf("it tells %s", got)
	}
	front := newProxy(t, quiet, WithDevelopmentKey(Key{"AKIDDEV", "known"}))
	if _, _, got := send(t, "GET", front.URL+"/api/endpoint", "", nil); !strings.Contains(got, `"development_key":{"id":"AKIDDEV","secret":"known"}`) {
		t.Errorf("it tells %s", got)
	}
}

// Only the proxy's own page, and programs that are not browsers, are served.
func TestGuard(t *testing.T) {
	front := newProxy(t, quiet)
	port := front.URL[strings.LastIndex(front.URL, ":"):]
	own := "http://127.0.0.1" + port
	for _, tt := range []struct {
		name, method, path string
		headers            map[string]string
		want               int
	}{
		{"a program", "POST", "/api/predict", nil, 200},
		{"the page", "POST", "/api/predict", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": own}, 200},
		{"the page, by name", "POST", "/api/predict", map[string]string{"Host": "localhost" + port, "Origin": "http://localhost" + port}, 200},
		{"the page, by IPv6", "GET", "/api/endpoint", map[string]string{"Host": "[::1]" + port}, 200},
		{"the address typed in", "GET", "/", map[string]string{"Sec-Fetch-Site": "none"}, 200},
		{"the API typed in", "GET", "/openapi.json", map[string]string{"Sec-Fetch-Site": "none"}, 200},
		{"a link to the page", "GET", "/", map[string]string{"Sec-Fetch-Site": "cross-site"}, 200},

		{"a name rebound to this machine", "GET", "/", map[string]string{"Host": "evil.example" + port}, 421},
		{"the same, to the API", "POST", "/api/predict", map[string]string{"Host": "evil.example" + port, "Origin": "http://evil.example" + port, "Sec-Fetch-Site": "same-origin"}, 421},
		{"another port's name", "GET", "/api/endpoint", map[string]string{"Host": "127.0.0.1:1"}, 421},
		{"no port", "GET", "/api/endpoint", map[string]string{"Host": "127.0.0.1"}, 421},
		{"another site", "POST", "/api/predict", map[string]string{"Origin": "https://evil.example"}, 403},
		{"another site, by fetch metadata", "GET", "/api/model", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"another port of this machine", "POST", "/api/predict", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"}, 403},
		{"a sandboxed frame", "POST", "/api/predict", map[string]string{"Origin": "null"}, 403},
		{"another site, to what is passed on", "GET", "/openapi.json", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"another site, for the function's JSON", "GET", "/", map[string]string{"Sec-Fetch-Site": "cross-site", "Accept": "application/json"}, 403},
		{"a form sent by an address typed in", "POST", "/", map[string]string{"Sec-Fetch-Site": "none"}, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := ""
			if tt.method == "POST" {
				body = "picture"
			}
			if got, _, reply := send(t, tt.method, front.URL+tt.path, body, tt.headers); got != tt.want {
				t.Errorf("status %d, want %d: %s", got, tt.want, reply)
			}
		})
	}
}

// Every failure has the function's own form of an error.
func TestFailures(t *testing.T) {
	front := newProxy(t, func(w http.ResponseWriter, r *http.Request) {
		switch body, _ := io.ReadAll(r.Body); string(body) {
		case "broken":
			w.WriteHeader(http.StatusUnprocessableEntity)
			io.WriteString(w, `{"error":{"code":"broken_picture","message":"it ends early"}}`)
		case "forbidden":
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `{"Message":"Forbidden"}`)
		case "throttled":
			w.WriteHeader(http.StatusTooManyRequests)
		case "gone":
			panic(http.ErrAbortHandler)
		}
	})
	for _, tt := range []struct {
		name, path, body string
		status           int
		code             string
	}{
		{"the function's refusal", "/api/predict", "broken", 422, "broken_picture"},
		{"AWS's refusal", "/api/predict", "forbidden", 403, "forbidden"},
		{"no instance is free", "/api/predict", "throttled", 429, "throttled"},
		{"no answer", "/api/predict", "gone", 502, "unreachable"},
		{"unknown option", "/api/predict?color=red", "x", 400, "invalid_request"},
		{"option out of range", "/api/predict?conf=2", "x", 400, "invalid_request"},
		{"no picture", "/api/predict", "", 400, "invalid_request"},
		{"picture too large", "/api/predict", "\xff\xd8\xff" + strings.Repeat("x", client.MaxPicture), 413, "too_large"},
		{"too large", "/api/predict", strings.Repeat("x", maxBody+1), 413, "too_large"},
	} {
		for _, accept := range []string{"application/json", progressType} {
			t.Run(tt.name+" as "+accept, func(t *testing.T) {
				status, header, reply := send(t, "POST", front.URL+tt.path, tt.body, map[string]string{"Accept": accept})
				if header.Get("Content-Type") == progressType {
					status, reply = lastLine(t, reply)
				}
				var body struct {
					Error struct{ Code, Message string }
				}
				if err := json.Unmarshal([]byte(reply), &body); err != nil {
					t.Fatalf("%v in %q", err, reply)
				}
				if status != tt.status || body.Error.Code != tt.code || body.Error.Message == "" {
					t.Errorf("%d %s, want %d %s", status, reply, tt.status, tt.code)
				}
			})
		}
	}
}

// lastLine reads the end of a stream of progress.
func lastLine(t *testing.T, stream string) (status int, body string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(stream), "\n")
	var last struct {
		Status int
		Body   json.RawMessage
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		t.Fatalf("%v in %q", err, stream)
	}
	return last.Status, string(last.Body)
}

// A picture whose upload takes long is reported on as it goes.
func TestProgress(t *testing.T) {
	const total = 4 << 20
	seen := make(chan struct{})
	front := newProxy(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadFull(r.Body, make([]byte, total/2)); err != nil {
			t.Error(err)
		}
		<-seen // go on when the caller has heard of the first half
		io.Copy(io.Discard, r.Body)
		quiet(w, r)
	})
	r, err := http.NewRequestWithContext(t.Context(), "POST", front.URL+"/api/predict", bytes.NewReader(make([]byte, total)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", progressType)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := json.NewDecoder(resp.Body)
	var first struct{ Sent, Total int }
	if err := lines.Decode(&first); err != nil {
		t.Fatal(err)
	}
	if first.Sent < 1 || first.Sent > total || first.Total != total {
		t.Errorf("first line %+v", first)
	}
	close(seen)
	rest, err := io.ReadAll(io.MultiReader(lines.Buffered(), resp.Body))
	if err != nil {
		t.Fatal(err)
	}
	if status, body := lastLine(t, string(rest)); status != 200 || body != `{"detections":[]}` {
		t.Errorf("last line %d %s", status, body)
	}
}

// The drawn picture is passed on as what it is.
func TestPictureReply(t *testing.T) {
	front := newProxy(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "\xff\xd8\xff\xe0 drawn") })
	for _, accept := range []string{"image/jpeg", progressType} {
		_, header, body := send(t, "POST", front.URL+"/api/predict?format=image", "picture", map[string]string{"Accept": accept})
		if header.Get("Content-Type") != "image/jpeg" || body != "\xff\xd8\xff\xe0 drawn" {
			t.Errorf("accepting %s: %s %q", accept, header.Get("Content-Type"), body)
		}
	}
}

func TestStart(t *testing.T) {
	cfg := aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("A", "B", "")}
	c, err := client.New(context.Background(), client.Config{URL: "http://127.0.0.1:1", AWS: &cfg})
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range []string{"0.0.0.0:0", "192.0.2.1:0", ":0", "example.org:0", "127.0.0.1"} {
		if s, err := Start(addr, c); err == nil {
			s.Close()
			t.Errorf("%s: it listens", addr)
		}
	}
	for _, addr := range []string{"127.0.0.1:0", "localhost:0"} {
		s, err := Start(addr, c)
		if err != nil {
			t.Errorf("%s: %v", addr, err)
			continue
		}
		if status, _, body := send(t, "GET", s.URL, "", nil); status != 200 || !strings.Contains(body, "<title>YOLambda</title>") {
			t.Errorf("%s: %d %.60s", addr, status, body)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A stream of progress ends with a line whatever the reply is: a picture may be asked for in the body.
func TestProgressOfPicture(t *testing.T) {
	front := newProxy(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "\xff\xd8\xff\xe0 drawn") })
	_, _, stream := send(t, "POST", front.URL+"/api/predict", `{"image":"aGk=","format":"image"}`, map[string]string{"Accept": progressType})
	if status, body := lastLine(t, stream); status != 400 || !strings.Contains(body, "is not JSON") {
		t.Errorf("last line %d %s", status, body)
	}
}
