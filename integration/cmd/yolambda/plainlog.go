package main

import (
	"bytes"
	"io"
)

// plainLog takes the log of a function on this machine, whole lines at a time, and
// passes on what a person wants to see of it: the start, faults, whatever the process
// itself writes. What the line of a request tells too is left out, and the metrics.
type plainLog struct{ out io.Writer }

// Write implements io.Writer.
func (l plainLog) Write(b []byte) (int, error) {
	var kept []byte
	for line := range bytes.Lines(b) {
		if !isRoutine(line) {
			kept = append(kept, line...)
		}
	}
	if len(kept) > 0 {
		if _, err := l.out.Write(kept); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// isRoutine reports whether a line is one of Lambda's about an invocation, of the
// metrics, or of the function about a request that it could answer.
func isRoutine(line []byte) bool {
	for _, start := range []string{"START RequestId: ", "END RequestId: ", "REPORT RequestId: "} {
		if bytes.HasPrefix(line, []byte(start)) {
			return true
		}
	}
	ofRequest := bytes.HasPrefix(line, []byte("timestamp=")) && bytes.Contains(line, []byte(" requestId=")) && !bytes.Contains(line, []byte(" level=ERROR "))
	return len(bytes.TrimSpace(line)) == 0 || ofRequest || bytes.HasPrefix(line, []byte("{")) && bytes.Contains(line, []byte(`"_aws":{`))
}
