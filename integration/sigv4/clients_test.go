package sigv4

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// serve answers 200 to signed requests and 403 to others.
func serve(t *testing.T) (url string) {
	t.Helper()
	v := verifier()
	v.Now = time.Now
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if _, err := v.Verify(r, body); err != nil {
			t.Logf("%s %s: %v", r.Method, r.RequestURI, err)
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestBotocore(t *testing.T) {
	type testCase struct {
		Method  string            `json:"method"`
		Target  string            `json:"target"`
		Body    string            `json:"body,omitempty"`
		Headers map[string]string `json:"headers,omitempty"`
		Presign bool              `json:"presign,omitempty"`
		Token   bool              `json:"token,omitempty"`
		Secret  string            `json:"secret,omitempty"`
		want    string
	}
	cases := []testCase{
		{Method: "GET", Target: "/", want: "200"},
		{Method: "GET", Target: "/?conf=0.3&a=%C3%A4&a=&b", want: "200"},
		{Method: "GET", Target: "/a%20b//c/./d/../e/", want: "200"},
		{Method: "GET", Target: "/", Body: `{"image":"aGk="}`, want: "200"},
		{Method: "POST", Target: "/", Body: `{"image":"ä"}`, Headers: map[string]string{"Content-Type": "application/json", "X-Spaces": "a   b"}, want: "200"},
		{Method: "POST", Target: "/", Body: "x", Token: true, want: "200"},
		{Method: "POST", Target: "/", Body: "x", Secret: "wrong", want: "403"},
		{Method: "GET", Target: "/?conf=0.3", Presign: true, want: "200"},
		{Method: "GET", Target: "/?conf=0.3", Presign: true, Token: true, want: "200"},
		{Method: "GET", Target: "/?conf=0.3", Presign: true, Secret: "wrong", want: "403"},
	}
	python := yolotest.Python(t, "python")
	list, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	got, err := output(exec.Command(python, "testdata/botocore_client.py", serve(t), string(list)))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, c := range cases {
		want = append(want, c.want)
	}
	if diff := cmp.Diff(want, strings.Fields(got)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

func TestAwscurl(t *testing.T) {
	awscurl := yolotest.Python(t, "awscurl")
	url := serve(t)
	payload := filepath.Join(t.TempDir(), "payload.json")
	if err := os.WriteFile(payload, []byte(`{"image":"aGk="}`), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(secret string, args ...string) error {
		cmd := exec.Command(awscurl, append(args, "--service", "lambda", "--region", "eu-central-1", "--fail-with-body")...)
		cmd.Env = []string{"AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=" + secret, "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
		_, err := output(cmd)
		return err
	}
	if err := run("secret", "-X", "GET", "-d", "@"+payload, url); err != nil {
		t.Errorf("GET with a body: %v", err)
	}
	if err := run("secret", "-X", "POST", "-d", "@"+payload, url+"/?conf=0.3&imgsz=640"); err != nil {
		t.Errorf("POST with a query: %v", err)
	}
	if err := run("wrong", "-X", "GET", url); err == nil {
		t.Error("the wrong key passes")
	}
}

func TestCurl(t *testing.T) {
	curl := yolotest.Tool(t, "curl")
	if help, err := output(exec.Command(curl, "--help", "all")); err != nil || !strings.Contains(help, "--aws-sigv4") {
		yolotest.Missing(t, yolotest.Tools, "curl is too old for --aws-sigv4")
	}
	url := serve(t)
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"get", []string{"--user", "AKIDEXAMPLE:secret", url}, "200"},
		{"query", []string{"--user", "AKIDEXAMPLE:secret", url + "/?a=0.3&b=640"}, "200"},
		{"json", []string{"--user", "AKIDEXAMPLE:secret", "-H", "Content-Type: application/json", "-d", `{"conf":0.3}`, url}, "200"},
		{"get with a body", []string{"--user", "AKIDEXAMPLE:secret", "-X", "GET", "-d", `{"conf":0.3}`, url}, "200"},
		{"wrong key", []string{"--user", "AKIDEXAMPLE:wrong", url}, "403"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			args := append([]string{"--silent", "--show-error", "--aws-sigv4", "aws:amz:eu-central-1:lambda", "--write-out", "%{http_code}"}, test.args...)
			got, err := output(exec.Command(curl, args...))
			if err != nil || got != test.want {
				t.Errorf("status %q, %v, want %s", got, err, test.want)
			}
		})
	}
}

// output runs a command; its error has what the command wrote to stderr.
func output(cmd *exec.Cmd) (string, error) {
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(out), fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return string(out), err
}
