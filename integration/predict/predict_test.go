package predict

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/yolambda/yolambda/integration/client"
)

// newJob makes a job of a handler on this machine, which answers in the function's place.
func newJob(t testing.TB, atOnce int, handler http.HandlerFunc) *Job {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c, err := client.New(t.Context(), client.Config{
		URL:             server.URL,
		AWS:             &aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")},
		ReturnThrottled: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &Job{Client: c, AtOnce: atOnce, Format: JSONLines}
}

// writeFile makes a file in the folder.
func writeFile(t testing.TB, folder, name, content string) (path string) {
	t.Helper()
	path = filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// As many requests as asked are under way at once: the function answers none of them before
// all are there. The results are in order, and each is the picture's own.
func TestResultsAtOnce(t *testing.T) {
	const atOnce, count = 10, 40
	var arrived atomic.Int32
	all := make(chan bool)
	job := newJob(t, atOnce, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if arrived.Add(1) == atOnce {
			close(all)
		}
		select {
		case <-all:
		case <-r.Context().Done(): // the test ran out of time
		}
		fmt.Fprintf(w, `{"detections":[],"model":%q}`, body)
	})
	folder := t.TempDir()
	for i := range count {
		name := fmt.Sprintf("%02d.jpg", i)
		job.Sources = append(job.Sources, Source{Name: writeFile(t, folder, name, name)})
	}
	done := 0
	for r := range job.Results(t.Context()) {
		if want := fmt.Sprintf("%02d.jpg", done); r.Err != nil || r.Reply.Model != want || filepath.Base(r.Name) != want {
			t.Errorf("result %d: %s with the reply to %v: %v", done, r.Name, r.Reply, r.Err)
		}
		done++
	}
	if done != count {
		t.Errorf("%d results, want %d", done, count)
	}
}
