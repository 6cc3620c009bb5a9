package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/yolambda/yolambda/lambda/api"
)

// readJSON reads {"image": base64, option: value, …}, or "images" with a list. A
// picture may be the address of an object in S3 instead. The options may also
// stand in an object of their own, "options": infra/yolambda/batch.asl.json has them so. Each is given
// once, in one of the two.
func readJSON(req *api.Request, body []byte, l *lift) error {
	body = l.cut(body)
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		var other *json.UnmarshalTypeError
		if errors.As(err, &other) {
			return api.Errorf(api.InvalidRequest, `the body is a JSON %s; want an object, {"image": base64}`, other.Value)
		}
		return api.Errorf(api.InvalidRequest, "the body is not valid JSON: %v", err)
	}
	if err := checkOnce(body, fields); err != nil {
		return err
	}
	options := map[string]json.RawMessage{}
	if nested, ok := fields["options"]; ok {
		if err := json.Unmarshal(nested, &options); err != nil {
			return api.Errorf(api.InvalidRequest, `the field "options" is not an object`)
		}
		if err := checkOnce(nested, options); err != nil {
			return err
		}
	}
	if err := readOptions(req, fields, options); err != nil {
		return err
	}
	if list, ok := fields["images"]; ok {
		if fields["image"] != nil {
			return api.Errorf(api.InvalidRequest, `the fields "image" and "images" exclude each other; send one of them`)
		}
		return readImages(req, list, l)
	}
	var err error
	req.Image, err = readImage("image", fields["image"], l)
	return err
}

// checkOnce refuses a valid JSON object that gives one of its fields twice, of which the last would
// count without a word.
func checkOnce(object []byte, fields map[string]json.RawMessage) error {
	if members(object) == len(fields) {
		return nil // known without reading all a second time
	}
	names := json.NewDecoder(bytes.NewReader(object))
	names.Token() // {
	for seen := map[string]bool{}; names.More(); {
		token, err := names.Token()
		if err != nil {
			return api.Errorf(api.InvalidRequest, "the body is not valid JSON: %v", err)
		}
		name, _ := token.(string)
		if seen[name] {
			return api.Errorf(api.InvalidRequest, "the field %q is given twice", name)
		}
		seen[name] = true
		var value json.RawMessage
		if err := names.Decode(&value); err != nil {
			return api.Errorf(api.InvalidRequest, "the body is not valid JSON: %v", err)
		}
	}
	return nil
}

// members counts the fields of a valid JSON object, each as often as it is given.
func members(object []byte) (n int) {
	depth := 0
	for i := 0; i < len(object); i++ {
		switch object[i] {
		case '"':
			for i++; object[i] != '"'; i++ {
				if object[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ':':
			if depth == 1 {
				n++
			}
		}
	}
	return n
}

// readOptions reads every field but those of the picture, and the fields of the object "options".
func readOptions(req *api.Request, fields, nested map[string]json.RawMessage) error {
	given := make(map[string]any, len(fields)+len(nested))
	for name, text := range fields {
		if name != "image" && name != "images" && name != "options" {
			given[name] = optionValue(text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(nested)) {
		if _, ok := given[name]; ok {
			return api.Errorf(api.InvalidRequest, `option %.60s is given twice, in the object "options" and beside it`, name)
		}
		given[name] = optionValue(nested[name])
	}
	return req.Options.SetAll(given)
}

func optionValue(text json.RawMessage) any {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return string(text) // a number beyond float64: the option says what it allows
	}
	return v
}

func readImages(req *api.Request, raw json.RawMessage, l *lift) error {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return api.Errorf(api.InvalidRequest, `the field "images" is not a list; it holds pictures' bytes as base64`)
	}
	if len(list) == 0 || len(list) > api.MaxImages {
		return api.Errorf(api.InvalidRequest, `the field "images" holds %d pictures; 1 to %d are allowed`, len(list), api.MaxImages)
	}
	for i, item := range list {
		image, err := readImage(fmt.Sprintf("images[%d]", i), item, l)
		if err != nil {
			return err
		}
		req.Images = append(req.Images, image)
	}
	return nil
}

// readImage reads a picture's field, which is nil where it is missing.
func readImage(field string, raw json.RawMessage, l *lift) (api.Picture, error) {
	var text string
	if raw != nil {
		if err := json.Unmarshal(raw, &text); err != nil {
			return api.Picture{}, api.Errorf(api.InvalidRequest, "the field %q is not a string; it holds a picture's bytes as base64", field)
		}
	}
	if api.IsURI(text) {
		return api.Picture{URI: text}, nil
	}
	data, err := decodeBase64(text, l)
	if err != nil {
		return api.Picture{}, api.Errorf(api.InvalidRequest, "the field %q is not base64: %v", field, err)
	}
	if len(data) == 0 {
		return api.Picture{}, api.Errorf(api.InvalidRequest, "the field %q is missing or empty; it holds a picture's bytes as base64", field)
	}
	return api.Picture{Data: data}, nil
}
