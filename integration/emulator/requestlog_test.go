package emulator

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// lines hands on what is written, a write at a time.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

// Each request has one line; that of a refused one says why.
func TestRequestLog(t *testing.T) {
	config := fakeConfig(t)
	requests := make(lines, 1)
	config.Requests = requests
	e := start(t, config)
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if IsAPI(r) {
			e.InvokeHandler().ServeHTTP(w, r)
			return
		}
		e.ServeHTTP(w, r)
	}))
	text := http.Header{"Content-Type": {"text/plain"}}
	answered := func(status, body string) []byte { return []byte(`{"statusCode":` + status + `,"body":` + body + `}`) }
	presigned := newRequest(t, "GET", url+"/echo?conf=0.5&X-Amz-Algorithm=none", nil, nil, time.Now(), developer)
	tests := []struct {
		name, want string
		request    *http.Request
	}{
		{"answered", `POST /reply\?conf=0.5  200  \d+ ms`,
			newRequest(t, "POST", url+"/reply?conf=0.5", answered("200", `"x"`), text, time.Now(), developer)},
		{"refused by the function", `POST /reply  415  \d+ ms  unsupported_picture: a PDF \[31m`,
			newRequest(t, "POST", url+"/reply", answered("415", `{"error":{"code":"unsupported_picture","message":"a PDF\u001b[31m"}}`), text, time.Now(), developer)},
		{"failed", `POST /panic  502  \d+ ms  string: on purpose`, newRequest(t, "POST", url+"/panic", nil, text, time.Now(), developer)},
		{"crashed", `POST /exit  502  \d+ ms  Runtime\.ExitError: RequestId: \S+ Error: Runtime exited with error: exit status \d+`,
			newRequest(t, "POST", url+"/exit", nil, text, time.Now(), developer)},
		{"no answer that is one", `POST /reply  502  \d+ ms  no response can be made of what the function answered: .+`,
			newRequest(t, "POST", url+"/reply", answered(`"x"`, `"x"`), text, time.Now(), developer)},
		{"signed by a stranger", `POST /reply  403  \d+ ms  access key "AKIDOTHER" is unknown`,
			newRequest(t, "POST", url+"/reply", nil, text, time.Now(), aws.Credentials{AccessKeyID: "AKIDOTHER", SecretAccessKey: "x"})},
		{"signed long ago", `POST /reply  403  \d+ ms  signature of \S+ is 1h\d+m\d+s old by the clock of this machine, 5m0s are allowed`,
			newRequest(t, "POST", url+"/reply", nil, text, time.Now().Add(-time.Hour), developer)},
		{"signed twice", `GET /echo\?conf=0.5  403  \d+ ms  request is signed twice.*`, presigned},
		{"Invoke", `POST /2015-03-31/functions/yolambda/invocations  200  \d+ ms`,
			newRequest(t, "POST", url+"/2015-03-31/functions/yolambda/invocations", []byte("{}"), text, time.Now(), developer)},
		{"Invoke that fails", `POST /2015-03-31/functions/yolambda/invocations  200  \d+ ms  string: on purpose`,
			newRequest(t, "POST", url+"/2015-03-31/functions/yolambda/invocations", []byte(`{"do":"panic"}`), text, time.Now(), developer)},
		{"another operation", `GET /2015-03-31/functions  404  \d+ ms  The emulator serves Invoke and InvokeWithResponseStream, not GET /2015-03-31/functions`,
			newRequest(t, "GET", url+"/2015-03-31/functions", nil, nil, time.Now(), developer)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			send(t, tt.request)
			got := <-requests
			if !regexp.MustCompile(`^\d\d:\d\d:\d\d  ` + tt.want + "\n$").MatchString(got) {
				t.Errorf("%q, want %s", got, tt.want)
			}
		})
	}
	if log := config.Log.(*buffer).String(); strings.Contains(log, "Refused") {
		t.Errorf("reasons are in both logs:\n%s", log)
	}
}
