package handler

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/yolambda/yolambda/lambda/api"
)

// maxReply leaves room below Lambda's 6 MB: a reply over the limit would end the
// process.
const maxReply = 5_500_000 // bytes

// reply writes the answer in the form that the event's sender expects: as an
// HTTP response for a function URL, bare for a direct Invoke. It returns the
// error that the reply tells: writing can fail too.
func (ev event) reply(body any, err error) ([]byte, error) {
	if err == nil {
		var out []byte
		if out, err = ev.encode(http.StatusOK, body); err == nil {
			return out, nil
		}
	}
	e := toAPI(err)
	out, _ := ev.encode(e.Code.Status(), api.ErrorBody{Error: e}) // short strings: this can't fail
	return out, err
}

func (ev event) encode(status int, body any) ([]byte, error) {
	var out []byte
	var err error
	switch picture, ok := body.(drawing); {
	case ok && ev.direct():
		out, err = json.Marshal(map[string]any{"image": picture.data, "content_type": picture.contentType})
	case ok:
		out = envelope(status, picture.contentType, base64.StdEncoding.EncodeToString(picture.data), true)
	default:
		out, err = json.Marshal(body)
		if err == nil && !ev.direct() {
			out = envelope(status, "application/json", string(out), false)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("write reply: %w", err)
	}
	if len(out) > maxReply {
		return nil, api.Errorf(api.TooLarge,
			"the reply would have %d bytes, the limit is %d; ask for less with max_det, conf_thres or classes, or send fewer or smaller pictures", len(out), maxReply)
	}
	return out, nil
}

// drawing is a reply that is no JSON: a picture.
type drawing struct {
	contentType string
	data        []byte
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
