package batch

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/integration/batch/batchtest"
	"github.com/yolambda/yolambda/lambda/api"
)

// open opens the state machine of f.
func open(t *testing.T, f *batchtest.AWS) *Machine {
	t.Helper()
	f.Serve(t)
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m, err := Open(t.Context(), cfg, batchtest.MachineARN)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBatch(t *testing.T) {
	f := &batchtest.AWS{Running: 2, End: "SUCCEEDED", Output: true}
	m := open(t, f)
	if m.Pictures != "photos" || m.Results != "results" {
		t.Errorf("buckets %s and %s", m.Pictures, m.Results)
	}
	conf := 0.5
	execution, err := m.Start(t.Context(), Job{
		Name: "holidays", Prefix: "in/2026/", Options: api.Options{Conf: &conf}, Concurrency: 5, Size: 20,
	})
	if err != nil || execution != batchtest.ExecutionARN {
		t.Fatalf("execution %s, %v", execution, err)
	}
	input := map[string]any{
		"prefix": "in/2026/", "maxConcurrency": 5., "batchSize": 20., "options": map[string]any{"conf_thres": 0.5},
	}
	if d := cmp.Diff(input, f.Input); d != "" {
		t.Errorf("input: %s", d)
	}
	looks := 0
	s, err := m.Watch(t.Context(), execution, time.Millisecond, func(s Summary) {
		looks++
		if s.Done != 100 || s.Pictures != 100 || s.Failed != 10 {
			t.Errorf("on the way: %+v", s)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if looks != 2 || s.Err() != nil || s.Calls != 10 || s.Results != "s3://results/results/batch/holidays/" {
		t.Errorf("after %d looks %+v, %v", looks, s, s.Err())
	}
	// 5 at once for 100 s with 2 GB, and 10 calls.
	if want := 1000*0.0000133334 + 10*0.2e-6; s.Cost == nil || math.Abs(s.Cost.Lambda-want) > 1e-9 {
		t.Errorf("cost %+v, want %g", s.Cost, want)
	}
	path := filepath.Join(t.TempDir(), "out.jsonl")
	if err := m.Download(t.Context(), s, path); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n" {
		t.Errorf("downloaded %q, %v", got, err)
	}
}

// What is left out, the state machine fills in.
// A batch leaves half of what the function can run to callers of its URL.
func TestFit(t *testing.T) {
	for _, tt := range []struct {
		quota, reserved, asked, want int
		refused                      string
	}{
		{quota: 1000, want: 100},
		{quota: 10, want: 5},
		{quota: 1, want: 1},
		{quota: 10, reserved: 6, want: 3},
		{quota: 0, want: 0}, // not told
		{quota: 0, asked: 500, want: 500},
		{quota: 10, asked: 10, want: 10},
		{quota: 10, asked: 11, refused: "the 10 of the account's quota"},
		{quota: 1000, reserved: 20, asked: 21, refused: "the 20 of the function's reservedConcurrency"},
	} {
		m := open(t, &batchtest.AWS{Quota: tt.quota, Reserved: tt.reserved})
		got, err := m.Fit(t.Context(), tt.asked)
		if got != tt.want || (err == nil) != (tt.refused == "") || err != nil && !strings.Contains(err.Error(), tt.refused) {
			t.Errorf("%+v: got %d, %v", tt, got, err)
		}
	}
}

func TestJobInput(t *testing.T) {
	got, err := Job{Prefix: "in/"}.input()
	if want := `{"options":{},"prefix":"in/"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestFailures(t *testing.T) {
	f := &batchtest.AWS{End: "FAILED", Taken: true}
	m := open(t, f)
	if _, err := m.Start(t.Context(), Job{Name: "holidays"}); !errors.Is(err, ErrNameTaken) {
		t.Errorf("a name that is taken: %v", err)
	}
	s, err := m.Watch(t.Context(), batchtest.ExecutionARN, time.Millisecond, func(Summary) {})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Err(); err == nil || !strings.Contains(err.Error(), "FAILED: invalid_request no such option") {
		t.Errorf("a failed batch: %v", err)
	}
	if err := m.Download(t.Context(), s, filepath.Join(t.TempDir(), "out")); err == nil || !strings.Contains(err.Error(), "where they are") {
		t.Errorf("results that are nowhere: %v", err)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := open(t, &batchtest.AWS{Running: 1_000_000, Looked: cancel})
	if _, err := m.Watch(ctx, batchtest.ExecutionARN, time.Millisecond, func(Summary) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// An upper bound: as many calls as can be at once, all the time.
func TestCost(t *testing.T) {
	s := Summary{Calls: 10, Seconds: 100, concurrency: 1000}
	got := estimateCost("us-east-1", "arm64", 1024, s)
	if want := 10*100*0.0000133334 + 10*0.2e-6; math.Abs(got.Lambda-want) > 1e-12 {
		t.Errorf("Lambda %g, want %g", got.Lambda, want)
	}
	if want := 13*25e-6 + 10*1e-6 + 1000*64./1024*0.00001667; math.Abs(got.StepFunctions-want) > 1e-12 {
		t.Errorf("Step Functions %g, want %g", got.StepFunctions, want)
	}
	if of := estimateCost("mars-1", "arm64", 1024, s); of.Region != "us-east-1" {
		t.Errorf("prices of %s", of.Region)
	}
}
