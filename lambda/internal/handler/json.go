package handler

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// readJSON reads {"image": base64, option: value, …}.
func readJSON(req *api.Request, body []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		var other *json.UnmarshalTypeError
		if errors.As(err, &other) {
			return api.Errorf(api.InvalidRequest, `the body is a JSON %s; want an object, {"image": base64}`, other.Value)
		}
		return api.Errorf(api.InvalidRequest, "the body is not valid JSON: %v", err)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name == "image" {
			continue
		}
		var v any
		if err := json.Unmarshal(fields[name], &v); err != nil {
			v = string(fields[name]) // a number beyond float64: the option says what it allows
		}
		if err := req.Options.Set(name, v); err != nil {
			return err
		}
	}
	return readImage(req, fields["image"])
}

// readImage reads the field image, which is nil where it is missing.
func readImage(req *api.Request, raw json.RawMessage) error {
	var text string
	if raw != nil {
		if err := json.Unmarshal(raw, &text); err != nil {
			return api.Errorf(api.InvalidRequest, `the field "image" is not a string; it holds a picture's bytes as base64`)
		}
	}
	image, err := decodeBase64(text)
	if err != nil {
		return api.Errorf(api.InvalidRequest, `the field "image" is not base64: %v`, err)
	}
	if len(image) == 0 {
		return api.Errorf(api.InvalidRequest, `the field "image" is missing or empty; it holds a picture's bytes as base64`)
	}
	req.Image = image
	return nil
}

// decodeBase64 reads the alphabets and paddings that encoders write, line breaks
// included, and the data URLs of browsers.
func decodeBase64(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "data:"); ok {
		if _, encoded, ok := strings.Cut(rest, ";base64,"); ok {
			text = encoded
		}
	}
	text = strings.TrimRight(text, "=\r\n")
	if strings.ContainsAny(text, "-_") {
		return base64.RawURLEncoding.DecodeString(text)
	}
	return base64.RawStdEncoding.DecodeString(text)
}
