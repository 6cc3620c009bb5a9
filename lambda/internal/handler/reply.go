package handler

import (
	"encoding/json"

	"github.com/yolambda/yolambda/lambda/api"
)

// maxReply leaves room below Lambda's 6 MB: a reply over the limit would end the
// process.
const maxReply = 5_500_000 // bytes

// reply writes the answer in the form that the event's sender expects: as an
// HTTP response for a function URL, bare for a direct Invoke.
func (ev event) reply(body any, err error) []byte {
	status := 200
	if err != nil {
		e := toAPI(err)
		status, body = e.Code.Status(), api.ErrorBody{Error: e}
	}
	out := ev.encode(status, body)
	if len(out) > maxReply {
		e := api.Errorf(api.TooLarge, "the reply would have %d bytes, the limit is %d; ask for less with max_det, conf_thres or classes", len(out), maxReply)
		out = ev.encode(e.Code.Status(), api.ErrorBody{Error: e})
	}
	return out
}

func (ev event) encode(status int, body any) []byte {
	text, err := json.Marshal(body)
	if err != nil {
		status = api.Internal.Status()
		text, _ = json.Marshal(api.ErrorBody{Error: toAPI(err)})
	}
	if ev.direct() {
		return text
	}
	// A struct of strings and numbers: this can't fail.
	out, _ := json.Marshal(struct {
		StatusCode int               `json:"statusCode"`
		Headers    map[string]string `json:"headers"`
		Body       string            `json:"body"`
	}{status, map[string]string{"Content-Type": "application/json"}, string(text)})
	return out
}
