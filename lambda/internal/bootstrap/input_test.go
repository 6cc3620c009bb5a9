package bootstrap

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// long is set by `make soak`, which shows the figures of docs/reliability.md;
// without it the same tests are shorter.
var long = flag.Bool("long", false, "run the long forms of the tests of reliability")

// times is n with -long, and else a part of it.
func times(n, short int) int {
	if *long {
		return n
	}
	return short
}

// Whatever is done to a picture, the function gives an answer or says what is
// wrong with it, in time, and the process lives.
func TestDamagedPictures(t *testing.T) {
	var files [][]byte
	folders := []string{yolotest.Root(t, "lambda", "internal", "picture", "testdata"), yolotest.Root(t, "assets")}
	if yolotest.HasShared(t) {
		for _, name := range []string{"real", "variants", "hostile"} {
			folders = append(folders, yolotest.Shared(t, "images", name))
		}
	}
	for _, folder := range folders {
		names, _ := filepath.Glob(filepath.Join(folder, "*.*")) // the pattern is well-formed
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if len(data) > 0 && len(data) < 1<<20 && !strings.HasSuffix(name, ".py") && !strings.HasSuffix(name, ".md") {
				files = append(files, data)
			}
		}
	}
	s := squaresSandbox(t)
	s.rightAnswer()
	process := s.process
	random := rand.New(rand.NewPCG(1, 2))
	var slowest time.Duration
	count := map[int]int{}
	for i := range times(5000, 300) {
		file := damage(random, files[i%len(files)], files[random.IntN(len(files))])
		event := urlEvent(file, "imgsz=64")
		begun := time.Now()
		reply, ok := s.invoke(event)
		if !ok {
			<-process.exited
			keep(t, file)
			t.Fatalf("the function ended: %v: %s", process.ProcessState, process.log.Bytes())
		}
		took := time.Since(begun)
		slowest = max(slowest, took)
		status, message := statusOf(t, reply)
		count[status]++
		if status >= 500 || status != 200 && message == "" {
			keep(t, file)
			t.Errorf("damaged picture %d: status %d: %s", i, status, message)
		}
		const limit = 3 * time.Second
		if *long && took > limit {
			keep(t, file)
			t.Errorf("damaged picture %d took %v", i, took)
		}
	}
	s.rightAnswer()
	if s.process != process {
		t.Error("the process ended")
	}
	t.Logf("status: number of pictures %v, slowest %v", count, slowest.Round(time.Millisecond))
}

// keep leaves an input that broke something where it can be looked at.
func keep(t *testing.T, data []byte) {
	t.Helper()
	file, err := os.CreateTemp("", "yolambda-input-*")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	file.Write(data)
	t.Logf("kept as %s", file.Name())
}

// Whatever is done to an event, it is answered as its sender expects, or refused,
// and the process lives.
func TestDamagedEvents(t *testing.T) {
	picture := yolotest.SquaresPNG
	form := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n" + string(picture) + "\r\n--b--\r\n"
	formEvent := bytes.Replace(urlEvent([]byte(form), ""), []byte("application/octet-stream"), []byte("multipart/form-data; boundary=b"), 1)
	events := [][]byte{
		squaresEvent,
		formEvent,
		urlEvent(picture, "conf=0.8&imgsz=320&classes=red,blue"),
		urlEvent(squaresEvent, ""),
		mustMarshal(map[string]any{"images": [][]byte{picture, picture}, "options": map[string]any{"conf": 0.8, "imgsz": 64}}),
		[]byte(`{"rawPath":"/","requestContext":{"http":{"method":"GET"}}}`),
		[]byte(`{"Records":[{"eventSource":"aws:s3","s3":{"bucket":{"name":"b"},"object":{"key":"k.jpg"}}}]}`),
		[]byte(`{"version":"0","source":"aws.s3","detail-type":"Object Created","detail":{"bucket":{"name":"b"},"object":{"key":"k.jpg"}}}`),
	}
	s := squaresSandbox(t)
	s.rightAnswer()
	process := s.process
	random := rand.New(rand.NewPCG(3, 4))
	count := map[string]int{}
	for i := range times(10_000, 1000) {
		event := events[i%len(events)]
		if random.IntN(2) == 0 {
			event = misplace(random, event)
		} else {
			event = damage(random, event, events[random.IntN(len(events))])
		}
		id, answer := s.invocation(event, time.Now().Add(time.Minute))
		if !s.hand(answer) {
			t.Fatalf("the function ended: %s", process.log.Bytes())
		}
		got := s.result()
		switch {
		case got == nil:
			keep(t, event)
			t.Fatalf("the function ended: %s", process.log.Bytes())
		case got.path == "invocation/"+id+"/response":
			status, message := statusOf(t, got.body)
			if status >= 500 {
				keep(t, event)
				t.Errorf("damaged event %d: status %d: %s", i, status, message)
			}
			count[fmt.Sprintf("%dxx", status/100)]++
		case got.path == "invocation/"+id+"/error": // of an event in S3, which nobody waits for
			var failure struct{ ErrorMessage string }
			if err := json.Unmarshal(got.body, &failure); err != nil || !strings.Contains(failure.ErrorMessage, "s3://") {
				keep(t, event)
				t.Errorf("damaged event %d: %s", i, got.body)
			}
			count["S3"]++
		default:
			t.Fatalf("posted to %s in answer to %s", got.path, id)
		}
	}
	s.rightAnswer()
	if s.process != process {
		t.Error("the process ended")
	}
	t.Logf("replies: number of events %v", count)
}
