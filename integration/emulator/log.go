package emulator

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"sync"
)

// logTail is how much of the log an invocation keeps, in bytes. AWS gives the
// last 4 KB of it to a caller who asks.
const logTail = 64 << 10

// sharedLog is where everything is logged, one write at a time.
type sharedLog struct {
	mu  sync.Mutex
	out io.Writer
}

// Write implements io.Writer. A log that can't be written stops nothing.
func (l *sharedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.out.Write(b)
	return len(b), nil
}

// printf logs a line of the emulator's own.
func (l *sharedLog) printf(format string, args ...any) { fmt.Fprintf(l, format, args...) }

// logger adapts the log to package net/http.
func (l *sharedLog) logger() *log.Logger { return log.New(l, "", 0) }

// processLog takes the output of one process, passes it on in whole lines, so
// that several processes don't mix them, and remembers the end of it.
type processLog struct {
	shared *sharedLog

	mu sync.Mutex
	// partial is a line whose end has not come yet.
	partial []byte
	// lastLine is the last line that was not empty.
	lastLine string
	// recording: an invocation is under way, tail is the end of its log.
	recording bool
	tail      []byte
}

// Write implements io.Writer, for the process.
func (l *processLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, b...)
	end := bytes.LastIndexByte(l.partial, '\n') + 1
	if end == 0 && len(l.partial) >= logTail {
		end = len(l.partial)
	}
	l.pass(l.partial[:end])
	l.partial = append([]byte(nil), l.partial[end:]...)
	return len(b), nil
}

// printf adds a line of Lambda's own.
func (l *processLog) printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.passPartial()
	text := fmt.Appendf(nil, format, args...)
	l.record(text)
	l.shared.Write(text)
}

// flush passes on a last line without an end.
func (l *processLog) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.passPartial()
}

func (l *processLog) passPartial() {
	if len(l.partial) > 0 {
		l.pass(append(l.partial, '\n'))
		l.partial = nil
	}
}

// pass takes whole lines of the process.
func (l *processLog) pass(lines []byte) {
	if len(lines) == 0 {
		return
	}
	if text := bytes.TrimSpace(lines); len(text) > 0 {
		l.lastLine = string(bytes.TrimSpace(text[bytes.LastIndexByte(text, '\n')+1:]))
	}
	l.record(lines)
	l.shared.Write(lines)
}

func (l *processLog) record(b []byte) {
	if l.recording {
		l.tail = append(l.tail, b...)
		l.tail = l.tail[max(len(l.tail)-logTail, 0):]
	}
}

// begin starts to record the log of an invocation, end returns it.
func (l *processLog) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recording, l.tail = true, nil
}

func (l *processLog) end() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	tail := l.tail
	l.recording, l.tail = false, nil
	return tail
}

// last returns the last line that the process wrote.
func (l *processLog) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lastLine
}
