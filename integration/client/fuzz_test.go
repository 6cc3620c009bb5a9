package client

import (
	"bytes"
	"net/http"
	"testing"
)

// FuzzReply: whatever an endpoint says, the reader gives either detections or
// an error that has words, and doesn't panic.
func FuzzReply(f *testing.F) {
	f.Add(200, []byte(`{"detections":[{"box":[1,2,3,4],"conf":0.5,"cls":"person","cls_id":0}],"speed":{"inference":1.5}}`))
	f.Add(200, []byte(`{"detections":[],"image":{"width":1,"height":1}}`))
	f.Add(200, []byte(`{"detections":null}`))
	f.Add(422, []byte(`{"error":{"code":"broken_picture","message":"the JPEG ends early"}}`))
	f.Add(403, []byte(`{"Message":"Forbidden"}`))
	f.Add(502, []byte(`Internal Server Error`))
	f.Add(504, []byte(`{"Message":null}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		reply, err := readReply(status, http.Header{}, bytes.NewReader(body))
		if err == nil && status != http.StatusOK {
			t.Fatalf("status %d is not an error", status)
		}
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without words")
			}
			return
		}
		if resp, err := Decode(reply); err == nil && resp.Detections == nil {
			t.Fatal("neither detections nor an error")
		}
	})
}
