package e2e

import (
	"bytes"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/integration/predict"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// delayed is an HTTP client with a long way to the function.
type delayed struct {
	*awshttp.BuildableClient
	by time.Duration
}

func (d delayed) Do(r *http.Request) (*http.Response, error) {
	time.Sleep(d.by)
	return d.BuildableClient.Do(r)
}

// BenchmarkPredict asks a function of ten processes, 300 ms away, about 60 pictures: one
// after the other, as ten callers with six pictures each, and as the command does. It reports
// the times and, what it is about, the command's divided by the ten callers'.
func BenchmarkPredict(b *testing.B) {
	const pictures, atOnce, away = 60, 10, 300 * time.Millisecond
	parts := local.PartsIn(yolotest.Root(b))
	yolotest.Built(b, parts.Bootstrap)
	yolotest.Built(b, parts.Library)
	server, err := local.Start(b.Context(), local.Config{Parts: parts, Concurrency: atOnce, Timeout: patience})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	cfg := server.AWS()
	cfg.HTTPClient = delayed{awshttp.NewBuildableClient(), away}
	c, err := client.New(b.Context(), client.Config{URL: server.URL, AWS: cfg, ReturnThrottled: true})
	if err != nil {
		b.Fatal(err)
	}
	file := yolotest.Root(b, "assets", "everyday.jpg")
	ask := func(count int) {
		for range count {
			picture, err := os.ReadFile(file)
			if err != nil {
				b.Error(err)
			}
			if _, err := c.Predict(b.Context(), picture, api.Options{}); err != nil {
				b.Error(err)
			}
		}
	}
	callers := func() {
		var all sync.WaitGroup
		for range atOnce {
			all.Go(func() { ask(pictures / atOnce) })
		}
		all.Wait()
	}
	command := func() {
		job := predict.Job{Client: c, AtOnce: atOnce, Format: predict.JSONLines}
		if job.Sources, _, err = predict.List(slices.Repeat([]string{file}, pictures), false); err != nil {
			b.Fatal(err)
		}
		lines, err := job.NewWriter(b.Context(), &bytes.Buffer{})
		if err != nil {
			b.Fatal(err)
		}
		for r := range job.Results(b.Context()) {
			if r.Err != nil {
				b.Error(r.Err)
			}
			if err := lines.Write(r); err != nil {
				b.Error(err)
			}
		}
	}
	callers() // all processes are there
	var alone, ten, own time.Duration
	for b.Loop() {
		alone += timed(func() { ask(pictures) })
		ten += timed(callers)
		own += timed(command)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(alone.Seconds()/float64(b.N), "s/alone")
	b.ReportMetric(ten.Seconds()/float64(b.N), "s/callers")
	b.ReportMetric(own.Seconds()/float64(b.N), "s/predict")
	b.ReportMetric(own.Seconds()/ten.Seconds(), "predict/callers")
}

func timed(work func()) time.Duration {
	start := time.Now()
	work()
	return time.Since(start)
}
