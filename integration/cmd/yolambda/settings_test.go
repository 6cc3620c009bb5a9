package main

import (
	"strings"
	"testing"
)

func TestParseSettings(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: "",
		`{"url": "https://a/", "model": "a.onnx", "model_name": "codes"}`: "",
		`{"stack": "yolambda"}`:      "",
		``:                           "EOF",
		`{"ulr": "https://a/"}`:      `unknown field "ulr"`,
		`{"url": 1}`:                 "cannot unmarshal",
		`{"url": "a", "stack": "b"}`: "one of the two",
		`{} {}`:                      "more after",
		`["url"]`:                    "cannot unmarshal",
	} {
		_, err := parseSettings([]byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func FuzzParseSettings(f *testing.F) {
	f.Add([]byte(`{"url": "https://a/", "model": "a.onnx", "model_name": "codes"}`))
	f.Add([]byte(`{"stack": "b"} x`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := parseSettings(data); err != nil && s != (settings{}) {
			t.Errorf("%+v with %v", s, err)
		}
	})
}
