package apis

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

// fake is a function that remembers what it was asked, and answers in the dialect that
// it was asked for.
type fake struct {
	asked []string // the picture, and the options as a query
	err   error
	other string // answered instead, where it is not empty
	task  string // of the default model; empty means detect
}

func (f *fake) PredictRaw(_ context.Context, picture []byte, opts api.Options) ([]byte, error) {
	f.asked = append(f.asked, string(picture)+"?"+opts.Query().Encode())
	if f.err != nil {
		return nil, f.err
	}
	if f.other != "" {
		return []byte(f.other), nil
	}
	switch opts.Format {
	case api.PictureFormat:
		return []byte("\xff\xd8\xff drawn"), nil
	case api.RoboflowFormat:
		return []byte(`{"inference_id":"id","time":0.01,"image":{"width":200,"height":100},"predictions":[
			{"x":50,"y":25,"width":40,"height":30,"confidence":0.9,"class":"cat","class_id":1,"detection_id":"id-0",
			 "keypoints":[{"x":1,"y":2,"confidence":0.8,"class_id":0,"class":"nose","class_name":"nose"},{"x":3,"y":4,"confidence":0.2,"class_id":1,"class":"tail","class_name":"tail"}]},
			{"x":190,"y":90,"width":40,"height":40,"confidence":0.7,"class":"dog","class_id":2,"detection_id":"id-1"},
			{"x":60,"y":25,"width":40,"height":30,"confidence":0.6,"class":"cat","class_id":1,"detection_id":"id-2"}]}`), nil
	case api.UltralyticsFormat:
		return []byte(`{"images":[{"shape":[100,200],"results":[{"name":"cat","class":1,"confidence":0.87654,"box":{"x1":10.12345,"y1":20.5,"x2":50,"y2":60},
			"segments":{"x":[20,40],"y":[10,30]},"keypoints":{"x":[100],"y":[50],"visible":[0.98765]}}],"speed":{"preprocess":1,"inference":2,"postprocess":3}}],
			"metadata":{"imageCount":1,"model":"a","task":"detect"}}`), nil
	}
	return []byte(`{"detections":[{"box":[1,2,30,40],"conf":0.9,"cls":"cat","cls_id":1}],"task":"` + f.kind() + `","speed":{"inference":12.5}}`), nil
}

func (f *fake) PredictBody(ctx context.Context, contentType string, body []byte, opts api.Options) ([]byte, error) {
	return f.PredictRaw(ctx, []byte(contentType+" "+string(body)), opts)
}

func (f *fake) DescribeRaw(_ context.Context, model string) ([]byte, error) {
	switch model {
	case "":
		return []byte(`{"model":"a","models":["a","b-seg-2"],"task":"` + f.kind() + `","imgsz":[320,640]}`), nil
	default:
		return []byte(`{"model":"b-seg-2","models":["a","b-seg-2"],"task":"segment"}`), nil
	}
}

func (f *fake) kind() string {
	if f.task == "" {
		return "detect"
	}
	return f.task
}

// handler serves all APIs before a function, to whoever has the key "token".
func handler(f Function) http.Handler {
	admit := func(r *http.Request, key string) bool {
		return key == "token" || r.Header.Get("Authorization") == "Bearer token"
	}
	return New(f, Names, admit, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `"next"`) }))
}

// request is one of a client: its body a form if there is a file or are fields.
type request struct {
	method, target string
	header         map[string]string
	fields, files  map[string]string
	body           string
}

func (r request) send(h http.Handler) *httptest.ResponseRecorder {
	body, contentType := io.Reader(strings.NewReader(r.body)), ""
	if r.fields != nil || r.files != nil {
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		for name, value := range r.fields {
			form.WriteField(name, value)
		}
		for name, data := range r.files {
			part, _ := form.CreateFormFile(name, "x")
			io.WriteString(part, data)
		}
		form.Close()
		body, contentType = &b, form.FormDataContentType()
	}
	method := "POST"
	if r.method != "" {
		method = r.method
	}
	httpRequest := httptest.NewRequest(method, r.target, body)
	httpRequest.Header.Set("Content-Type", contentType)
	httpRequest.Header.Set("Authorization", "Bearer token")
	for name, value := range r.header {
		httpRequest.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httpRequest)
	return w
}

// testCase is a request and what comes of it.
type testCase struct {
	name   string
	req    request
	asked  string // what the function is asked last; empty if it is not
	status int
	reply  string // JSON, or the start of it with … for its end
}

func check(t *testing.T, cases []testCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			f := &fake{}
			w := tt.req.send(handler(f))
			asked := ""
			if len(f.asked) > 0 {
				asked = f.asked[len(f.asked)-1]
			}
			if w.Code != tt.status || asked != tt.asked {
				t.Errorf("status %d, asked %q\nwant   %d, asked %q\n%s", w.Code, asked, tt.status, tt.asked, w.Body)
			}
			if start, ok := strings.CutSuffix(tt.reply, "…"); ok {
				if !strings.HasPrefix(w.Body.String(), start) {
					t.Errorf("reply %s\nwant  %s", w.Body, tt.reply)
				}
				return
			}
			if diff := cmp.Diff(decoded(t, tt.reply), decoded(t, w.Body.String()), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
				t.Errorf("reply (-want +got):\n%s", diff)
			}
		})
	}
}

// decoded reads JSON and leaves out what tells how long something took.
func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if m, ok := v.(map[string]any); ok {
		delete(m, "processMs")
		if metadata, ok := m["metadata"].(map[string]any); ok {
			delete(metadata, "functionTimeCall")
		}
	}
	return v
}

var cat = base64.StdEncoding.EncodeToString([]byte("cat"))

// What is no API's goes on, and what nobody may ask is asked by nobody.
func TestHandler(t *testing.T) {
	check(t, []testCase{
		{"another request", request{target: "/", body: "x"}, "", 200, `"next"`},
		{"a page", request{method: "GET", target: "/main.js"}, "", 200, `"next"`},
		{"a path that is not clean", request{target: "//predict"}, "", 200, `"next"`},
		{"another service of AWS", request{target: "/", header: map[string]string{"X-Amz-Target": "DynamoDB_20120810.ListTables"}}, "", 200, `"next"`},
		{"no key", request{target: "/predict", header: map[string]string{"Authorization": ""}, files: map[string]string{"file": "cat"}}, "", 401, `{"error":"the API key is missing…`},
		{"another key", request{target: "/predict?api_key=other", header: map[string]string{"Authorization": ""}, files: map[string]string{"file": "cat"}}, "", 401, `{"error":…`},
		{"too much", request{target: "/predict", body: strings.Repeat("x", maxBody+1)}, "", 413, `{"error":…`},
		{"half a form", request{target: "/predict", header: map[string]string{"Content-Type": "multipart/form-data; boundary=b"}, body: "--b\r\n"}, "", 400, `{"error":…`},
	})
	for name, req := range map[string]request{
		"header": {target: "/predict", header: map[string]string{"Authorization": "", "X-Api-Key": "token"}, files: map[string]string{"file": "cat"}},
		"form":   {target: "/v1/vision/detection", header: map[string]string{"Authorization": ""}, fields: map[string]string{"api_key": "token"}, files: map[string]string{"image": "cat"}},
		"query":  {target: "/a/1?api_key=token", header: map[string]string{"Authorization": ""}, body: cat},
		"JSON":   {target: "/model/add", header: map[string]string{"Authorization": ""}, body: `{"api_key":"token","model_id":"a/1"}`},
	} {
		if w := req.send(handler(&fake{})); w.Code != 200 {
			t.Errorf("key in the %s: %d %s", name, w.Code, w.Body)
		}
	}
	// An API that is not asked for is not there.
	h := New(&fake{}, []string{DeepStack}, func(*http.Request, string) bool { return true }, http.NotFoundHandler())
	for _, target := range []string{"/predict", "/a/1", "/infer/object_detection"} {
		if w := (request{target: target}).send(h); w.Body.String() != "404 page not found\n" {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an API of another name is served")
		}
	}()
	New(&fake{}, []string{"azure"}, nil, nil)
}

// The status of the function's and AWS's errors is the client's to know.
func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		err                   error
		status, rekognition   int
		rekognitionType, says string
	}{
		{api.Errorf(api.UnsupportedPicture, "a PDF"), 415, 400, "InvalidImageFormatException", "a PDF"},
		{api.Errorf(api.TooLarge, "large"), 413, 400, "ImageTooLargeException", "large"},
		{api.Errorf(api.Internal, "a fault"), 500, 500, "InternalServerError", "a fault"},
		{&client.EndpointError{Status: 429, Code: "throttled", Hint: "wait"}, 429, 400, "ThrottlingException", "wait"},
		{&client.EndpointError{Status: 403, Code: "forbidden", Hint: "a policy"}, 403, 400, "AccessDeniedException", "a policy"},
		{io.ErrUnexpectedEOF, 502, 500, "InternalServerError", "EOF"},
	} {
		h := handler(&fake{err: tt.err})
		for _, req := range []request{
			{target: "/a/1", body: cat},
			{target: "/v1/vision/detection", files: map[string]string{"image": "cat"}},
			{target: "/predict", files: map[string]string{"file": "cat"}},
		} {
			if w := req.send(h); w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("%v: %s says %d %s", tt.err, req.target, w.Code, w.Body)
			}
		}
		w := request{target: "/", header: map[string]string{"X-Amz-Target": "RekognitionService.DetectLabels"}, body: `{"Image":{"Bytes":"` + cat + `"}}`}.send(h)
		if w.Code != tt.rekognition || !strings.Contains(w.Body.String(), `"__type":"`+tt.rekognitionType+`"`) {
			t.Errorf("%v: Rekognition says %d %s", tt.err, w.Code, w.Body)
		}
	}
}

// What is no reply of a function does not pass for a picture with nothing in it.
func TestForeignReply(t *testing.T) {
	for _, other := range []string{`{"hello":"world"}`, `null`, `<html>`} {
		for _, req := range []request{
			{target: "/a/1", body: cat},
			{target: "/v1/vision/detection", files: map[string]string{"image": "cat"}},
			{target: "/predict", files: map[string]string{"file": "cat"}},
			{target: "/", header: map[string]string{"X-Amz-Target": "RekognitionService.DetectLabels"}, body: `{"Image":{"Bytes":"` + cat + `"}}`},
		} {
			if w := req.send(handler(&fake{other: other})); w.Code != 502 && w.Code != 500 || !strings.Contains(w.Body.String(), "read reply") {
				t.Errorf("%s: %s says %d %s", other, req.target, w.Code, w.Body)
			}
		}
	}
}

// FuzzRequests: whatever a client sends, it gets an answer that is JSON or a picture.
func FuzzRequests(f *testing.F) {
	f.Add("/a/1?confidence=40&format=image_and_json", "application/x-www-form-urlencoded", []byte(cat))
	f.Add("/infer/object_detection", "application/json", []byte(`{"model_id":"a/1","image":[{"type":"base64","value":"`+cat+`"}],"class_filter":["cat"]}`))
	f.Add("/v1/vision/custom/a", "multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"x\"\r\n\r\ncat\r\n--b--\r\n"))
	f.Add("/", "application/x-amz-json-1.1", []byte(`{"Image":{"S3Object":{"Bucket":"b","Name":"n"}},"MaxLabels":1}`))
	f.Add("/predict?normalize=true&decimals=3", "application/x-www-form-urlencoded", []byte("source="+cat))
	f.Fuzz(func(t *testing.T, target, contentType string, body []byte) {
		r, err := http.NewRequest("POST", target, bytes.NewReader(body))
		if err != nil || !strings.HasPrefix(r.URL.Path, "/") {
			return
		}
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Authorization", "Bearer token")
		if r.URL.Path == "/" {
			r.Header.Set("X-Amz-Target", "RekognitionService.DetectLabels")
		}
		w := httptest.NewRecorder()
		handler(&fake{}).ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 301 && w.Code != 307 && w.Code < 400 || w.Code >= 500 {
			t.Errorf("%s: status %d: %s", target, w.Code, w.Body)
		}
		if kind := w.Header().Get("Content-Type"); strings.Contains(kind, "json") && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: no JSON: %s", target, w.Body)
		}
	})
}
