package main

import "testing"

func TestRefusal(t *testing.T) {
	for _, tt := range []struct{ payload, want string }{
		{`{"detections":[]}`, ""},
		{`{"detections":[],"error":null}`, ""},
		{`{"error":{"code":"broken_picture","message":"the JPEG picture is truncated"}}`, "the function answered with an error"},
		{`{"statusCode":200,"body":"{}"}`, ""},
		{`{"statusCode":399}`, ""},
		{`{"statusCode":400,"body":"{}"}`, "the function answered with status 400"},
		{`{"statusCode":"none"}`, ""},
		{`[]`, ""},
		{`null`, ""},
		{``, ""},
	} {
		got := ""
		if err := refusal([]byte(tt.payload)); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.payload, got, tt.want)
		}
	}
}
