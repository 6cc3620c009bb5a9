package e2e

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"net/http"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// Every refusal has its status, its code, and a message that names the reason.
func TestErrors(t *testing.T) {
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	picture := yolotest.SquaresPNG
	jsonWith := func(key string, value any) request {
		m := object(t, squaresRequest())
		m[key] = value
		return request{contentType: "application/json", body: marshal(t, m)}
	}
	raw := func(body []byte) request { return request{contentType: "image/png", body: body} }
	tests := []struct {
		name string
		req  request
		code api.Code
		text string
	}{
		{"no body", request{}, api.InvalidRequest, "empty"},
		{"no picture", request{contentType: "application/json", body: []byte(`{"conf":0.5}`)}, api.InvalidRequest, "image"},
		{"empty picture", jsonWith("image", ""), api.InvalidRequest, "image"},
		{"not base64", jsonWith("image", "*not base64*"), api.InvalidRequest, "base64"},
		{"broken JSON", request{contentType: "application/json", body: []byte(`{"image":`)}, api.InvalidRequest, "JSON"},
		{"unknown option", jsonWith("confidenec", 0.5), api.InvalidRequest, "confidenec"},
		{"unknown option in the query", request{target: "/?konf=1", body: picture}, api.InvalidRequest, "konf"},
		{"confidence out of range", jsonWith("conf_thres", 1.5), api.InvalidRequest, "from 0 to 1"},
		{"confidence of a wrong type", jsonWith("conf_thres", []int{1}), api.InvalidRequest, "from 0 to 1"},
		{"overlap out of range", jsonWith("iou", -1), api.InvalidRequest, "from 0 to 1"},
		{"size out of range", jsonWith("imgsz", 100000), api.InvalidRequest, "4096"},
		{"unknown class", jsonWith("classes", []string{"unicorn"}), api.InvalidRequest, "unicorn"},
		{"PUT", request{method: http.MethodPut, body: picture}, api.MethodNotAllowed, "PUT"},
		{"DELETE", request{method: http.MethodDelete}, api.MethodNotAllowed, "DELETE"},
		{"picture of too many pixels", raw(claimSize(picture, 20000, 20000)), api.TooLarge, "20000"},
		{"text", raw([]byte("this is not a picture at all")), api.UnsupportedPicture, ""},
		{"PDF", raw([]byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3")), api.UnsupportedPicture, ""},
		{"HEIC", raw([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")), api.UnsupportedPicture, "convert"},
		{"picture that ends early", raw(picture[:len(picture)/2]), api.BrokenPicture, "truncated"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkError(t, f.do(t, tt.req), tt.code, tt.text)
		})
	}

	t.Run("request over 6 MB", func(t *testing.T) {
		// AWS refuses it before the function sees it, in words of its own.
		r := f.do(t, raw(make([]byte, 7<<20)))
		if r.status != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d: %s", r.status, r.body)
		}
	})
}

// checkError holds a reply to the code and its status, and to a text that must
// be in the message.
func checkError(t *testing.T, r reply, code api.Code, text string) {
	t.Helper()
	var body api.ErrorBody
	if err := json.Unmarshal(r.body, &body); err != nil || body.Error == nil {
		t.Fatalf("status %d, not an error of the function: %s", r.status, r.body)
	}
	if r.status != code.Status() || body.Error.Code != code {
		t.Errorf("%d %s (%s), want %d %s", r.status, body.Error.Code, body.Error.Message, code.Status(), code)
	}
	if body.Error.Message == "" || !strings.Contains(body.Error.Message, text) {
		t.Errorf("message %q lacks %q", body.Error.Message, text)
	}
	if got := r.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("content type %q", got)
	}
}

// claimSize writes another width and height into a PNG's header, and leaves
// the rest as it is.
func claimSize(file []byte, width, height uint32) []byte {
	out := bytes.Clone(file)
	const kind, size, crc = 12, 16, 29 // offsets in the file of the header's parts
	binary.BigEndian.PutUint32(out[size:], width)
	binary.BigEndian.PutUint32(out[size+4:], height)
	binary.BigEndian.PutUint32(out[crc:], crc32.ChecksumIEEE(out[kind:crc]))
	return out
}
