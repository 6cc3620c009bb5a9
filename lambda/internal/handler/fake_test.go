package handler

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// runner is a network made of a function.
type runner func(context.Context, yolo.Tensor) ([]yolo.Tensor, error)

func (r runner) Run(ctx context.Context, in yolo.Tensor, _ []yolo.Tensor) ([]yolo.Tensor, error) {
	return r(ctx, in)
}

// always gives the same outputs, whatever the picture.
func always(outputs ...yolo.Tensor) runner {
	return func(context.Context, yolo.Tensor) ([]yolo.Tensor, error) { return outputs, nil }
}

// file declares a model of static 64 x 64 input and the classes person, car, dog.
func file(task string, props map[string]string, outputs ...yolo.Tensor) onnx.Model {
	f := onnx.Model{
		Props:  map[string]string{"task": task, "names": "{0: 'person', 1: 'car', 2: 'dog'}", "stride": "32", "license": "AGPL-3.0"},
		Inputs: []onnx.Value{{Name: "images", Type: onnx.Float32, Shape: []int{1, 3, 64, 64}}},
	}
	for k, v := range props {
		f.Props[k] = v
	}
	for _, out := range outputs {
		f.Outputs = append(f.Outputs, onnx.Value{Type: onnx.Float32, Shape: out.Shape})
	}
	return f
}

// raw makes a raw head's output, [1, columns, anchors], of the anchors' columns.
func raw(anchors ...[]float32) yolo.Tensor {
	n := len(anchors[0])
	out := yolo.Tensor{Shape: []int{1, n, len(anchors)}, Data: make([]float32, n*len(anchors))}
	for i, columns := range anchors {
		for c, v := range columns {
			out.Data[c*len(anchors)+i] = v
		}
	}
	return out
}

// detections is a head with two persons and a car, which a second anchor sees
// again: cx, cy, w, h, then the scores of person, car, dog.
var detections = raw(
	[]float32{20, 20, 16, 16, 0.1, 0.9, 0},
	[]float32{20, 21, 16, 16, 0, 0.8, 0},
	[]float32{40, 30, 10, 20, 0.7, 0, 0},
	[]float32{50, 40, 8, 8, 0.95, 0, 0.2},
)

// newHandler makes the Handler of a model called test. The invocations so far
// were none: the warm-up is not one.
func newHandler(t testing.TB, f onnx.Model, r yolo.Runner) *Handler {
	t.Helper()
	return newLoggedHandler(t, f, r, io.Discard, io.Discard)
}

func newLoggedHandler(t testing.TB, f onnx.Model, r yolo.Runner, log, stdout io.Writer) *Handler {
	t.Helper()
	models := NewModels([]string{"test.onnx"}, func(string) (*yolo.Model, error) { return yolo.New(f, r) })
	h, err := New(Config{Models: models, Log: slog.New(slog.NewJSONHandler(log, nil)), Metrics: stdout, Function: "detect", WarmUp: true})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func detector(t testing.TB) *Handler {
	return newHandler(t, file("detect", nil, detections), always(detections))
}

// photo is a PNG of 128 x 96 pixels, twice the size that it has in the tensor.
var photo = func() []byte {
	img := image.NewGray(image.Rect(0, 0, 128, 96))
	for i := range img.Pix {
		img.Pix[i] = uint8(i)
	}
	img.SetGray(0, 0, color.Gray{Y: 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}()

var encoded = base64.StdEncoding.EncodeToString(photo)

// request is a request by HTTP.
type request struct {
	method      string // POST if empty
	path        string // "/" if empty
	query       string
	contentType string
	accept      string
	body        []byte
	binary      bool // whether AWS hands the body on as base64
}

// event is what a function URL makes of the request.
func (r request) event() []byte {
	ev := events.LambdaFunctionURLRequest{Version: "2.0", RawPath: "/", RawQueryString: r.query, Headers: map[string]string{}}
	ev.RequestContext.HTTP.Method = "POST"
	if r.method != "" {
		ev.RequestContext.HTTP.Method = r.method
	}
	if r.path != "" {
		ev.RawPath = r.path
	}
	if r.contentType != "" {
		ev.Headers["content-type"] = r.contentType
	}
	if r.accept != "" {
		ev.Headers["accept"] = r.accept
	}
	ev.Body = string(r.body)
	if r.binary {
		ev.Body, ev.IsBase64Encoded = base64.StdEncoding.EncodeToString(r.body), true
	}
	payload, err := json.Marshal(ev)
	if err != nil {
		panic(err)
	}
	return payload
}

// invocation is the context of an invocation.
func invocation() context.Context {
	return lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{AwsRequestID: "request-1"})
}

// send invokes the handler with a request by HTTP.
func (r request) send(t testing.TB, h *Handler) events.LambdaFunctionURLResponse {
	t.Helper()
	out, err := h.Invoke(invocation(), r.event())
	if err != nil {
		t.Fatal(err)
	}
	var reply events.LambdaFunctionURLResponse
	decode(t, out, &reply)
	if got := reply.Headers["Content-Type"]; got != "application/json" {
		t.Errorf("content type %q", got)
	}
	return reply
}

func decode(t testing.TB, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%v: %.500s", err, data)
	}
}
