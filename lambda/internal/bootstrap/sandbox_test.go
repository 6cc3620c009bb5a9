package bootstrap

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// A sandbox is Lambda's side of the function: a Runtime API whose every answer a
// test can choose, and the function as a process, which is started again where it
// has ended. Nothing in it waits on a clock: a function that hangs ends with the
// time of go test, which prints where it is.
type sandbox struct {
	t       *testing.T
	command func(runtimeAPI *httptest.Server) *exec.Cmd
	api     *httptest.Server
	process *process // nil before the first
	ids     int      // of invocations so far

	next   chan http.HandlerFunc // answers the function's next GET …/invocation/next
	posted chan post
	accept atomic.Pointer[http.HandlerFunc] // answers what the function posts; nil: 202
}

// process is the function from its start to its end.
type process struct {
	*exec.Cmd
	log    bytes.Buffer // stdout and stderr; to be read after exited
	exited chan struct{}
}

// post is what the function told the Runtime API.
type post struct {
	path string // after /2018-06-01/runtime/
	body []byte
	at   time.Time // when all of it had arrived
}

// newSandbox runs the command that it is given for each process.
func newSandbox(t *testing.T, command func(*httptest.Server) *exec.Cmd) *sandbox {
	s := &sandbox{t: t, command: command, next: make(chan http.HandlerFunc), posted: make(chan post, 100)}
	const prefix = "/2018-06-01/runtime/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+prefix+"invocation/next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case answer := <-s.next:
			answer(w, r)
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("POST "+prefix, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		accept := s.accept.Load() // before the test hears of it, and chooses the next
		if err == nil {
			s.posted <- post{r.URL.Path[len(prefix):], body, time.Now()}
		}
		if accept != nil {
			(*accept)(w, r)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
	s.api = httptest.NewServer(mux)
	t.Cleanup(func() {
		if s.process != nil {
			s.process.Process.Kill()
			<-s.process.exited
		}
		s.api.Close()
	})
	return s
}

// squaresSandbox runs the function with the project's own fixture model.
func squaresSandbox(t *testing.T) *sandbox { return modelSandbox(t, squares) }

func modelSandbox(t *testing.T, model string) *sandbox {
	library := yolotest.Library(t)
	return newSandbox(t, func(api *httptest.Server) *exec.Cmd { return function(t, api, library, model) })
}

// running is the process that runs; where none does, one is started.
func (s *sandbox) running() *process {
	s.t.Helper()
	if s.process != nil {
		select {
		case <-s.process.exited:
		default:
			return s.process
		}
	}
	p := &process{Cmd: s.command(s.api), exited: make(chan struct{})}
	p.Stdout, p.Stderr = &p.log, &p.log
	if err := p.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		p.Wait()
		close(p.exited)
	}()
	s.process = p
	return p
}

// hand answers the function's next request for an invocation. It tells if the
// function still ran to ask for one.
func (s *sandbox) hand(answer http.HandlerFunc) bool {
	s.t.Helper()
	p := s.running()
	select {
	case s.next <- answer:
		return true
	case <-p.exited:
		return false
	}
}

// handToTheEnd gives one answer to each request for an invocation until the
// function has ended: an HTTP client may ask again where a connection breaks.
func (s *sandbox) handToTheEnd(answer http.HandlerFunc) {
	s.t.Helper()
	for {
		select {
		case s.next <- answer:
		case <-s.process.exited:
			return
		case got := <-s.posted:
			s.t.Fatalf("posted to %s: %.300s", got.path, got.body)
		}
	}
}

// invocation answers with an event, as Lambda does, and returns its id.
func (s *sandbox) invocation(event []byte, deadline time.Time) (id string, answer http.HandlerFunc) {
	s.ids++
	id = fmt.Sprintf("request-%d", s.ids)
	return id, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", id)
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(deadline.UnixMilli(), 10))
		w.Write(event)
	}
}

// result waits for what the function posts next; it is nil where the function
// ended first.
func (s *sandbox) result() *post {
	s.t.Helper()
	select {
	case got := <-s.posted:
		return &got
	case <-s.process.exited:
		select {
		case got := <-s.posted: // and then ended
			return &got
		default:
			return nil
		}
	}
}

// invoke has the function answer an event, with an hour for it: how busy the machine
// is must not matter. The answer must be to this event and no other; ok is false where the
// function ended instead.
func (s *sandbox) invoke(event []byte) (body []byte, ok bool) {
	s.t.Helper()
	id, answer := s.invocation(event, time.Now().Add(time.Hour))
	if !s.hand(answer) {
		return nil, false
	}
	got := s.result()
	if got == nil {
		return nil, false
	}
	if got.path != "invocation/"+id+"/response" {
		s.t.Fatalf("posted to %s in answer to %s: %.300s", got.path, id, got.body)
	}
	return got.body, true
}

// rightAnswer asks about a picture whose answer is known.
func (s *sandbox) rightAnswer() {
	s.t.Helper()
	body, ok := s.invoke(squaresEvent)
	if !ok {
		<-s.process.exited
		s.t.Fatalf("the function ended: %v: %s", s.process.ProcessState, s.process.log.Bytes())
	}
	checkSquares(s.t, body)
}

// dead checks that the function has ended, and said why in its log.
func (s *sandbox) dead(why string) {
	s.t.Helper()
	<-s.process.exited
	if s.process.ProcessState.Success() || !bytes.Contains(s.process.log.Bytes(), []byte(why)) {
		s.t.Errorf("%v; want %q in the log: %s", s.process.ProcessState, why, s.process.log.Bytes())
	}
}

// needsLinux skips a test that looks into /proc.
func needsLinux(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("there is no /proc here")
	}
}
