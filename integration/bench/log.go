package bench

import (
	"bytes"
	"regexp"
	"strconv"
	"sync"
)

// functionLog reads the times out of a local function's log: Lambda's own about
// each invocation, and the function's.
type functionLog struct {
	mu    sync.Mutex
	times map[string]logged // by request id
}

// logged are an invocation's times in milliseconds, 0 where they are not in the log.
type logged struct {
	duration float64 // from the event handed out to the reply received
	total    float64 // the handler's own
	init     float64 // of the process's first invocation: from its start until it asked for an event
}

var (
	reportLine  = regexp.MustCompile(`^REPORT RequestId: (\S+)\tDuration: ([\d.]+) ms\t.*?(?:Init Duration: ([\d.]+) ms|$)`)
	handledLine = regexp.MustCompile(`totalMs=([\d.]+) .*requestId=(\S+)`)
)

// Write implements io.Writer. It is given whole lines.
func (l *functionLog) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.times == nil {
		l.times = map[string]logged{}
	}
	for line := range bytes.Lines(text) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if m := reportLine.FindSubmatch(line); m != nil {
			t := l.times[string(m[1])]
			t.duration, t.init = number(m[2]), number(m[3])
			l.times[string(m[1])] = t
		} else if m := handledLine.FindSubmatch(line); m != nil {
			t := l.times[string(m[2])]
			t.total = number(m[1])
			l.times[string(m[2])] = t
		}
	}
	return len(text), nil
}

// take returns an answered invocation's times and forgets them. The function's
// own line may come late; the time is then left out.
func (l *functionLog) take(requestID string) logged {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.times[requestID]
	delete(l.times, requestID)
	return t
}

// number is 0 for what is not a number.
func number(text []byte) float64 {
	f, _ := strconv.ParseFloat(string(text), 64)
	return f
}
