package emulator

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

const clients = 200

// throttled reports whether the reply is AWS's 429 in every part.
func throttled(r reply) bool {
	return r.status == http.StatusTooManyRequests &&
		r.header.Get("Content-Type") == "application/json" &&
		r.header.Get("X-Amzn-Errortype") == "TooManyRequestsException" &&
		r.header.Get("X-Amzn-Requestid") != "" &&
		r.body == `{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}`
}

// TestManyClients: of 200 callers at once as many are served as there may be
// processes, each with the answer to its own request, and the others learn
// that they are too many. Afterwards nothing is left of all this.
func TestManyClients(t *testing.T) {
	leavesNothing(t)
	config := fakeConfig(t)
	config.Concurrency = 8
	url := serve(t, start(t, config))

	// While the first eight are held up at the gate, nobody else gets in.
	g := newGate(t)
	type clientReply struct {
		client int
		reply
	}
	replies := make(chan clientReply, clients)
	for i := range clients {
		go func() {
			r := clientReply{client: i}
			defer func() { replies <- r }() // also of a call that ends the goroutine
			body := fmt.Sprintf("%s/?client=%d", g.url, i)
			r.reply = call(t, "POST", url+"/wait", []byte(body), http.Header{"Content-Type": {"text/plain"}})
		}()
	}
	for range config.Concurrency {
		<-g.waiting
	}
	for range clients - config.Concurrency {
		if r := <-replies; !throttled(r.reply) {
			t.Errorf("client %d, one too many: %+v", r.client, r.reply)
		}
	}
	g.open()
	for range config.Concurrency {
		r := <-replies
		if want := fmt.Sprintf("throughclient=%d", r.client); r.status != http.StatusOK || r.body != want {
			t.Errorf("client %d: %+v, want %q", r.client, r.reply, want)
		}
	}

	// Now all come and go as they like.
	var mu sync.Mutex
	var answered, refused int
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			for j := range 5 {
				want := fmt.Sprintf("client %d, request %d", i, j)
				body := fmt.Sprintf(`{"statusCode":200,"body":%q}`, want)
				r := call(t, "POST", url+"/reply", []byte(body), http.Header{"Content-Type": {"application/json"}})
				mu.Lock()
				switch {
				case r.status == http.StatusOK && r.body == want:
					answered++
				case throttled(r):
					refused++
				default:
					t.Errorf("%s: %+v", want, r)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	t.Logf("%d answered, %d refused", answered, refused)
	if answered < config.Concurrency {
		t.Errorf("%d answered, that is not even one for each process", answered)
	}
	if r := call(t, "POST", url+"/reply", []byte(`"free"`), http.Header{"Content-Type": {"application/json"}}); r.status != http.StatusOK {
		t.Errorf("after the rush: %+v", r)
	}
}

// leavesNothing checks, after the test's own clean-up, that no goroutine and
// no file descriptor is left that was not there before.
func leavesNothing(t *testing.T) {
	t.Helper()
	http.DefaultClient.CloseIdleConnections()
	goroutines := goleak.IgnoreCurrent()
	descriptors := openDescriptors(t)
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		goleak.VerifyNone(t, goroutines) // waits for those that are about to end
		if now := openDescriptors(t); now > descriptors {
			t.Errorf("%d file descriptors are open, %d were before", now, descriptors)
		}
	})
}

// openDescriptors counts them where the system tells, and is 0 elsewhere.
func openDescriptors(t *testing.T) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		return 0
	}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
