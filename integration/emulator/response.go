package emulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// response is the HTTP reply that a function URL makes of what its function
// answered.
type response struct {
	status  int
	headers map[string]string
	cookies []string
	body    []byte
}

// parseResponse reads what a function answered: an object with a statusCode
// that describes the reply, or any other JSON, which then is the body of a
// 200 ("Response payload format", Lambda Developer Guide).
func parseResponse(payload []byte) (response, error) {
	if !json.Valid(payload) {
		return response{}, errors.New("it is not JSON")
	}
	var kind struct {
		StatusCode *json.Number `json:"statusCode"`
	}
	if bytes.HasPrefix(bytes.TrimSpace(payload), []byte("{")) {
		if err := json.Unmarshal(payload, &kind); err != nil {
			return response{}, err
		}
	}
	if kind.StatusCode == nil {
		body, isString := jsonString(payload)
		if !isString {
			body = payload
		}
		return response{status: http.StatusOK, body: body}, nil
	}

	var described struct {
		Headers         map[string]json.RawMessage `json:"headers"`
		Cookies         []string                   `json:"cookies"`
		Body            json.RawMessage            `json:"body"`
		IsBase64Encoded bool                       `json:"isBase64Encoded"`
	}
	if err := json.Unmarshal(payload, &described); err != nil {
		return response{}, err
	}
	status, err := kind.StatusCode.Int64()
	if err != nil || status < 200 || status > 599 {
		return response{}, fmt.Errorf("statusCode is %s, not 200 to 599", *kind.StatusCode)
	}
	headers := map[string]string{}
	for name, value := range described.Headers {
		headers[name] = string(text(value))
	}
	body := text(described.Body)
	if described.IsBase64Encoded {
		if body, err = base64.StdEncoding.DecodeString(string(body)); err != nil {
			return response{}, fmt.Errorf("decode body: %w", err)
		}
	}
	return response{status: int(status), headers: headers, cookies: described.Cookies, body: body}, nil
}

// text returns the text of a JSON string, nothing for null or nothing, and
// other JSON as it is.
func text(value json.RawMessage) []byte {
	if s, ok := jsonString(value); ok || len(value) == 0 || string(value) == "null" {
		return s
	}
	return value
}

// jsonString returns the text of a JSON string, and whether it is one.
func jsonString(value []byte) (text []byte, ok bool) {
	var s *string
	if json.Unmarshal(value, &s) != nil || s == nil {
		return nil, false
	}
	return []byte(*s), true
}

// remapped are headers that the front end sets itself. A function's own come
// out under another name, as seen in
// github.com/aws/aws-lambda-web-adapter/issues/491.
var remapped = map[string]bool{
	"Connection":     true,
	"Content-Length": true,
	"Date":           true,
	"Server":         true,
}

func (resp response) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	for name, value := range resp.headers {
		name = http.CanonicalHeaderKey(name)
		if remapped[name] {
			name = "X-Amzn-Remapped-" + strings.ToLower(name)
		}
		h.Set(name, value)
	}
	for _, cookie := range resp.cookies {
		h.Add("Set-Cookie", cookie)
	}
	w.WriteHeader(resp.status)
	// An error means that the caller has gone.
	_, _ = w.Write(resp.body)
}
