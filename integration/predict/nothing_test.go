package predict

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// What is told of a model is the same each time.
func TestExplainNothingAgain(t *testing.T) {
	job := newJob(t, 1, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"model":"a","models":["a","b","c"],"names":{"0":"cat","1":"dog"}}`)
	})
	const want = "\nThe model a knows no more than: cat, dog.\nThere are other models; ask one with --model-name: b, c.\n"
	for range 2 {
		var b strings.Builder
		if err := job.ExplainNothing(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("%q, want %q", b.String(), want)
		}
	}
}
