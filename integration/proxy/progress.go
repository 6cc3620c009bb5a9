package proxy

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

// progressType is the content type of a reply that tells how far the upload
// is: a stream of JSON objects, one a line,
//
//	{"sent": bytes, "total": bytes}    any number of times
//	{"status": 200, "body": {…}}       once, at the end
const progressType = "application/x-ndjson"

// streamProgress writes the progress of predict, which sends total bytes, and
// then its outcome.
func streamProgress(w http.ResponseWriter, ctx context.Context, total int, predict func(context.Context) ([]byte, error)) {
	w.Header().Set("Content-Type", progressType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	lines := json.NewEncoder(w)
	flush := http.NewResponseController(w).Flush

	sent := make(chan int, 1)
	ctx = client.WatchUpload(ctx, func(n int) {
		// Only the latest count matters: replace one that was not yet read.
		select {
		case <-sent:
		default:
		}
		select {
		case sent <- n:
		default:
		}
	})
	done := make(chan outcome, 1)
	go func() {
		body, err := predict(ctx)
		done <- outcome{body, err}
	}()
	// Ten lines a second are enough for an eye.
	pace := time.NewTicker(100 * time.Millisecond)
	defer pace.Stop()
	for {
		select {
		case o := <-done:
			lines.Encode(o.line())
			return
		case <-pace.C:
			select {
			case n := <-sent:
				lines.Encode(map[string]int{"sent": n, "total": total})
				flush()
			default:
			}
		}
	}
}

// outcome is what became of a prediction.
type outcome struct {
	body []byte
	err  error
}

// line is the last line of the stream.
func (o outcome) line() any {
	status := http.StatusOK
	if o.err == nil && !json.Valid(o.body) {
		o.err = api.Errorf(api.InvalidRequest, "the reply is not JSON, and a stream of progress has no place for another: ask without Accept: %s", progressType)
	}
	if o.err != nil {
		status, o.body = failure(o.err)
	}
	return struct {
		Status int             `json:"status"`
		Body   json.RawMessage `json:"body"`
	}{status, o.body}
}
