package api

import "encoding/json"

// MaxImages is the greatest number of pictures in one request.
const MaxImages = 64

// OpenAPIPath is where GET gives the contract for programs, in OpenAPI's words.
const OpenAPIPath = "/openapi.json"

// Request is the default request: a picture and what is asked of it. As JSON it
// is one object, {"image": base64, "imgsz": 640, …}, or with "images" a list; a
// function URL takes it by GET or POST, and a direct Invoke takes the same object
// without an envelope.
type Request struct {
	Image Picture
	// Images are several pictures instead of one, up to MaxImages. The reply is
	// then a list, see Batch.
	Images  []Picture
	Options Options
}

// MarshalJSON writes the request as the function reads it.
func (r Request) MarshalJSON() ([]byte, error) {
	fields := map[string]any{}
	if r.Images != nil {
		fields["images"] = r.Images
	} else {
		fields["image"] = r.Image
	}
	for _, opt := range options {
		if v := opt.get(r.Options); v != nil {
			fields[opt.name] = v
		}
	}
	return json.Marshal(fields)
}
