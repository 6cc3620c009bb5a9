package handler

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/payload"
)

// maxReply leaves room below Lambda's 6 MB: a reply over the limit would end the
// process.
const maxReply = 5_500_000 // bytes

// respond writes the reply, or err instead, in the form that the event's sender expects:
// as an HTTP response for a function URL, bare for a direct Invoke. It returns the error
// that the response tells: writing can fail too.
func respond(to payload.Sender, r reply, err error) ([]byte, error) {
	if err == nil {
		var out []byte
		if out, err = encode(to, r); err == nil {
			return out, nil
		}
	}
	e := toAPI(err)
	body, _ := json.Marshal(api.ErrorBody{Error: e}) // short strings: this can't fail
	if to == payload.FunctionURL {
		body = envelope(e.Code.Status(), jsonType, string(body), false)
	}
	return body, err
}

// encode writes a reply that is not an error.
func encode(to payload.Sender, r reply) ([]byte, error) {
	body, contentType, err := r.encode()
	if err != nil {
		return nil, fmt.Errorf("write reply: %w", err)
	}
	binary := contentType != jsonType
	out := body
	switch {
	case to == payload.FunctionURL && binary:
		out = envelope(http.StatusOK, contentType, base64.StdEncoding.EncodeToString(body), true)
	case to == payload.FunctionURL:
		out = envelope(http.StatusOK, contentType, string(body), false)
	case binary: // a direct Invoke takes nothing but JSON
		out, _ = json.Marshal(map[string]any{"image": body, "content_type": contentType}) // bytes and a string: this can't fail
	}
	return out, checkReply(len(out))
}

// checkReply refuses a reply of too many bytes.
func checkReply(bytes int) error {
	return checkSize(bytes, "ask for less with max_det, conf_thres or classes, or send fewer or smaller pictures")
}

// checkSize refuses a reply of too many bytes, and says what to do about it.
func checkSize(bytes int, wayOut string) error {
	if bytes > maxReply {
		return api.Errorf(api.TooLarge, "the reply would have at least %d bytes, the limit is %d; %s", bytes, maxReply, wayOut)
	}
	return nil
}

// envelope wraps a body as a function URL wants it.
func envelope(status int, contentType, body string, isBase64 bool) []byte {
	headers := map[string]string{"Content-Type": contentType}
	if status == http.StatusMethodNotAllowed {
		headers["Allow"] = "GET, POST"
	}
	// A struct of strings and numbers: this can't fail.
	out, _ := json.Marshal(struct {
		StatusCode      int               `json:"statusCode"`
		Headers         map[string]string `json:"headers"`
		Body            string            `json:"body"`
		IsBase64Encoded bool              `json:"isBase64Encoded,omitempty"`
	}{status, headers, body, isBase64})
	return out
}
