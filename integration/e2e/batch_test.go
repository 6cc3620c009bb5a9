package e2e

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// Several pictures in one request are answered in their order, whichever form
// they come in; one that is broken costs its own place only.
func TestBatch(t *testing.T) {
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	req := squaresRequest()
	req.Images, req.Image = []api.Picture{req.Image, {Data: []byte("no picture")}, req.Image}, api.Picture{}

	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	for _, picture := range req.Images {
		part, err := parts.CreateFormFile("file", "picture.png")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(picture.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	query := "/?" + req.Options.Query().Encode()
	for name, r := range map[string]request{
		"JSON": {contentType: "application/json", body: marshal(t, req)},
		"form": {target: query, contentType: parts.FormDataContentType(), body: form.Bytes()},
	} {
		t.Run(name, func(t *testing.T) {
			reply := f.do(t, r)
			var batch api.Batch
			if err := json.Unmarshal(reply.body, &batch); err != nil || reply.status != 200 || len(batch.Results) != 3 {
				t.Fatalf("status %d, %v: %s", reply.status, err, reply.body)
			}
			for _, i := range []int{0, 2} {
				if batch.Results[i].Response == nil {
					t.Fatalf("picture %d: %+v", i, batch.Results[i].Error)
				}
				f.checkSquares(t, batch.Results[i].Response)
			}
			if e := batch.Results[1].Error; e == nil || e.Code != api.UnsupportedPicture {
				t.Errorf("the broken picture: %+v", batch.Results[1])
			}
		})
	}
}
