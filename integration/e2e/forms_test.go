package e2e

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// Every form of request gets the same answer.
func TestRequestForms(t *testing.T) {
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	req := squaresRequest()
	asJSON := marshal(t, req)
	query := "/?" + req.Options.Query().Encode()

	aliased := object(t, req)
	aliased["conf"] = aliased["conf_thres"]
	aliased["size"] = "320" // options of a form are strings; JSON may hold them too
	delete(aliased, "conf_thres")
	delete(aliased, "imgsz")

	tests := []struct {
		name string
		req  request
	}{
		{"JSON by POST", request{contentType: "application/json", body: asJSON}},
		{"JSON by GET", request{method: http.MethodGet, contentType: "application/json", body: asJSON}},
		{"JSON by GET without a content type", request{method: http.MethodGet, body: asJSON}},
		{"JSON with a form's content type", request{contentType: "application/x-www-form-urlencoded", body: asJSON}},
		{"JSON with aliases", request{contentType: "application/json", body: marshal(t, aliased)}},
		{"raw bytes", request{target: query, contentType: "image/png", body: req.Image.Data}},
		{"raw bytes without a content type", request{target: query, body: req.Image.Data}},
		{"raw bytes of an unknown type", request{target: query, contentType: "application/octet-stream", body: req.Image.Data}},
		{"raw bytes with aliases", request{target: "/?size=320&confidence=0.8", contentType: "image/png", body: req.Image.Data}},
		{"multipart, field file", multipartRequest(t, "file", req.Image.Data)},
		{"multipart, field image", multipartRequest(t, "image", req.Image.Data)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := f.do(t, tt.req)
			f.checkSquares(t, r.response(t))
			if got := r.header.Get("Content-Type"); got != "application/json" {
				t.Errorf("content type %q", got)
			}
		})
	}
	t.Run("client", func(t *testing.T) {
		resp, err := f.predict(t, req.Image.Data, req.Options)
		if err != nil {
			t.Fatal(err)
		}
		f.checkSquares(t, resp)
	})
}

func multipartRequest(t *testing.T, field string, picture []byte) request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, "picture.png")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(picture); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"imgsz": "320", "conf": "0.8"} {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return request{contentType: form.FormDataContentType(), body: body.Bytes()}
}

// A direct Invoke takes the same JSON without an HTTP envelope, and answers
// without one.
func TestDirectInvoke(t *testing.T) {
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	if f.server == nil {
		t.Skip("a URL takes no direct Invoke")
	}
	payload := marshal(t, squaresRequest())

	result, err := f.server.Invoke(t.Context(), payload)
	if err != nil || result.FunctionError != "" {
		t.Fatalf("%v %s %s", err, result.FunctionError, result.Payload)
	}
	f.checkSquares(t, decodeResponse(t, result.Payload))

	t.Run("AWS SDK", func(t *testing.T) {
		api := lambda.NewFromConfig(f.aws, func(o *lambda.Options) { o.BaseEndpoint = aws.String(f.url) })
		out, err := api.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("yolambda"), Payload: payload})
		if err != nil || out.FunctionError != nil {
			t.Fatalf("%v %s", err, aws.ToString(out.FunctionError))
		}
		f.checkSquares(t, decodeResponse(t, out.Payload))
	})
}
