package handler

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/payload"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

var update = flag.Bool("update", false, "write the golden files")

// found is what every well-formed request for the persons must get.
var found = []api.Detection{
	{Box: [4]int{92, 72, 108, 88}, Conf: 0.95, Cls: "person", ClsID: 0},
	{Box: [4]int{70, 40, 90, 80}, Conf: 0.7, Cls: "person", ClsID: 0},
}

// Each of these asks for the persons in the picture, one way or another.
func TestRequestForms(t *testing.T) {
	object := []byte(fmt.Sprintf(`{"image":%q,"classes":["person"]}`, encoded))
	formType, fileForm := yolotest.Form("file", string(photo), "classes", "person")
	_, imageForm := yolotest.Form("classes", "0", "conf", "0.5", "image", string(photo))
	_, imagesForm := yolotest.Form("images", string(photo), "classes", "person")
	_, twiceForm := yolotest.Form("classes", "person", "classes", "dog", "file", string(photo))
	withImage := func(s string) []byte {
		text, _ := json.Marshal(s)
		return []byte(`{"classes":"person","image":` + string(text) + `}`)
	}
	for name, r := range map[string]request{
		"JSON":                       {contentType: "application/json", body: object},
		"JSON as base64":             {contentType: "application/json", body: object, binary: true},
		"JSON by GET":                {method: "GET", contentType: "application/json", body: object},
		"JSON without content type":  {body: object},
		"JSON as curl -d sends it":   {contentType: "application/x-www-form-urlencoded", body: object},
		"JSON as an AWS tool's":      {contentType: "application/x-amz-json-1.0", body: object, binary: true},
		"JSON called a picture":      {contentType: "image/png", body: object, binary: true},
		"JSON after blanks":          {body: append([]byte("\r\n\t "), object...)},
		"JSON, option in the query":  {query: "classes=person", body: []byte(`{"image":"` + encoded + `"}`)},
		"JSON, body before query":    {query: "classes=dog", body: object},
		"bytes":                      {query: "classes=person", contentType: "image/png", body: photo, binary: true},
		"bytes called something":     {query: "classes=person", contentType: "application/octet-stream", body: photo, binary: true},
		"bytes without content type": {query: "classes=person", body: photo, binary: true},
		"bytes by GET":               {query: "classes=0", method: "GET", body: photo, binary: true},
		"query with every alias":     {query: "classes=person&classes=dog&conf=0.3&overlap=0.3&size=64&max_det=5&agnostic_nms=false&letterbox=corner", body: photo, binary: true},
		"bytes by a presigned URL":   {query: "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60&X-Amz-Signature=00&classes=person", body: photo, binary: true},
		"form, file":                 {contentType: formType, body: fileForm, binary: true},
		"form, image":                {contentType: formType, body: imageForm, binary: true},
		"form, images":               {contentType: formType, body: imagesForm, binary: true},
		"base64 text":                {query: "classes=person", contentType: "text/plain", body: []byte(encoded)},
		"base64 text as bytes":       {query: "classes=person", body: []byte(yolotest.Lines(encoded)), binary: true},
		"base64 text, URL-safe":      {query: "classes=person", body: []byte(base64.RawURLEncoding.EncodeToString(photo))},
		"data URL alone":             {query: "classes=person", body: []byte("data:image/png;base64," + encoded)},
		"JSON after a BOM":           {body: append([]byte("\uFEFF"), object...)},
		"form, a list of classes":    {contentType: formType, body: twiceForm, binary: true},
		"form, its type in capitals": {contentType: "Multipart/Form-Data; boundary=boundary", body: fileForm, binary: true},
		"data URL":                   {body: withImage("data:image/png;base64," + encoded)},
		"data URL with parameter":    {body: withImage(" data:image/png;charset=utf-8;base64," + encoded)},
		"URL-safe base64":            {body: withImage(base64.URLEncoding.EncodeToString(photo))},
		"base64 in lines":            {body: withImage(yolotest.Lines(encoded))},
		"base64 without padding":     {body: withImage(strings.TrimRight(encoded, "="))},
	} {
		t.Run(name, func(t *testing.T) {
			reply := r.send(t, detector(t))
			if reply.StatusCode != 200 {
				t.Fatalf("status %d: %s", reply.StatusCode, reply.Body)
			}
			var got api.Response
			decode(t, []byte(reply.Body), &got)
			if diff := cmp.Diff(found, got.Detections); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("direct invoke", func(t *testing.T) {
		out, err := detector(t).Invoke(invocation(), object)
		if err != nil {
			t.Fatal(err)
		}
		var got api.Response
		decode(t, out, &got)
		if diff := cmp.Diff(found, got.Detections); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRefusals(t *testing.T) {
	formType, emptyForm := yolotest.Form("conf", "0.5")
	_, manyPictures := yolotest.Form(slices.Repeat([]string{"file", "x"}, api.MaxImages+1)...)
	_, emptyFile := yolotest.Form("file", "")
	_, encodedFile := yolotest.Form("image", encoded)
	_, jsonFile := yolotest.Form("file", `{"message":"Not Found"}`)
	_, badOption := yolotest.Form("file", string(photo), "conf", "high")
	_, whole := yolotest.Form("file", string(photo))
	bomb := bytes.Clone(photo) // its header claims 20,000 x 20,000 pixels
	binary.BigEndian.PutUint32(bomb[16:], 20_000)
	binary.BigEndian.PutUint32(bomb[20:], 20_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	withImage := func(s string) []byte { return []byte(`{"image":` + s + `}`) }
	asked := func(options string) request {
		return request{body: []byte(`{"image":"` + encoded + `",` + options + `}`)}
	}
	query := func(q string) request { return request{query: q, body: photo, binary: true} }
	for _, tt := range []struct {
		name string
		req  request
		code api.Code
		text string // part of the message
	}{
		{"PUT", request{method: "PUT", body: photo, binary: true}, api.MethodNotAllowed, "PUT"},
		{"DELETE", request{method: "DELETE"}, api.MethodNotAllowed, "DELETE"},
		{"PATCH", request{method: "PATCH"}, api.MethodNotAllowed, "PATCH"},
		{"HEAD", request{method: "HEAD"}, api.MethodNotAllowed, "GET or POST"},
		{"OPTIONS", request{method: "OPTIONS"}, api.MethodNotAllowed, "GET or POST"},
		{"method of any length", request{method: strings.Repeat("X", 1<<20)}, api.MethodNotAllowed, "GET or POST"},

		{"no body", request{}, api.InvalidRequest, "the body is empty"},
		{"blank body", request{body: []byte(" \r\n")}, api.InvalidRequest, "the body is empty"},
		{"empty object", request{body: []byte("{}")}, api.InvalidRequest, `"image" is missing`},
		{"empty image", request{body: withImage(`""`)}, api.InvalidRequest, `"image" is missing or empty`},
		{"empty data URL", request{body: withImage(`"data:image/png;base64,"`)}, api.InvalidRequest, `"image" is missing or empty`},
		{"null image", request{body: withImage("null")}, api.InvalidRequest, `"image" is missing`},
		{"image of another type", request{body: withImage("[1,2]")}, api.InvalidRequest, `"image" is not a string`},
		{"image and images", request{body: []byte(`{"image":"QQ==","images":["QQ=="]}`)}, api.InvalidRequest, "exclude each other"},
		{"images of another type", request{body: []byte(`{"images":"QQ=="}`)}, api.InvalidRequest, `"images" is not a list`},
		{"no images", request{body: []byte(`{"images":[]}`)}, api.InvalidRequest, "0 pictures; 1 to 64"},
		{"too many images", request{body: []byte(`{"images":["QQ=="` + strings.Repeat(`,"QQ=="`, api.MaxImages) + `]}`)}, api.InvalidRequest, "65 pictures; 1 to 64"},
		{"images, one not base64", request{body: []byte(`{"images":["QQ==","*"]}`)}, api.InvalidRequest, `"images[1]" is not base64`},
		{"images as one picture", request{query: "format=image", body: []byte(`{"images":["QQ=="]}`)}, api.InvalidRequest, "option format"},
		{"unknown model", request{query: "model=other", body: photo, binary: true}, api.InvalidRequest, `no model "other" here; there are test`},
		{"unknown model's metadata", request{method: "GET", query: "model=other"}, api.InvalidRequest, `no model "other"`},
		{"not base64", request{body: withImage(`"*"`)}, api.InvalidRequest, "not base64"},
		{"an option twice", request{query: "conf=0.1&conf_thres=0.9", body: photo, binary: true}, api.InvalidRequest, "option conf_thres is given twice, as conf and as conf_thres"},
		{"a field of JSON twice", request{body: []byte(`{"image":"` + encoded + `","conf":0.1,"conf":0.9}`)}, api.InvalidRequest, `the field "conf" is given twice`},
		{"a picture of JSON twice", request{body: []byte(`{"image":"` + encoded + `","image":"` + encoded + `"}`)}, api.InvalidRequest, `the field "image" is given twice`},
		{"an option of options twice", request{body: []byte(`{"image":"` + encoded + `","options":{"conf":0.1,"conf":0.9}}`)}, api.InvalidRequest, `the field "conf" is given twice`},
		{"an option in and beside options", asked(`"conf":0.1,"options":{"conf":0.1}`), api.InvalidRequest, `option conf is given twice, in the object "options" and beside it`},
		{"its other name beside options", asked(`"conf":0.1,"options":{"confidence":0.9}`), api.InvalidRequest, `option conf_thres is given twice, as conf and as confidence`},
		{"a picture in options", asked(`"options":{"image":"QQ=="}`), api.InvalidRequest, `option "image" is unknown`},
		{"an option twice in JSON", request{body: []byte(`{"image":"` + encoded + `","iou":0.1,"overlap":0.2}`)}, api.InvalidRequest, "given twice"},
		{"an unknown option without a picture", request{method: "GET", query: "bogus=1"}, api.InvalidRequest, `option "bogus" is unknown`},
		{"broken JSON", request{body: []byte(`{"image":`)}, api.InvalidRequest, "not valid JSON"},
		{"text after JSON", request{body: []byte(`{} {}`)}, api.InvalidRequest, "not valid JSON"},

		{"unknown option", asked(`"konf":0.5`), api.InvalidRequest, `"konf" is unknown; known are`},
		{"unknown option in the query", query("konf=0.5"), api.InvalidRequest, `"konf" is unknown; known are`},
		{"unknown option in a form", request{contentType: formType, body: badOption}, api.InvalidRequest, `option conf: "high" is not a number from 0 to 1`},
		{"first of two unknown", asked(`"b":1,"a":1`), api.InvalidRequest, `"a" is unknown`},
		{"confidence too high", asked(`"conf":1.5`), api.InvalidRequest, "option conf: 1.5 is not a number from 0 to 1"},
		{"confidence beyond all numbers", asked(`"conf":1e999`), api.InvalidRequest, "is not a number from 0 to 1"},
		{"confidence NaN", query("conf=NaN"), api.InvalidRequest, "is not a number from 0 to 1"},
		{"confidence null", asked(`"conf":null`), api.InvalidRequest, "null is not a number from 0 to 1"},
		{"size too great", asked(`"imgsz":5000`), api.InvalidRequest, "from 32 to 4096"},
		{"size not the model's", asked(`"imgsz":128`), api.InvalidRequest, "64 x 64"},
		{"unknown class", asked(`"classes":["unicorn"]`), api.InvalidRequest, `no class "unicorn"`},
		{"too many classes", query("classes=0" + strings.Repeat(",0", 1000)), api.InvalidRequest, "1001 classes; 1000 are allowed"},
		{"class name of any length", asked(`"classes":["` + strings.Repeat("x", 1<<20) + `"]`), api.InvalidRequest, "GET / lists"},
		{"query that is none", query("conf=%zz"), api.InvalidRequest, "query string"},

		{"form without picture", request{contentType: formType, body: emptyForm}, api.InvalidRequest, "no picture"},
		{"form with an empty picture", request{contentType: formType, body: emptyFile, binary: true}, api.InvalidRequest, `field "file" is empty`},
		{"base64 in a form", request{contentType: formType, body: encodedFile}, api.UnsupportedPicture, "put into a form, which takes the bytes"},
		{"JSON in a form", request{contentType: formType, body: jsonFile}, api.UnsupportedPicture, "this is JSON, not a picture"},
		{"form with too many pictures", request{contentType: formType, body: manyPictures, binary: true}, api.InvalidRequest, "65 pictures; 1 to 64"},
		{"form without boundary", request{contentType: "multipart/form-data", body: whole, binary: true}, api.InvalidRequest, "no boundary; leave the Content-Type"},
		{"form of another boundary", request{contentType: "multipart/form-data; boundary=x", body: whole, binary: true}, api.InvalidRequest, `its boundary is "x" in the Content-Type but "boundary" in the body`},
		{"form that ends in the picture", request{contentType: formType, body: whole[:len(whole)/2], binary: true}, api.InvalidRequest, "malformed"},
		{"form that ends after the picture", request{contentType: formType, body: whole[:len(whole)-4], binary: true}, api.InvalidRequest, "malformed"},
		{"form with a header of any length", request{contentType: formType, body: []byte("--boundary\r\n" + strings.Repeat("x", 1<<20) + "\r\n\r\n")}, api.InvalidRequest, "malformed"},

		{"text for a picture", request{body: []byte("hello")}, api.UnsupportedPicture, "send JPEG"},
		{"a form without its content type", request{contentType: "image/png", body: whole, binary: true}, api.UnsupportedPicture, "this is a multipart form"},
		{"base64 of base64", request{body: withImage(`"` + base64.StdEncoding.EncodeToString([]byte(encoded)) + `"`)}, api.UnsupportedPicture, "encoded twice"},
		{"base64 text of something else", request{body: []byte(strings.Repeat("aGVs", 12))}, api.UnsupportedPicture, "this is text"},
		{"HEIC", request{body: []byte("\x00\x00\x00\x18ftypheic"), binary: true}, api.UnsupportedPicture, "HEIC files are not supported"},
		{"picture of too many pixels", request{body: bomb, binary: true}, api.TooLarge, "20000x20000"},
		{"truncated picture", request{body: photo[:len(photo)/2], binary: true}, api.BrokenPicture, "the PNG picture is truncated"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reply := tt.req.send(t, detector(t))
			checkError(t, []byte(reply.Body), tt.code, tt.text)
			if reply.StatusCode != tt.code.Status() {
				t.Errorf("status %d, want %d", reply.StatusCode, tt.code.Status())
			}
			if allow := reply.Headers["Allow"]; (allow == "GET, POST") != (tt.code == api.MethodNotAllowed) {
				t.Errorf("Allow: %q", allow)
			}
		})
	}
}

// A bare request is refused without an envelope.
func TestRefusalsOfDirectInvoke(t *testing.T) {
	for payload, text := range map[string]string{
		"":                               "not valid JSON",
		"null":                           `"image" is missing`,
		"[]":                             "the body is a JSON array",
		`"` + encoded + `"`:              "the body is a JSON string",
		"{}":                             `"image" is missing`,
		`{"body":1}`:                     `option "body" is unknown`,
		`{"image":"` + encoded[:9] + `}`: "not valid JSON",
	} {
		out, err := detector(t).Invoke(invocation(), []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		checkError(t, out, api.InvalidRequest, text)
	}
}

// An envelope that AWS would not send is refused within an envelope.
func TestBrokenEvents(t *testing.T) {
	for payload, code := range map[string]api.Code{
		`{"requestContext":{}}`:                                                           api.MethodNotAllowed,
		`{"requestContext":{"http":{"method":"POST"}},"body":1}`:                          api.InvalidRequest,
		`{"requestContext":{"http":{"method":"POST"}},"body":"*","isBase64Encoded":true}`: api.InvalidRequest,
	} {
		out, err := detector(t).Invoke(invocation(), []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		var reply events.LambdaFunctionURLResponse
		decode(t, out, &reply)
		checkError(t, []byte(reply.Body), code, "")
		if reply.StatusCode != code.Status() {
			t.Errorf("%s: status %d", payload, reply.StatusCode)
		}
	}
}

// The events of AWS' other ways to call a function by HTTP, as its documentation has
// them, are named, in the envelope that they all take.
func TestEventsOfGateways(t *testing.T) {
	for sender, event := range map[string]any{
		"a REST API":                          events.APIGatewayProxyRequest{Resource: "/{proxy+}", Path: "/", HTTPMethod: "POST", Body: encoded},
		"an HTTP API with payload format 1.0": map[string]any{"version": "1.0", "httpMethod": "POST", "requestContext": map[string]any{"httpMethod": "POST", "requestId": "id"}},
		"an Application Load Balancer":        events.ALBTargetGroupRequest{HTTPMethod: "POST", Path: "/", Body: encoded, IsBase64Encoded: true},
		"a WebSocket API":                     events.APIGatewayWebsocketProxyRequest{RequestContext: events.APIGatewayWebsocketProxyRequestContext{ConnectionID: "L0SM9cOFvHcCIhw=", RouteKey: "$default"}, Body: encoded},
	} {
		payload, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		out, err := detector(t).Invoke(invocation(), payload)
		if err != nil {
			t.Fatal(err)
		}
		var reply events.LambdaFunctionURLResponse
		decode(t, out, &reply)
		checkError(t, []byte(reply.Body), api.InvalidRequest, "the event of "+sender+";")
	}
}

func checkError(t *testing.T, body []byte, code api.Code, text string) {
	t.Helper()
	var got api.ErrorBody
	decode(t, body, &got)
	if got.Error == nil {
		t.Fatalf("not an error: %.500s", body)
	}
	if got.Error.Code != code || !strings.Contains(got.Error.Message, text) || len(got.Error.Message) > 1000 {
		t.Errorf("%s: %.1000s; want %s: …%s…", got.Error.Code, got.Error.Message, code, text)
	}
}

// TestGolden compares whole replies, one of each task, with testdata. Numbers
// may differ by 1e-4; times are left out.
func TestGolden(t *testing.T) {
	segment := raw([]float32{20, 20, 16, 16, 0, 0.9, 0, 1, 0}, []float32{40, 30, 10, 20, 0.7, 0, 0, 0, 1})
	// Two prototypes of 16 x 16: the first is inside everywhere, the second on
	// the right half only, from the tensor's column 32 on.
	prototypes := yolo.Tensor{Shape: []int{1, 2, 16, 16}, Data: make([]float32, 2*16*16)}
	for i := range 16 * 16 {
		prototypes.Data[i], prototypes.Data[16*16+i] = 1, float32(i%16)-7.5
	}
	pose := raw([]float32{20, 20, 16, 16, 0.9, 0, 0, 18, 18, 0.8, 22, 24, 0.1})
	obb := raw([]float32{32, 24, 20, 10, 0, 0, 0.9, math.Pi / 6})
	classify := yolo.Tensor{Shape: []int{1, 3}, Data: []float32{0.2, 0.7, 0.1}}
	poseProps := map[string]string{"kpt_shape": "[2, 3]", "kpt_names": "{0: ['nose', 'tail']}"}
	two := []byte(`{"images":["` + encoded + `","` + encoded + `"]}`)
	for _, tt := range []struct {
		name    string
		file    onnx.Model
		runner  yolo.Runner
		request request
	}{
		{"detect", file("detect", nil, detections), always(detections), request{body: photo, binary: true}},
		{"segment", file("segment", nil, segment, prototypes), always(segment, prototypes), request{body: photo, binary: true}},
		{"segment-rle", file("segment", nil, segment, prototypes), always(segment, prototypes), request{query: "mask=rle", body: photo, binary: true}},
		{"pose", file("pose", poseProps, pose), always(pose), request{body: photo, binary: true}},
		{"obb", file("obb", nil, obb), always(obb), request{body: photo, binary: true}},
		{"classify", file("classify", nil, classify), always(classify), request{body: photo, binary: true}},
		{"batch", file("detect", nil, detections), always(detections), request{body: two}},
		{"ultralytics", file("detect", nil, detections), always(detections), request{query: "format=ultralytics", body: photo, binary: true}},
		{"ultralytics-batch", file("pose", poseProps, pose), always(pose), request{query: "format=ultralytics", body: two}},
		{"roboflow", file("detect", nil, detections), always(detections), request{query: "format=roboflow", body: photo, binary: true}},
		{"roboflow-batch", file("segment", nil, segment, prototypes), always(segment, prototypes), request{query: "format=roboflow", body: two}},
		{"metadata", file("detect", nil, detections), always(detections), request{method: "GET"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reply := tt.request.send(t, newHandler(t, tt.file, tt.runner))
			if reply.StatusCode != 200 {
				t.Fatalf("status %d: %s", reply.StatusCode, reply.Body)
			}
			checkContract(t, tt.request, []byte(reply.Body))
			var got, want any
			decode(t, []byte(reply.Body), &got)
			deleteTimes(got)

			path := filepath.Join("testdata", tt.name+".json")
			if *update {
				text, _ := json.MarshalIndent(got, "", "  ")
				if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			golden, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			decode(t, golden, &want)
			if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-4)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// deleteTimes takes the measured times out of a reply.
func deleteTimes(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			deleteTimes(item)
		}
	case map[string]any:
		delete(v, "speed")
		delete(v, "time")
		for _, item := range v {
			deleteTimes(item)
		}
	}
}

func TestColdStart(t *testing.T) {
	h := detector(t)
	for i, want := range []bool{true, false, false} {
		var got api.Response
		decode(t, []byte(request{body: photo, binary: true}.send(t, h).Body), &got)
		if got.ColdStart != want || got.RequestID != "request-1" || got.Model != "test" {
			t.Errorf("request %d: cold start %t, id %q, model %q", i, got.ColdStart, got.RequestID, got.Model)
		}
		if got.Speed == nil || got.Speed.Decode <= 0 {
			t.Errorf("request %d: speed %+v", i, got.Speed)
		}
	}
}

// failing warms up and then fails as the function does.
func failing(fail func(context.Context) ([]yolo.Tensor, error)) runner {
	warm := false
	return func(ctx context.Context, _ yolo.Tensor) ([]yolo.Tensor, error) {
		if !warm {
			warm = true
			return []yolo.Tensor{detections}, nil
		}
		return fail(ctx)
	}
}

// TestUnusableModel: what is wrong with a model is no secret.
func TestUnusableModel(t *testing.T) {
	other := failing(func(context.Context) ([]yolo.Tensor, error) { return []yolo.Tensor{{Shape: []int{1}}}, nil })
	reply := request{body: photo, binary: true}.send(t, newLoggedHandler(t, file("detect", nil, detections), other, io.Discard, io.Discard))
	checkError(t, []byte(reply.Body), api.UnusableModel, "read output of shape [1]")
	if reply.StatusCode != 501 {
		t.Errorf("status %d", reply.StatusCode)
	}
	for err, want := range map[error]string{
		fmt.Errorf("open model /opt/models/secret.onnx: %w: it looks like YOLOX", yolo.ErrNotYOLO): "not a YOLO model: it looks like YOLOX",
		fmt.Errorf("read model /opt/models/secret.onnx: %w but text", onnx.ErrNotONNX):             "not an ONNX file but text",
	} {
		if got := toAPI(err); got.Code != api.UnusableModel || got.Message != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

// TestMaps: a class map and depth go through every dialect that has a place for them.
func TestMaps(t *testing.T) {
	ids := yolo.Tensor{Shape: []int{1, 64, 64}, Data: make([]float32, 64*64)}
	metres := yolo.Tensor{Shape: []int{1, 1, 64, 64}, Data: make([]float32, 64*64)}
	for i := range metres.Data {
		metres.Data[i] = 2
	}
	for _, tt := range []struct {
		task   string
		out    yolo.Tensor
		query  string
		status int
		want   string
	}{
		{"semantic", ids, "", 200, `"semantic":{"classes":[{"cls":"person","cls_id":0,`},
		{"semantic", ids, "mask=png", 200, `"class_map":"iVBOR`},
		{"semantic", ids, "format=ultralytics", 200, `"pixel_ratio":1`},
		{"semantic", ids, "tile=64", 400, "option tile: the model test of the task semantic has no use for it"},
		{"semantic", ids, "format=roboflow", 400, "format=roboflow"},
		{"depth", metres, "", 200, `"depth":{"min":2,"max":2,"mean":2}`},
		{"depth", metres, "mask=png", 200, `"map":{"png":"iVBOR`},
		{"depth", metres, "classes=person", 400, "option classes"},
		{"detect", detections, "classes=persom", 400, `did you mean \"person\"?`},
	} {
		t.Run(tt.task+" "+tt.query, func(t *testing.T) {
			h := newLoggedHandler(t, file(tt.task, nil, tt.out), always(tt.out), io.Discard, io.Discard)
			reply := request{body: photo, binary: true, query: tt.query}.send(t, h)
			if reply.StatusCode != tt.status || !strings.Contains(reply.Body, tt.want) {
				t.Errorf("%d %.300s, want %d %s", reply.StatusCode, reply.Body, tt.status, tt.want)
			}
		})
	}
}

// The caller learns nothing of the function's internals, the log everything.
func TestInternalErrors(t *testing.T) {
	for _, tt := range []struct {
		name   string
		runner yolo.Runner
		logged []string
	}{
		{"panic",
			failing(func(context.Context) ([]yolo.Tensor, error) { panic("secret") }),
			[]string{"panic: secret", "handler_test.go"}},
		{"error",
			failing(func(context.Context) ([]yolo.Tensor, error) { return nil, errors.New("secret") }),
			[]string{"run model: secret"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			reply := request{body: photo, binary: true}.send(t, newLoggedHandler(t, file("detect", nil, detections), tt.runner, &log, io.Discard))
			if reply.StatusCode != 500 {
				t.Errorf("status %d", reply.StatusCode)
			}
			checkError(t, []byte(reply.Body), api.Internal, "request id")
			if strings.Contains(reply.Body, "secret") || strings.Contains(reply.Body, ".go") {
				t.Errorf("the reply tells internals: %s", reply.Body)
			}
			var line struct{ Level, Msg, Error, Code string }
			decode(t, log.Bytes(), &line)
			if line.Level != "ERROR" || line.Msg != "request failed" || line.Code != "internal" {
				t.Errorf("log: %s", log.Bytes())
			}
			for _, want := range tt.logged {
				if !strings.Contains(line.Error, want) {
					t.Errorf("log lacks %q: %s", want, log.Bytes())
				}
			}
		})
	}
}

// JSON knows no infinity: a reply that can't be written is an error like any
// other, and the log gets to know it.
func TestReplyThatCannotBeWritten(t *testing.T) {
	out, err := respond(payload.Direct, document{api.Keypoint{X: float32(math.Inf(1))}}, nil)
	if err == nil || !strings.Contains(err.Error(), "write reply") {
		t.Errorf("error %v", err)
	}
	checkError(t, out, api.Internal, "request id")
}

// A reply over Lambda's limit would end the process.
func TestTooLargeReply(t *testing.T) {
	name := strings.Repeat("x", 20_000)
	f := file("detect", map[string]string{"names": "{0: '" + name + "', 1: 'car', 2: 'dog'}"}, detections)
	anchors := make([][]float32, 300)
	for i := range anchors {
		anchors[i] = []float32{float32(i%20)*3 + 1, float32(i/20)*3 + 1, 2, 2, 0.9, 0, 0}
	}
	many := raw(anchors...)
	f.Outputs[0].Shape = many.Shape
	var log bytes.Buffer
	h := newLoggedHandler(t, f, always(many), &log, io.Discard)
	reply := request{body: photo, binary: true}.send(t, h)
	if reply.StatusCode != 413 {
		t.Errorf("status %d", reply.StatusCode)
	}
	checkError(t, []byte(reply.Body), api.TooLarge, "max_det")
	if !strings.Contains(log.String(), "request failed") {
		t.Errorf("log: %s", log.String())
	}
	if reply := (request{query: "max_det=10", body: photo, binary: true}).send(t, h); reply.StatusCode != 200 {
		t.Errorf("with max_det=10: status %d", reply.StatusCode)
	}
}

// The clock is the bubble's: a Runner that heeds its context is stopped early
// enough for the reply to arrive.
func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, file("detect", nil, detections), failing(func(ctx context.Context) ([]yolo.Tensor, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}))
		ctx, cancel := context.WithTimeout(invocation(), time.Minute)
		defer cancel()
		start := time.Now()
		out, err := h.Invoke(ctx, []byte(`{"image":"`+encoded+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		checkError(t, out, api.DeadlineExceeded, "time ran out")
		if left := time.Minute - time.Since(start); left != workReserve {
			t.Errorf("%v left for the reply, want %v", left, workReserve)
		}
	})
}

// The log tells measures, never what a picture holds.
func TestLogHoldsNoPicture(t *testing.T) {
	var log bytes.Buffer
	h := newLoggedHandler(t, file("detect", nil, detections), always(detections), &log, &log)
	request{body: []byte(`{"image":"` + encoded + `"}`)}.send(t, h)
	request{body: []byte(`{"image":"*` + encoded + `"}`)}.send(t, h)
	request{body: []byte(`{"image":"` + encoded + `","` + encoded + `":1}`)}.send(t, h)
	if !strings.Contains(log.String(), `"msg":"picture answered"`) || !strings.Contains(log.String(), `"msg":"request failed"`) {
		t.Fatalf("log: %s", log.String())
	}
	if strings.Contains(log.String(), encoded[:80]) || strings.Contains(log.String(), string(photo[:20])) {
		t.Errorf("the log holds the picture: %s", log.String())
	}
}

func TestDocuments(t *testing.T) {
	h := detector(t)
	for name, r := range map[string]request{
		"contract":             {method: "GET", path: "/openapi.json"},
		"contract with a body": {method: "GET", path: "/openapi.json", body: []byte("{}")},
	} {
		reply := r.send(t, h)
		var doc struct{ OpenAPI string }
		decode(t, []byte(reply.Body), &doc)
		if reply.StatusCode != 200 || !strings.HasPrefix(doc.OpenAPI, "3.1.") {
			t.Errorf("%s: status %d, version %q", name, reply.StatusCode, doc.OpenAPI)
		}
	}
	if reply := (request{path: "/openapi.json"}).send(t, h); reply.StatusCode != 400 {
		t.Errorf("POST: status %d", reply.StatusCode)
	}
}

func TestWarmUpFails(t *testing.T) {
	models := NewModels([]string{"test.onnx"}, func(string) (*yolo.Model, error) {
		return yolo.New(file("detect", nil, detections), runner(func(context.Context, yolo.Tensor) ([]yolo.Tensor, error) {
			return nil, errors.New("no memory")
		}))
	})
	if _, err := New(Config{Models: models, WarmUp: true}); err == nil || err.Error() != "warm up model test: run model: no memory" {
		t.Errorf("error %v", err)
	}
}

func TestWarmUp(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fixed  bool
		warmUp bool
		want   [][]int
	}{
		{"while the caller waits", true, false, nil},
		{"fixed size", true, true, [][]int{{1, 3, 64, 64}}},
		{"any size", false, true, [][]int{{1, 3, 640, 640}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := file("detect", nil, detections)
			if !tt.fixed {
				f.Inputs[0].Shape = []int{0, 3, 0, 0}
			}
			var shapes [][]int
			models := NewModels([]string{"test.onnx"}, func(string) (*yolo.Model, error) {
				return yolo.New(f, runner(func(_ context.Context, in yolo.Tensor) ([]yolo.Tensor, error) {
					shapes = append(shapes, in.Shape)
					return []yolo.Tensor{detections}, nil
				}))
			})
			if _, err := New(Config{Models: models, WarmUp: tt.warmUp}); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(shapes, tt.want) {
				t.Errorf("runs with inputs of the shapes %v, want %v", shapes, tt.want)
			}
		})
	}
}
