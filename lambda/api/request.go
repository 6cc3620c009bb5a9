package api

import (
	"bytes"
	"encoding/json"
)

// MaxImages is the greatest number of pictures in one request.
const MaxImages = 64

// Request is the default request: a picture and what is asked of it. As JSON it
// is one object, {"image": base64, "imgsz": 640, …}, or with "images" a list; a
// function URL takes it by GET or POST, and a direct Invoke takes the same object
// without an envelope.
type Request struct {
	// Image is the picture file's bytes, of any supported format, or its address
	// s3://bucket/key where the function is deployed to read there.
	Image []byte
	// Images are several pictures instead of one, up to MaxImages. The reply is
	// then a list, see Batch.
	Images  [][]byte
	Options Options
}

// wireImage is a picture as JSON has it: its address as it is, its bytes as
// base64.
func wireImage(image []byte) any {
	if bytes.HasPrefix(image, []byte("s3://")) {
		return string(image)
	}
	return image
}

// MarshalJSON writes the request as the function reads it.
func (r Request) MarshalJSON() ([]byte, error) {
	fields := map[string]any{}
	if r.Images != nil {
		images := make([]any, len(r.Images))
		for i, image := range r.Images {
			images[i] = wireImage(image)
		}
		fields["images"] = images
	} else {
		fields["image"] = wireImage(r.Image)
	}
	for _, opt := range options {
		if v := opt.get(r.Options); v != nil {
			fields[opt.name] = v
		}
	}
	return json.Marshal(fields)
}
