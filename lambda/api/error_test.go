package api

import (
	"encoding/json"
	"testing"
)

func TestStatus(t *testing.T) {
	for code, want := range map[Code]int{
		InvalidRequest: 400, MethodNotAllowed: 405, TooLarge: 413, UnsupportedPicture: 415, BrokenPicture: 422,
		Internal: 500, UnusableModel: 501, DeadlineExceeded: 504, "": 500, "new": 500,
	} {
		if got := code.Status(); got != want {
			t.Errorf("%q has the status %d, want %d", code, got, want)
		}
	}
}

func TestErrorBody(t *testing.T) {
	err := Errorf(TooLarge, "the picture has %d bytes", 7)
	if got := err.Error(); got != "too_large: the picture has 7 bytes" {
		t.Errorf("got %q", got)
	}
	text, _ := json.Marshal(ErrorBody{err})
	if got := string(text); got != `{"error":{"code":"too_large","message":"the picture has 7 bytes"}}` {
		t.Errorf("got %s", got)
	}
}
