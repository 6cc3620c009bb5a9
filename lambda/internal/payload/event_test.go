package payload

import "testing"

// An event without a path asks what one for / does.
func TestDocumentWithoutPath(t *testing.T) {
	for event, want := range map[string]string{
		`{"requestContext":{"http":{"method":"GET"}}}`:                           "/",
		`{"rawPath":"/","requestContext":{"http":{"method":"GET"}}}`:             "/",
		`{"rawPath":"/openapi.json","requestContext":{"http":{"method":"GET"}}}`: "/openapi.json",
	} {
		var r Reader
		req, err := r.Read([]byte(event))
		if err != nil || req.Document != want {
			t.Errorf("%s: document %q, %v; want %q", event, req.Document, err, want)
		}
	}
}
