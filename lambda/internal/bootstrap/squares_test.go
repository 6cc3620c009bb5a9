package bootstrap

import (
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// squaresEvent asks for both, by direct Invoke.
var squaresEvent = directEvent(yolotest.SquaresPNG, map[string]any{"conf": 0.8, "imgsz": yolotest.SquaresInput})

// directEvent is a request by direct Invoke.
func directEvent(picture []byte, options map[string]any) []byte {
	request := map[string]any{"image": picture}
	for name, value := range options {
		request[name] = value
	}
	return mustMarshal(request)
}

// urlEvent is what a function URL makes of a request with a picture as its body.
func urlEvent(picture []byte, query string) []byte {
	return mustMarshal(map[string]any{
		"version": "2.0", "rawPath": "/", "rawQueryString": query,
		"headers":         map[string]string{"content-type": "application/octet-stream"},
		"requestContext":  map[string]any{"http": map[string]string{"method": "POST", "path": "/"}},
		"body":            base64.StdEncoding.EncodeToString(picture),
		"isBase64Encoded": true,
	})
}

func mustMarshal(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

// checkSquares holds a reply to what was drawn.
func checkSquares(t *testing.T, body []byte) {
	t.Helper()
	var resp api.Response
	if err := json.Unmarshal(body, &resp); err != nil {
		t.Fatalf("%v: %.300s", err, body)
	}
	want := map[string]yolotest.Square{"red": yolotest.Red, "blue": yolotest.Blue}
	for _, d := range resp.Detections {
		if !want[d.Cls].Matches(d.Cls, d.Box) {
			t.Fatalf("%+v is not one of %v", d, want)
		}
		delete(want, d.Cls)
	}
	if len(want) > 0 {
		t.Fatalf("%v not found: %.300s", want, body)
	}
}

// statusOf is the status of a reply by function URL, or what the code of a direct
// one stands for, and the error's message. A reply without an error has 200.
func statusOf(t *testing.T, reply []byte) (status int, message string) {
	t.Helper()
	var envelope struct {
		StatusCode int
		Body       string
	}
	text := reply
	if json.Unmarshal(reply, &envelope) == nil && envelope.StatusCode != 0 {
		text = []byte(envelope.Body)
	}
	if !json.Valid(text) {
		t.Fatalf("not JSON: %.300s", reply)
	}
	var body api.ErrorBody
	json.Unmarshal(text, &body) // a list is not an error
	if body.Error == nil {
		return 200, ""
	}
	if envelope.StatusCode != 0 && envelope.StatusCode != body.Error.Code.Status() {
		t.Errorf("status %d with %s", envelope.StatusCode, body.Error.Code)
	}
	return body.Error.Code.Status(), body.Error.Message
}
