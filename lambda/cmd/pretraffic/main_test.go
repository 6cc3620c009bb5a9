package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/yolambda/yolambda/lambda/api"
)

// known is an answer with a thing that is sure, and one that is not.
const known = `{"detections":[{"box":[10,20,110,120],"conf":0.9,"cls":"cat"},{"box":[0,0,5,5],"conf":0.4,"cls":"cup"}],"model":"coco","task":"detect"}`

// CodeDeploy is told to go on where the new version sees what it should, and to stop
// whatever else it does.
func TestHook(t *testing.T) {
	for name, tt := range map[string]struct {
		reply  string
		failed bool // the function
		status int
		want   string
	}{
		"the same":         {reply: known, status: 200, want: "Succeeded"},
		"nearly the same":  {reply: `{"detections":[{"box":[14,22,112,118],"conf":0.6,"cls":"cat"}],"task":"detect"}`, status: 200, want: "Succeeded"},
		"moved away":       {reply: `{"detections":[{"box":[80,90,180,190],"conf":0.9,"cls":"cat"}],"task":"detect"}`, status: 200, want: "Failed"},
		"another class":    {reply: `{"detections":[{"box":[10,20,110,120],"conf":0.9,"cls":"dog"}],"task":"detect"}`, status: 200, want: "Failed"},
		"nothing":          {reply: `{"detections":[],"task":"detect"}`, status: 200, want: "Failed"},
		"another task":     {reply: `{"detections":[],"classification":[{"cls":"cat"}],"task":"classify"}`, status: 200, want: "Failed"},
		"an error":         {reply: `{"error":{"code":"invalid_request","message":"no such model"}}`, status: 200, want: "Failed"},
		"no JSON":          {reply: `hello`, status: 200, want: "Failed"},
		"a crash":          {reply: `{"errorType":"Runtime.ExitError"}`, failed: true, status: 200, want: "Failed"},
		"may not be asked": {reply: `{}`, status: 403, want: "Failed"},
	} {
		t.Run(name, func(t *testing.T) {
			told := ""
			var asked struct {
				Image []byte
				Model string
			}
			h := hookOf(t, `[{"picture":"cat.jpg","image":"aGVsbG8=","answer":`+known+`}]`, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if strings.HasSuffix(r.URL.Path, "/invocations") {
					if err := json.Unmarshal(body, &asked); err != nil || !strings.Contains(r.URL.Path, ":7/") && !strings.Contains(r.URL.Path, "%3A7/") {
						t.Errorf("%s: %v", r.URL, err)
					}
					if tt.failed {
						w.Header().Set("X-Amz-Function-Error", "Unhandled")
					}
					w.WriteHeader(tt.status)
					io.WriteString(w, tt.reply)
					return
				}
				var status struct{ DeploymentID, LifecycleEventHookExecutionID, Status string }
				if json.Unmarshal(body, &status) != nil || status.DeploymentID != "d-1" || status.LifecycleEventHookExecutionID != "h-1" {
					t.Errorf("%s: %s", r.Header.Get("X-Amz-Target"), body)
				}
				told = status.Status
				io.WriteString(w, `{}`)
			})
			if err := h.handle(t.Context(), lifecycleEvent{"d-1", "h-1"}); err != nil {
				t.Fatal(err)
			}
			if told != tt.want {
				t.Errorf("told %q, want %q", told, tt.want)
			}
			if string(asked.Image) != "hello" || asked.Model != "coco" {
				t.Errorf("asked about %q with model %q", asked.Image, asked.Model)
			}
		})
	}
}

// Nothing to ask is no reason to go on, and what CodeDeploy does not hear is an error.
func TestHookWithoutChecks(t *testing.T) {
	for _, checks := range []string{`[]`, `{`} {
		told := ""
		h := hookOf(t, checks, func(w http.ResponseWriter, r *http.Request) {
			var status struct{ Status string }
			json.NewDecoder(r.Body).Decode(&status)
			told = status.Status
			io.WriteString(w, `{}`)
		})
		if err := h.handle(t.Context(), lifecycleEvent{}); err != nil || told != "Failed" {
			t.Errorf("%s: told %q, %v", checks, told, err)
		}
	}
	h := hookOf(t, `[]`, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	if err := h.handle(t.Context(), lifecycleEvent{}); err == nil {
		t.Error("no error where CodeDeploy does not listen")
	}
}

func TestCompareClassification(t *testing.T) {
	c := check{Answer: api.Response{Task: "classify", Classification: []api.Class{{Cls: "cat"}, {Cls: "dog"}}}}
	for reply, right := range map[string]bool{
		`{"task":"classify","classification":[{"cls":"cat"}]}`:               true,
		`{"task":"classify","classification":[{"cls":"dog"},{"cls":"cat"}]}`: false,
		`{"task":"classify"}`: false,
	} {
		if err := c.compare([]byte(reply)); (err == nil) != right {
			t.Errorf("%s: %v", reply, err)
		}
	}
}

// hookOf is a hook for version 7 with these checks, whose AWS is the handler.
func hookOf(t *testing.T, checks string, answers http.HandlerFunc) *hook {
	t.Helper()
	server := httptest.NewServer(answers)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "checks.json"), []byte(checks), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LAMBDA_TASK_ROOT", dir)
	t.Setenv("YOLAMBDA_NEW_VERSION", "arn:aws:lambda:us-east-1:111122223333:function:yolambda:7")
	return newHook(aws.Config{
		Region: "us-east-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	})
}
