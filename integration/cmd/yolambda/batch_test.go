package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	machineARN   = "arn:aws:states:us-east-1:111122223333:stateMachine:yolambda-batch"
	executionARN = "arn:aws:states:us-east-1:111122223333:execution:yolambda-batch:holidays"
)

// fakeAWS answers the calls of a batch. The execution runs for as many looks as
// running says and then ends as end.
type fakeAWS struct {
	running int
	end     string
	output  bool               // whether the execution tells where the results are
	taken   bool               // the name
	input   map[string]any     // of the execution
	looked  context.CancelFunc // called at each look, if set
}

func (f *fakeAWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path { // S3
	case "/results/results/batch/holidays/run/manifest.json":
		io.WriteString(w, `{"DestinationBucket":"results","ResultFiles":{"FAILED":[{"Key":"failed"}],"PENDING":[],
			"SUCCEEDED":[{"Key":"results/batch/holidays/run/SUCCEEDED_0.jsonl","Size":14},{"Key":"results/batch/holidays/run/SUCCEEDED_1.jsonl","Size":14}]}}`)
		return
	case "/results/results/batch/holidays/run/SUCCEEDED_0.jsonl":
		io.WriteString(w, "{\"a\":1}\n{\"a\":2}\n")
		return
	case "/results/results/batch/holidays/run/SUCCEEDED_1.jsonl":
		io.WriteString(w, "{\"a\":3}\n")
		return
	}
	if strings.Contains(r.URL.Path, "/functions/") {
		io.WriteString(w, `{"MemorySize":2048,"Architectures":["arm64"]}`)
		return
	}
	if r.Header.Get("X-Amz-Target") == "" { // CloudFormation
		fmt.Fprintf(w, `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><Outputs><member><OutputKey>BatchStateMachineArn</OutputKey>
			<OutputValue>%s</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`, machineARN)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	switch operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AWSStepFunctions."); operation {
	case "DescribeStateMachine":
		definition, err := os.ReadFile("../../../infra/batch.asl.json")
		if err != nil {
			panic(err)
		}
		text := strings.NewReplacer("${PicturesBucket}", "photos", "${ResultsBucket}", "results",
			"${Alias}", "arn:aws:lambda:us-east-1:111122223333:function:yolambda:live").Replace(string(definition))
		json.NewEncoder(w).Encode(map[string]any{"stateMachineArn": machineARN, "definition": text})
	case "StartExecution":
		if f.taken {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"__type":"ExecutionAlreadyExists","message":"taken"}`)
			return
		}
		var request struct{ Input string }
		if json.NewDecoder(r.Body).Decode(&request) != nil || json.Unmarshal([]byte(request.Input), &f.input) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, `{"executionArn":%q,"startDate":1000}`, executionARN)
	case "DescribeExecution":
		answer := map[string]any{"executionArn": executionARN, "status": f.end, "startDate": 1000, "stopDate": 1100}
		if f.running--; f.running >= 0 {
			answer["status"] = "RUNNING"
		}
		if f.end == "FAILED" {
			answer["error"], answer["cause"] = "invalid_request", "no such option"
		}
		if f.output {
			answer["output"] = `{"MapRunArn":"run","ResultWriterDetails":{"Bucket":"results","Key":"results/batch/holidays/run/manifest.json"}}`
		}
		json.NewEncoder(w).Encode(answer)
	case "ListMapRuns":
		io.WriteString(w, `{"mapRuns":[{"mapRunArn":"run"}]}`)
	case "DescribeMapRun":
		if f.looked != nil {
			f.looked()
		}
		io.WriteString(w, `{"maxConcurrency":5,"itemCounts":{"total":100,"succeeded":90,"failed":7,"aborted":2,"timedOut":1},"executionCounts":{"total":10}}`)
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
}

// batch runs the command against f.
func (f *fakeAWS) batch(ctx context.Context, t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	var o, e bytes.Buffer
	status = run(ctx, append([]string{"batch", "--poll=1ms"}, args...), &streams{in: strings.NewReader(""), out: &o, err: &e})
	return status, o.String(), e.String()
}

func TestBatch(t *testing.T) {
	f := &fakeAWS{running: 2, end: "SUCCEEDED"}
	status, out, errs := f.batch(t.Context(), t, "--stack=yolambda", "--input=s3://photos/in/2026/", "--name=holidays",
		"--conf=0.5", "--classes=dog,cat", "--concurrency=5", "--batch-size=20", "--json")
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"execution": executionARN, "status": "SUCCEEDED", "pictures": 100., "failed": 10., "calls": 10., "seconds": 100.,
		"results": "s3://results/results/batch/holidays/",
	}
	cost := got["cost_at_most"].(map[string]any)
	delete(got, "cost_at_most")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// 5 at once for 100 s with 2 GB, and 10 calls.
	if usd := cost["lambda_usd"].(float64); math.Abs(usd-(1000*0.0000133334+10*0.2e-6)) > 1e-9 {
		t.Errorf("cost %v", cost)
	}
	input := map[string]any{
		"prefix": "in/2026/", "maxConcurrency": 5., "batchSize": 20.,
		"options": map[string]any{"conf_thres": 0.5, "classes": []any{"dog", "cat"}},
	}
	if diff := cmp.Diff(input, f.input); diff != "" {
		t.Errorf("input: %s", diff)
	}
}

func TestBatchSummaryAsText(t *testing.T) {
	f := &fakeAWS{end: "FAILED"}
	status, out, errs := f.batch(t.Context(), t, "--state-machine="+machineARN, "--input=s3://photos/in/")
	if status != exitFailed || !strings.Contains(errs, "FAILED: invalid_request no such option") {
		t.Errorf("status %d: %s", status, errs)
	}
	for _, want := range []string{"FAILED: 100 pictures in 10 calls, 10 failed, 1m40s\n", "Cost: at most $0.0"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
	if len(f.input["options"].(map[string]any)) != 0 || len(f.input) != 2 {
		t.Errorf("input %v", f.input)
	}
}

func TestBatchOutput(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.jsonl")
	args := []string{"--state-machine=" + machineARN, "--input=s3://photos/in/", "-o", path}
	f := &fakeAWS{end: "SUCCEEDED", output: true}
	if status, _, errs := f.batch(t.Context(), t, args...); status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n" {
		t.Errorf("wrote %q, %v", got, err)
	}
	f.output = false
	if status, _, errs := f.batch(t.Context(), t, args...); status != exitFailed || !strings.Contains(errs, "does not tell where") {
		t.Errorf("status %d: %s", status, errs)
	}
}

func TestBatchInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &fakeAWS{running: 1_000_000, looked: cancel}
	status, _, errs := f.batch(ctx, t, "--state-machine="+machineARN, "--input=s3://photos/in/")
	if status != exitFailed || !strings.Contains(errs, "stop-execution --execution-arn "+executionARN) {
		t.Errorf("status %d: %s", status, errs)
	}
}

func TestBatchRefused(t *testing.T) {
	tests := []struct {
		name   string
		args   []string
		taken  bool
		status int
		text   string
	}{
		{"no stack", []string{"--input=s3://photos/"}, false, exitUsage, "--stack"},
		{"no pictures", []string{"--stack=s"}, false, exitUsage, "--input"},
		{"not S3", []string{"--stack=s", "--input=photos/"}, false, exitUsage, "s3://BUCKET/PREFIX"},
		{"option", []string{"--stack=s", "--input=s3://photos/", "--conf=2"}, false, exitUsage, "0 to 1"},
		{"batch size", []string{"--stack=s", "--input=s3://photos/", "--batch-size=65"}, false, exitUsage, "1 to 64"},
		{"concurrency", []string{"--stack=s", "--input=s3://photos/", "--concurrency=-1"}, false, exitUsage, "10000"},
		{"other bucket", []string{"--stack=s", "--input=s3://else/"}, false, exitUsage, "reads the bucket photos"},
		{"name taken", []string{"--stack=s", "--input=s3://photos/", "--name=a"}, true, exitFailed, "choose another --name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &fakeAWS{taken: tt.taken, end: "SUCCEEDED"}
			status, out, errs := f.batch(t.Context(), t, tt.args...)
			if status != tt.status || out != "" || !strings.Contains(errs, tt.text) {
				t.Errorf("status %d, want %d and %q: %s", status, tt.status, tt.text, errs)
			}
		})
	}
}
