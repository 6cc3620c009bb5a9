package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
)

// Requests at once, of all sizes, each have their own body in their event, whatever memory
// it lay in, and what a caller hands over stays the caller's.
func TestMemoryOfRequests(t *testing.T) {
	config := fakeConfig(t)
	config.Concurrency = 3
	e := start(t, config)
	url := serve(t, e)
	own := []byte(`{"own":"` + string(bytes.Repeat([]byte("x"), 100_000)) + `"}`)
	want := string(own)
	var callers sync.WaitGroup
	for caller := range config.Concurrency {
		callers.Go(func() {
			for i := range 6 {
				body := bytes.Repeat([]byte{byte(6*caller + i)}, 1+(5*i+caller)%6*100_000)
				r := call(t, "POST", url, body, nil)
				for r.status == http.StatusTooManyRequests { // the direct invocation below has the place
					r = call(t, "POST", url, body, nil)
				}
				var event struct{ Body []byte }
				if err := json.Unmarshal([]byte(r.body), &event); err != nil || !bytes.Equal(event.Body, body) {
					t.Errorf("request %d of caller %d: status %d, %v, and another body", i, caller, r.status, err)
				}
				if _, err := e.Invoke(t.Context(), own); err != nil && err != ErrThrottled {
					t.Error(err)
				}
			}
		})
	}
	callers.Wait()
	if string(own) != want {
		t.Error("the emulator wrote into its caller's payload")
	}
}
