package payload

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// photo stands for a picture's bytes, which nothing here looks at.
const photo = "\x89PNG\r\n\x1a\nand so on"

// sent is a request by HTTP.
type sent struct {
	body   []byte
	binary bool // whether AWS hands the body on as base64
}

// event is what a function URL makes of it.
func (s sent) event() []byte {
	ev := events.LambdaFunctionURLRequest{Version: "2.0", RawPath: "/", Body: string(s.body)}
	ev.RequestContext.HTTP.Method = "POST"
	if s.binary {
		ev.Body, ev.IsBase64Encoded = base64.StdEncoding.EncodeToString(s.body), true
	}
	text, err := json.Marshal(ev)
	if err != nil {
		panic(err)
	}
	return text
}

// A form is read or refused as the caller's fault, and what is read was sent.
func FuzzForm(f *testing.F) {
	for _, pairs := range [][]string{
		{"file", photo, "conf", "0.5"},
		{"classes", "person", "classes", "car", "image", "x"},
		{"file", ""},
		{"file", photo, "file", photo},
	} {
		contentType, body := yolotest.Form(pairs...)
		f.Add(contentType, body)
	}
	f.Add("multipart/form-data", []byte("--"))
	f.Add(`multipart/form-data; boundary="a b"`, []byte("--a b\r\nContent-Disposition: form-data; name=file\r\n\r\nx\r\n--a b--"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		var req api.Request
		if err := readForm(&req, contentType, body); err != nil {
			var e *api.Error
			if !errors.As(err, &e) || e.Code != api.InvalidRequest || len(e.Message) > 1000 {
				t.Errorf("%v", err)
			}
			return
		}
		if (len(req.Image.Data)+len(req.Image.URI) == 0) == (len(req.Images) == 0) {
			t.Errorf("the picture %+v and %d pictures", req.Image, len(req.Images))
		}
		// A quoted-printable part is decoded; any other comes through as it is.
		for _, p := range append(req.Images, req.Image) {
			image := append(p.Data, p.URI...)
			if !bytes.Contains(body, image) && !bytes.Contains(bytes.ToLower(body), []byte("quoted-printable")) {
				t.Errorf("picture %q of the form %q", image, body)
			}
		}
	})
}

// Standard base64 in JSON is decoded as encoding/json does it itself.
func FuzzBase64(f *testing.F) {
	for _, s := range []string{"", "QQ==", "QUI=", "QUJD", "QUJDRA==", yolotest.Lines("QUJDRA=="), "QQ=\n=", "Q=Q=", "+/+/", "-_-_", "data:;base64,QQ=="} {
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
			yolotest.Lines(base64.StdEncoding.EncodeToString(got)),
		} {
			if again, err := decodeBase64(s, nil); err != nil || !slices.Equal(again, got) {
				t.Errorf("%q gives %q, %v; want %q", s, again, err, got)
			}
		}
	})
}
