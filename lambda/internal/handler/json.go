package handler

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// readJSON reads {"image": base64, option: value, …}.
func readJSON(req *api.Request, body []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return api.Errorf(api.InvalidRequest, "the body is not valid JSON: %v", err)
	}
	for name, raw := range fields {
		if name == "image" {
			if err := readImage(req, raw); err != nil {
				return err
			}
			continue
		}
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			return api.Errorf(api.InvalidRequest, "option %s: %v", name, err)
		}
		if err := req.Options.Set(name, v); err != nil {
			return err
		}
	}
	if len(req.Image) == 0 {
		return api.Errorf(api.InvalidRequest, `the field "image" is missing or empty; it holds a picture's bytes as base64`)
	}
	return nil
}

func readImage(req *api.Request, raw json.RawMessage) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return api.Errorf(api.InvalidRequest, `the field "image" is not a string; it holds a picture's bytes as base64`)
	}
	var err error
	if req.Image, err = decodeBase64(text); err != nil {
		return api.Errorf(api.InvalidRequest, `the field "image" is not base64: %v`, err)
	}
	return nil
}

// decodeBase64 reads the alphabets and paddings that encoders write, line breaks
// included, and the data URLs of browsers.
func decodeBase64(text string) ([]byte, error) {
	if rest, ok := strings.CutPrefix(text, "data:"); ok {
		if _, encoded, ok := strings.Cut(rest, ";base64,"); ok {
			text = encoded
		}
	}
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	if strings.ContainsAny(text, "-_") {
		return base64.RawURLEncoding.DecodeString(text)
	}
	return base64.RawStdEncoding.DecodeString(text)
}
