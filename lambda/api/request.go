package api

import "encoding/json"

// Request is the default request: a picture and what is asked of it. As JSON it
// is one object, {"image": base64, "imgsz": 640, …}; a function URL takes it by
// GET or POST, and a direct Invoke takes the same object without an envelope.
type Request struct {
	// Image is the picture file's bytes, of any supported format.
	Image   []byte
	Options Options
}

// MarshalJSON writes the request as the function reads it.
func (r Request) MarshalJSON() ([]byte, error) {
	fields := map[string]any{"image": r.Image}
	for _, opt := range options {
		if v := opt.get(r.Options); v != nil {
			fields[opt.name] = v
		}
	}
	return json.Marshal(fields)
}
