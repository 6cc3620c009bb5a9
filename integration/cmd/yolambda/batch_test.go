package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/integration/batch/batchtest"
)

// runBatch runs the command against f.
func runBatch(ctx context.Context, t *testing.T, f *batchtest.AWS, args ...string) (status int, out, errs string) {
	t.Helper()
	f.Serve(t)
	var o, e bytes.Buffer
	status = run(ctx, append([]string{"batch", "--poll=1ms"}, args...), &streams{in: strings.NewReader(""), out: &o, err: &e})
	return status, o.String(), e.String()
}

func TestBatch(t *testing.T) {
	f := &batchtest.AWS{Running: 2, End: "SUCCEEDED"}
	status, out, errs := runBatch(t.Context(), t, f, "--stack=yolambda", "--input=s3://photos/in/2026/", "--name=holidays",
		"--conf=0.5", "--classes=dog,cat", "--concurrency=5", "--batch-size=20", "--json")
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"execution": batchtest.ExecutionARN, "status": "SUCCEEDED", "pictures": 100., "failed": 10., "calls": 10., "seconds": 100.,
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
	if diff := cmp.Diff(input, f.Input); diff != "" {
		t.Errorf("input: %s", diff)
	}
}

func TestBatchSummaryAsText(t *testing.T) {
	f := &batchtest.AWS{End: "FAILED"}
	status, out, errs := runBatch(t.Context(), t, f, "--state-machine="+batchtest.MachineARN, "--input=s3://photos/in/")
	if status != exitFailed || !strings.Contains(errs, "FAILED: invalid_request no such option") {
		t.Errorf("status %d: %s", status, errs)
	}
	for _, want := range []string{"FAILED: 100 pictures in 10 calls, 10 failed, 1m40s\n", "Cost: at most $0.0"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
	if len(f.Input["options"].(map[string]any)) != 0 || len(f.Input) != 2 {
		t.Errorf("input %v", f.Input)
	}
}

func TestBatchOutput(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.jsonl")
	args := []string{"--state-machine=" + batchtest.MachineARN, "--input=s3://photos/in/", "-o", path}
	f := &batchtest.AWS{End: "SUCCEEDED", Output: true}
	if status, _, errs := runBatch(t.Context(), t, f, args...); status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n" {
		t.Errorf("wrote %q, %v", got, err)
	}
	f.Output = false
	if status, _, errs := runBatch(t.Context(), t, f, args...); status != exitFailed || !strings.Contains(errs, "does not say where") {
		t.Errorf("status %d: %s", status, errs)
	}
}

func TestBatchInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &batchtest.AWS{Running: 1_000_000, Looked: cancel}
	status, _, errs := runBatch(ctx, t, f, "--state-machine="+batchtest.MachineARN, "--input=s3://photos/in/")
	if status != exitFailed || !strings.Contains(errs, "stop-execution --execution-arn "+batchtest.ExecutionARN) {
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
			f := &batchtest.AWS{Taken: tt.taken, End: "SUCCEEDED"}
			status, out, errs := runBatch(t.Context(), t, f, tt.args...)
			if status != tt.status || out != "" || !strings.Contains(errs, tt.text) {
				t.Errorf("status %d, want %d and %q: %s", status, tt.status, tt.text, errs)
			}
		})
	}
}
