package main

import (
	"bytes"
	"testing"
)

func TestPlainLog(t *testing.T) {
	const kept = `timestamp=2026-11-30T03:23:19.586Z level=INFO message=ready model=coco
timestamp=2026-11-30T03:23:22.558Z level=ERROR message="request failed" code=internal error="…" requestId=9f
panic: on purpose
{"not":"a metric"}
Error: all is lost
`
	const left = `START RequestId: 9f5aa0cc Version: $LATEST
timestamp=2026-11-30T03:23:22.558Z level=INFO message="picture answered" model=coco detections=5 requestId=9f5aa0cc
timestamp=2026-11-30T03:23:22.587Z level=WARN message="request failed" code=unsupported_picture requestId=115401ac
{"ColdStart":1,"Model":"coco","_aws":{"CloudWatchMetrics":[]}}

END RequestId: 9f5aa0cc
REPORT RequestId: 9f5aa0cc	Duration: 213.50 ms
`
	for text, want := range map[string]string{kept: kept, left: "", left + kept: kept} {
		var out bytes.Buffer
		if n, err := (plainLog{&out}).Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("%d bytes written, %v", n, err)
		}
		if got := out.String(); got != want {
			t.Errorf("of\n%s\nthere is\n%s", text, got)
		}
	}
}
