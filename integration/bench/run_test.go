package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

// deployed is a function that answers each request as handle says.
func deployed(t *testing.T, handle http.HandlerFunc) *client.Client {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	c, err := client.New(t.Context(), client.Config{URL: server.URL, Retries: NoRetries, AWS: &aws.Config{
		Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const answer = `{"detections":[{"box":[1,2,3,4],"conf":0.5,"cls":"a","cls_id":0}],"cold_start":false,"request_id":"r",
	"speed":{"parse":1,"decode":2,"preprocess":3,"inference":30,"postprocess":4,"head":1,"nms":2}}`

func TestRun(t *testing.T) {
	var sent atomic.Int32
	c := deployed(t, func(w http.ResponseWriter, r *http.Request) {
		text := answer
		if sent.Add(1) == 1 {
			text = strings.Replace(text, `"cold_start":false`, `"cold_start":true`, 1)
		}
		io.WriteString(w, text)
	})
	requests := []Request{
		NewRequest("a.jpg", "raw", []byte("picture"), api.Options{}),
		NewRequest("a.jpg", "json", []byte("picture"), api.Options{}),
	}
	report, err := Run(t.Context(), Config{Deployed: c, Requests: 6, Concurrency: 2, MemoryMB: 2048, Architecture: "arm64"}, requests)
	if err != nil {
		t.Fatal(err)
	}
	if n := sent.Load(); n != 2*(2+6) {
		t.Errorf("%d requests, want 6 and 2 to warm up, for each of 2", n)
	}
	raw, inJSON := report.Series[0], report.Series[1]
	if raw.ColdStarts != 1 || inJSON.ColdStarts != 0 || raw.Failed != 0 || raw.Detections != 1 || raw.Bytes != len("picture") || inJSON.Bytes <= raw.Bytes {
		t.Errorf("series %+v and %+v", raw, inJSON)
	}
	if got := raw.MS["inference"]; got != (Percentiles{30, 30, 30, 30}) {
		t.Errorf("inference %+v", got)
	}
	// The function said that it was busy for 40 ms.
	if want := 1000 * (0.040*2*0.0000133334 + 0.2e-6); math.Abs(report.Cost.Lambda-want) > 1e-9 || report.Cost.Region != "eu-west-1" {
		t.Errorf("cost %+v, want %g", report.Cost, want)
	}
	var table bytes.Buffer
	if err := report.Write(&table); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ms, p50  form", "a.jpg    raw", "a.jpg    json", "Cost: $0.0"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("%q is not in\n%s", want, table.String())
		}
	}
}

// A batch is one request of several pictures, whose time and cost are told of one.
func TestRunBatch(t *testing.T) {
	reply := `{"results":[` + answer + `,` + answer + `,` + answer + `]}`
	var bodies atomic.Int32
	c := deployed(t, func(w http.ResponseWriter, r *http.Request) {
		var sent struct{ Images [][]byte }
		if err := json.NewDecoder(r.Body).Decode(&sent); err == nil && len(sent.Images) == 3 && string(sent.Images[2]) == "picture" {
			bodies.Add(1)
		}
		io.WriteString(w, reply)
	})
	batch := func() []Request { return []Request{NewBatch("a.jpg", 3, []byte("picture"), api.Options{})} }
	report, err := Run(t.Context(), Config{Deployed: c, Requests: 4, Concurrency: 1, MemoryMB: 2048, Architecture: "arm64"}, batch())
	if err != nil {
		t.Fatal(err)
	}
	s := report.Series[0]
	if bodies.Load() != 5 || s.Pictures != 3 || len(s.busy) != 4 || len(s.samples["decode"]) != 3*4 {
		t.Errorf("%d of 5 requests had the pictures; series %+v", bodies.Load(), s)
	}
	if want := s.MS["wall"].P50 / 3; s.PictureMS != want || s.LimitMS != 0 {
		t.Errorf("%g ms a picture, want %g; limit %g", s.PictureMS, want, s.LimitMS)
	}
	var table bytes.Buffer
	if err := report.Write(&table); err != nil || !strings.Contains(table.String(), "\na.jpg, 3 pictures a request: ") {
		t.Errorf("%v in\n%s", err, table.String())
	}

	for reply, want := range map[string]string{
		`{"results":[` + answer + `]}`: "1 of 3 pictures",
		`{"results":[` + answer + `,{"error":{"code":"bad_image","message":"broken"}},` + answer + `]}`: "picture 2 of 3: bad_image: broken",
		`{"results":[` + answer + `,{},` + answer + `]}`:                                                "nothing is told of picture 2",
	} {
		c := deployed(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, reply) })
		if _, err := Run(t.Context(), Config{Deployed: c, Requests: 1, Concurrency: 1}, batch()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", reply, err, want)
		}
	}
}

// Failed requests are counted, and the rest is reported all the same.
func TestRunFails(t *testing.T) {
	var sent atomic.Int32
	c := deployed(t, func(w http.ResponseWriter, r *http.Request) {
		if sent.Add(1)%2 == 0 {
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		io.WriteString(w, answer)
	})
	report, err := Run(t.Context(), Config{Deployed: c, Requests: 4, Concurrency: 1}, []Request{NewRequest("a.jpg", "raw", nil, api.Options{})})
	if report == nil || err == nil || !strings.Contains(err.Error(), "a.jpg: 2 of 4 requests failed") {
		t.Fatalf("%+v, %v", report, err)
	}
	if s := report.Series[0]; s.Failed != 2 || len(s.busy) != 2 {
		t.Errorf("%+v", s)
	}

	down := deployed(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	if _, err := Run(t.Context(), Config{Deployed: down, Requests: 4, Concurrency: 2}, []Request{NewRequest("a.jpg", "raw", nil, api.Options{})}); err == nil || !strings.Contains(err.Error(), "warm up with a.jpg") {
		t.Errorf("a function that never answers: %v", err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	stopped := deployed(t, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		io.WriteString(w, answer)
	})
	if report, err := Run(ctx, Config{Deployed: stopped, Requests: 1, Concurrency: 1}, []Request{NewRequest("a.jpg", "raw", nil, api.Options{})}); err == nil || report != nil {
		t.Errorf("interrupted: %+v, %v", report, err)
	}
}
