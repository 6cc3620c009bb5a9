package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

// Request is a picture in the form in which it is sent.
type Request struct {
	File, Form string // for the report
	Picture    []byte // a file's bytes

	pictures    int // copies of it in the request
	list        bool
	contentType string
	body        []byte
	opts        api.Options
}

// NewRequest makes the request of a picture: its bytes as the body, or base64 in JSON
// where the form is "json".
func NewRequest(file, form string, picture []byte, opts api.Options) Request {
	r := Request{File: file, Form: form, Picture: picture, pictures: 1, contentType: "application/octet-stream", body: picture, opts: opts}
	if form == "json" {
		r.contentType = "application/json"
		r.body, _ = json.Marshal(map[string][]byte{"image": picture}) // bytes become base64; this can't fail
	}
	return r
}

// NewBatch makes a request of so many copies of a picture, in JSON.
func NewBatch(file string, copies int, picture []byte, opts api.Options) Request {
	body, _ := json.Marshal(map[string][][]byte{"images": slices.Repeat([][]byte{picture}, copies)}) // nor can this
	return Request{File: file, Form: "json", Picture: picture, pictures: copies, list: true, contentType: "application/json", body: body, opts: opts}
}

// send returns the reply to each picture.
func (r Request) send(ctx context.Context, c *client.Client) ([]*api.Response, error) {
	body, err := c.PredictBody(ctx, r.contentType, r.body, r.opts)
	if err != nil {
		return nil, err
	}
	if !r.list {
		reply, err := client.Decode(body)
		return []*api.Response{reply}, err
	}
	var batch api.Batch
	if err := json.Unmarshal(body, &batch); err != nil {
		return nil, fmt.Errorf("read reply: %w", err)
	}
	if len(batch.Results) != r.pictures {
		return nil, fmt.Errorf("read reply: it is about %d of %d pictures", len(batch.Results), r.pictures)
	}
	var replies []*api.Response
	for i, result := range batch.Results {
		switch {
		case result.Error != nil:
			return nil, fmt.Errorf("picture %d of %d: %w", i+1, r.pictures, result.Error)
		case result.Response == nil:
			return nil, fmt.Errorf("read reply: nothing is told of picture %d", i+1)
		}
		replies = append(replies, result.Response)
	}
	return replies, nil
}
