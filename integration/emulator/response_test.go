package emulator

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseResponse(t *testing.T) {
	type header map[string][]string
	json := header{"Content-Type": {"application/json"}}
	tests := []struct {
		name, payload string
		status        int // zero means an error
		header        header
		body          string
	}{
		{"no status", `{"detections":[]}`, 200, json, `{"detections":[]}`},
		{"no status but a body", `{"body":"x","headers":1}`, 200, json, `{"body":"x","headers":1}`},
		{"null as status", `{"statusCode":null}`, 200, json, `{"statusCode":null}`},
		{"string", `"hällo"`, 200, json, `hällo`},
		{"empty string", `""`, 200, json, ``},
		{"array", ` [1, 2]`, 200, json, ` [1, 2]`},
		{"number", `1`, 200, json, `1`},
		{"null", `null`, 200, json, `null`},
		{"status", `{"statusCode":201}`, 201, json, ``},
		{"status as a string", `{"statusCode":"404","body":"x"}`, 404, json, `x`},
		{"null as a body", `{"statusCode":200,"body":null,"headers":null,"cookies":null}`, 200, json, ``},
		{"object as a body", `{"statusCode":200,"body":{"a": 1}}`, 200, json, `{"a": 1}`},
		{"base64", `{"statusCode":200,"body":"AP8=","isBase64Encoded":true,"headers":{"content-type":"image/png"}}`, 200, header{"Content-Type": {"image/png"}}, "\x00\xff"},
		{"headers", `{"statusCode":200,"headers":{"x-a":"1","X-Number":2,"X-Bool":true}}`, 200, header{"Content-Type": {"application/json"}, "X-A": {"1"}, "X-Number": {"2"}, "X-Bool": {"true"}}, ``},
		{"cookies", `{"statusCode":200,"cookies":["a=1; Secure","b=2"]}`, 200, header{"Content-Type": {"application/json"}, "Set-Cookie": {"a=1; Secure", "b=2"}}, ``},
		{
			"remapped headers", `{"statusCode":200,"body":"x","headers":{"content-length":"5","Connection":"close","server":"s","date":"d"}}`, 200,
			header{
				"Content-Type": {"application/json"}, "X-Amzn-Remapped-Content-Length": {"5"}, "X-Amzn-Remapped-Connection": {"close"},
				"X-Amzn-Remapped-Server": {"s"}, "X-Amzn-Remapped-Date": {"d"},
			}, `x`,
		},
		{name: "not JSON", payload: `<html>`},
		{name: "nothing", payload: ``},
		{name: "status not a number", payload: `{"statusCode":"ok"}`},
		{name: "status too small", payload: `{"statusCode":199}`},
		{name: "status too large", payload: `{"statusCode":600}`},
		{name: "status a fraction", payload: `{"statusCode":200.5}`},
		{name: "not base64", payload: `{"statusCode":200,"body":"%","isBase64Encoded":true}`},
		{name: "headers a list", payload: `{"statusCode":200,"headers":["a"]}`},
		{name: "cookies a string", payload: `{"statusCode":200,"cookies":"a"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, err := parseResponse([]byte(test.payload))
			if (err != nil) != (test.status == 0) {
				t.Fatalf("parseResponse: %v, want status %d", err, test.status)
			}
			if err != nil {
				return
			}
			recorder := httptest.NewRecorder()
			response.write(recorder)
			if recorder.Code != test.status {
				t.Errorf("status is %d, want %d", recorder.Code, test.status)
			}
			if diff := cmp.Diff(http.Header(test.header), recorder.Header()); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			if got := recorder.Body.String(); got != test.body {
				t.Errorf("body is %q, want %q", got, test.body)
			}
		})
	}
}

func FuzzParseResponse(f *testing.F) {
	f.Add([]byte(`{"statusCode":200,"headers":{"a":"b"},"cookies":["c"],"body":"AP8=","isBase64Encoded":true}`))
	f.Add([]byte(`{"statusCode":"1e2"}`))
	f.Add([]byte(`"x"`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		response, err := parseResponse(payload)
		if err != nil {
			return
		}
		recorder := httptest.NewRecorder()
		response.write(recorder)
		if recorder.Code < 200 || recorder.Code > 599 {
			t.Errorf("status is %d", recorder.Code)
		}
	})
}
