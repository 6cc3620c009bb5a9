package payload

import (
	"encoding/json"
	"testing"
)

// Fields are counted where they are the object's own, as often as they are given.
func TestMembers(t *testing.T) {
	for object, want := range map[string]int{
		`null`: 0, `{}`: 0, ` {"a":1} `: 1, `{"a":1,"a":2}`: 2, `{"a":{"b":1,"c":[{"d":2}]},"e":[]}`: 2,
		`{"a:":":","\\":"\\\\","\"":"\":{"}`: 3, `{"a":"\u0022:","b":[":",{":":":"}]}`: 2,
	} {
		if !json.Valid([]byte(object)) {
			t.Fatalf("%s is not JSON", object)
		}
		if got := members([]byte(object)); got != want {
			t.Errorf("%s has %d, want %d", object, got, want)
		}
	}
}
