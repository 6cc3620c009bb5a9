package apis

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// maxBody is the most bytes of a request: base64 of the largest picture that a
// function takes, and a little.
const maxBody = 7 << 20

// call is a request of a client, read.
type call struct {
	*http.Request
	// values are those of the query and of a form.
	values url.Values
	// files are those of a form, by field, and "" the whole body of what is no form.
	files map[string][]byte
}

// readCall reads a request. Every error is an *api.Error.
func readCall(r *http.Request) (*call, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, api.Errorf(api.InvalidRequest, "the request did not arrive whole")
	}
	if len(body) > maxBody {
		return nil, api.Errorf(api.TooLarge, "the request has over %d MB, and a Lambda function takes a picture of 4.5 MB at most; scale it down", maxBody>>20)
	}
	c := &call{Request: r, files: map[string][]byte{}}
	if c.values, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return nil, api.Errorf(api.InvalidRequest, "the query can't be read: %v", err)
	}
	switch mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mediaType {
	case "multipart/form-data":
		err = c.readForm(body)
	case "application/x-www-form-urlencoded":
		// Roboflow's clients send base64 so, others a form.
		if form, parseErr := url.ParseQuery(string(body)); parseErr == nil && !isBase64(body) {
			maps.Copy(c.values, form)
			break
		}
		c.files[""] = body
	default:
		c.files[""] = body
	}
	return c, err
}

// readForm reads a multipart form: its files, and what else it has as values.
func (c *call) readForm(body []byte) error {
	r := *c.Request
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.Form, r.PostForm, r.MultipartForm = nil, nil, nil
	if err := r.ParseMultipartForm(maxBody); err != nil {
		return api.Errorf(api.InvalidRequest, "the form can't be read: %v", err)
	}
	defer r.MultipartForm.RemoveAll()
	for name, values := range r.MultipartForm.Value {
		c.values[name] = values
	}
	for _, field := range slices.Sorted(maps.Keys(r.MultipartForm.File)) {
		f, err := r.MultipartForm.File[field][0].Open()
		if err != nil {
			return api.Errorf(api.InvalidRequest, "the form's file %q can't be read: %v", field, err)
		}
		data, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			return api.Errorf(api.InvalidRequest, "the form's file %q can't be read: %v", field, err)
		}
		c.files[field] = data
	}
	return nil
}

// key is the secret that a request carries where its API has a place for one.
func (c *call) key() string {
	if key := c.Header.Get("X-Api-Key"); key != "" {
		return key
	}
	if key := c.values.Get("api_key"); key != "" {
		return key
	}
	var body struct {
		Key string `json:"api_key"`
	}
	_ = json.Unmarshal(c.files[""], &body) // what is not JSON has none
	return body.Key
}

// file is the first of the fields that the form has.
func (c *call) file(fields ...string) ([]byte, error) {
	for _, field := range fields {
		if data := c.files[field]; len(data) > 0 {
			return data, nil
		}
	}
	return nil, api.Errorf(api.InvalidRequest, "the request has no picture: send it as a form's file %q", fields[0])
}

// number reads a value from least to most; nil where it is not given.
func (c *call) number(name string, least, most float64) (*float64, error) {
	text := strings.TrimSpace(c.values.Get(name))
	if text == "" {
		return nil, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= least && n <= most) { // NaN is neither
		return nil, api.Errorf(api.InvalidRequest, "%s: %.30q is not a number from %g to %g", name, text, least, most)
	}
	return &n, nil
}

// flag reads a value that is true or false.
func (c *call) flag(name string) (bool, error) {
	text := c.values.Get(name)
	if text == "" {
		return false, nil
	}
	b, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		return false, api.Errorf(api.InvalidRequest, "%s: %.30q is not true or false", name, text)
	}
	return b, nil
}

// isBase64 reports whether a body is nothing else.
func isBase64(body []byte) bool {
	_, err := decodeBase64(string(body))
	return err == nil && len(body) > 0
}

var errBase64 = errors.New("it is not base64")

// decodeBase64 decodes with or without padding, newlines and a data URL's start.
func decodeBase64(text string) ([]byte, error) {
	if rest, ok := strings.CutPrefix(text, "data:"); ok {
		_, text, _ = strings.Cut(rest, ",")
	}
	text = strings.NewReplacer("\r", "", "\n", "", " ", "").Replace(text)
	data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil, errBase64
	}
	return data, nil
}
