package handler

import (
	"encoding/json"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/payload"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// Whatever the payload, the reply is JSON of the form that its sender expects,
// small enough to be sent, and never a fault of ours.
func FuzzEvent(f *testing.F) {
	for _, r := range []request{
		{body: photo, binary: true},
		{query: "conf=0.5&classes=person,car&mask=rle", body: photo, binary: true},
		{method: "GET"},
		{method: "GET", path: "/openapi.json"},
		{method: "PUT"},
		{body: []byte(`{"image":"` + encoded + `","conf":1e999,"classes":["person",1]}`)},
	} {
		f.Add(r.event())
	}
	formType, body := yolotest.Form("file", string(photo), "conf", "0.5")
	f.Add(request{contentType: formType, body: body, binary: true}.event())
	f.Add([]byte(`{"image":"` + encoded + `"}`))
	f.Add([]byte(`{"images":["` + encoded + `","QQ=="],"format":"ultralytics"}`))
	f.Add([]byte(`{"image":"` + encoded + `","tile":64,"format":"image"}`))
	f.Add([]byte(`{"requestContext":{},"body":1}`))
	f.Add([]byte(`{"requestContext":null}`))
	f.Add([]byte(nil))
	h := detector(f)
	f.Fuzz(func(t *testing.T, event []byte) {
		if req, _ := new(payload.Reader).Read(event); req.Sender == payload.NewObject {
			t.Skip("FuzzNewObject has these; nobody waits for their reply")
		}
		out, err := h.Invoke(invocation(), event)
		if err != nil || !json.Valid(out) || len(out) > maxReply {
			t.Fatalf("error %v, %d bytes: %.500s", err, len(out), out)
		}
		status, text := 0, out
		var request struct{ RequestContext *json.RawMessage }
		if json.Unmarshal(event, &request); request.RequestContext != nil && string(*request.RequestContext) != "null" {
			var reply struct {
				StatusCode int
				Body       string
			}
			decode(t, out, &reply)
			status, text = reply.StatusCode, []byte(reply.Body)
		}
		var body api.ErrorBody
		json.Unmarshal(text, &body) // a list or a picture is no error
		if body.Error != nil && (body.Error.Code.Status() == 500 || status != 0 && status != body.Error.Code.Status()) {
			t.Errorf("status %d, %v", status, body.Error)
		}
		if body.Error == nil && status != 0 && status != 200 {
			t.Errorf("status %d without an error: %.500s", status, text)
		}
	})
}
