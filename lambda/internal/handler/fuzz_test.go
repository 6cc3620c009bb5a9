package handler

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
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
	formType, body := form("file", string(photo), "conf", "0.5")
	f.Add(request{contentType: formType, body: body, binary: true}.event())
	f.Add([]byte(`{"image":"` + encoded + `"}`))
	f.Add([]byte(`{"images":["` + encoded + `","QQ=="],"format":"ultralytics"}`))
	f.Add([]byte(`{"image":"` + encoded + `","tile":64,"format":"image"}`))
	f.Add([]byte(`{"requestContext":{},"body":1}`))
	f.Add([]byte(`{"requestContext":null}`))
	f.Add([]byte(nil))
	h := detector(f)
	f.Fuzz(func(t *testing.T, payload []byte) {
		if ev, _ := parseEvent(payload, nil); ev.newObject() {
			t.Skip("FuzzNewObject has these; nobody waits for their reply")
		}
		out, err := h.Invoke(invocation(), payload)
		if err != nil || !json.Valid(out) || len(out) > maxReply {
			t.Fatalf("error %v, %d bytes: %.500s", err, len(out), out)
		}
		status, text := 0, out
		var request struct{ RequestContext *json.RawMessage }
		if json.Unmarshal(payload, &request); request.RequestContext != nil && string(*request.RequestContext) != "null" {
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

// A form is read or refused as the caller's fault, and what is read was sent.
func FuzzForm(f *testing.F) {
	for _, pairs := range [][]string{
		{"file", string(photo), "conf", "0.5"},
		{"classes", "person", "classes", "car", "image", "x"},
		{"file", ""},
		{"file", string(photo), "file", string(photo)},
	} {
		contentType, body := form(pairs...)
		f.Add(contentType, body)
	}
	f.Add("multipart/form-data", []byte("--"))
	f.Add(`multipart/form-data; boundary="a b"`, []byte("--a b\r\nContent-Disposition: form-data; name=file\r\n\r\nx\r\n--a b--"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		var req api.Request
		if err := readForm(&req, contentType, body); err != nil {
			if e := toAPI(err); e.Code != api.InvalidRequest || len(e.Message) > 1000 {
				t.Errorf("%v", e)
			}
			return
		}
		if (len(req.Image) == 0) == (len(req.Images) == 0) {
			t.Errorf("%d bytes of a picture and %d pictures", len(req.Image), len(req.Images))
		}
		// A quoted-printable part is decoded; any other comes through as it is.
		for _, image := range append(req.Images, req.Image) {
			if !bytes.Contains(body, image) && !bytes.Contains(bytes.ToLower(body), []byte("quoted-printable")) {
				t.Errorf("picture %q of the form %q", image, body)
			}
		}
	})
}

// Standard base64 in JSON is decoded as encoding/json does it itself.
func FuzzBase64(f *testing.F) {
	for _, s := range []string{"", "QQ==", "QUI=", "QUJD", encoded, lines(encoded), "QQ=\n=", "Q=Q=", "+/+/", "-_-_", "data:;base64,QQ=="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := decodeBase64(text, nil)
		quoted, _ := json.Marshal(text)
		var want []byte
		if json.Unmarshal(quoted, &want) == nil && (err != nil || !bytes.Equal(got, want)) {
			t.Errorf("%q gives %q, %v; encoding/json gives %q", text, got, err, want)
		}
		if err != nil {
			return
		}
		// Each of the other ways to write the same bytes gives them, too.
		for _, s := range []string{
			base64.RawStdEncoding.EncodeToString(got),
			base64.URLEncoding.EncodeToString(got),
			base64.RawURLEncoding.EncodeToString(got),
			"data:image/png;base64," + base64.StdEncoding.EncodeToString(got),
			lines(base64.StdEncoding.EncodeToString(got)),
		} {
			if again, err := decodeBase64(s, nil); err != nil || !slices.Equal(again, got) {
				t.Errorf("%q gives %q, %v; want %q", s, again, err, got)
			}
		}
	})
}
