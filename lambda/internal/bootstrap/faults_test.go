package bootstrap

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

// reset breaks the connection off, after the bytes given.
func reset(bytes string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, out, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		out.WriteString(bytes)
		out.Flush()
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(code) }
}

// Where the Runtime API fails, the function ends and says why; Lambda starts
// another, which answers the next request.
func TestRuntimeAPIFails(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: lost\r\nLambda-Runtime-Deadline-Ms: 4102444800000\r\n"
	event := string(squaresEvent)
	for _, tt := range []struct {
		name string
		next http.HandlerFunc
		why  string
	}{
		{"500", status(500), "unexpected status code: 500"},
		{"503", status(503), "unexpected status code: 503"},
		{"403", status(403), "unexpected status code: 403"},
		{"reset", reset(""), "failed to get the next invoke"},
		{"half of a header", reset(head), "failed to get the next invoke"},
		{"nonsense", reset("HTP/1.1 20 Okay\r\n\r\n"), "failed to get the next invoke"},
		{"half of an event", reset(fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(event), event[:len(event)/2])), "failed to read the invoke payload"},
		{"half of a chunk", reset(fmt.Sprintf("%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s", head, len(event), event[:len(event)/2])), "failed to read the invoke payload"},
	} {
		t.Run("next/"+tt.name, func(t *testing.T) {
			s := squaresSandbox(t)
			s.rightAnswer()
			s.handToTheEnd(tt.next)
			s.dead(tt.why)
			s.rightAnswer()
		})
	}
	for name, accept := range map[string]http.HandlerFunc{
		"413":   status(413),
		"400":   status(400),
		"500":   status(500),
		"reset": reset(""),
	} {
		t.Run("response/"+name, func(t *testing.T) {
			s := squaresSandbox(t)
			s.rightAnswer()
			s.accept.Store(&accept)
			s.rightAnswer() // is posted, and refused
			s.dead("unexpected error occurred when sending the function functionResponse")
			s.accept.Store(nil)
			s.rightAnswer()
		})
	}
}

// Strange deadlines: the function tells the invocation's failure or that its time
// is out, and the same process answers the next request.
func TestDeadlines(t *testing.T) {
	s := squaresSandbox(t)
	for _, tt := range []struct {
		deadline string // none if empty
		path     string
		want     string // is part of the answer
	}{
		{"", "error", "failed to parse deadline"},
		{"tomorrow", "error", "failed to parse deadline"},
		{"99999999999999999999", "error", "failed to parse deadline"},
		{"0", "response", "time ran out"},
		{"-1", "response", "time ran out"},
		{"-9223372036854775808", "response", "time ran out"},
		{"4102444800000", "response", `"detections":[{`}, // in 2100
		{"9223372036854775807", "response", `"detections":[{`},
	} {
		t.Run(tt.deadline, func(t *testing.T) {
			s.t = t
			s.ids++
			id := fmt.Sprintf("request-%d", s.ids)
			s.hand(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Lambda-Runtime-Aws-Request-Id", id)
				if tt.deadline != "" {
					w.Header().Set("Lambda-Runtime-Deadline-Ms", tt.deadline)
				}
				w.Write(squaresEvent)
			})
			got := s.result()
			if got == nil || got.path != "invocation/"+id+"/"+tt.path || !strings.Contains(string(got.body), tt.want) {
				t.Fatalf("posted %v, want %s with %q", got, tt.path, tt.want)
			}
			before := s.process
			s.rightAnswer()
			if s.process != before {
				t.Error("the process ended")
			}
		})
	}
}

// An invocation without an id can't be answered: the function ends, and the next
// request gets its own answer.
func TestNoRequestID(t *testing.T) {
	s := squaresSandbox(t)
	s.hand(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Lambda-Runtime-Deadline-Ms", "4102444800000")
		w.Write(squaresEvent)
	})
	s.dead("unexpected error occurred when sending the function functionResponse")
	for len(s.posted) > 0 {
		if got := <-s.posted; got.path != "invocation//response" {
			t.Errorf("posted to %s", got.path)
		}
	}
	s.rightAnswer()
}
