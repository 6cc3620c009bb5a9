package handler

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// In the project's own dialect a broken picture costs its own place only.
func TestBatch(t *testing.T) {
	formType, pictures := yolotest.Form("file", string(photo), "image", "no picture", "classes", "person", "file", string(photo))
	for name, r := range map[string]request{
		"JSON": {body: []byte(fmt.Sprintf(`{"images":[%q,"QQ==",%q],"classes":["person"]}`, encoded, encoded))},
		"form": {contentType: formType, body: pictures, binary: true},
	} {
		t.Run(name, func(t *testing.T) {
			reply := r.send(t, detector(t))
			checkContract(t, r, []byte(reply.Body))
			var got api.Batch
			decode(t, []byte(reply.Body), &got)
			if reply.StatusCode != 200 || len(got.Results) != 3 {
				t.Fatalf("status %d: %s", reply.StatusCode, reply.Body)
			}
			for _, i := range []int{0, 2} {
				if diff := cmp.Diff(found, got.Results[i].Detections); diff != "" {
					t.Errorf("picture %d: %s", i, diff)
				}
				if got.Results[i].ColdStart != (i == 0) {
					t.Errorf("picture %d: cold start %t", i, got.Results[i].ColdStart)
				}
			}
			if e := got.Results[1].Error; e == nil || e.Code != api.UnsupportedPicture {
				t.Errorf("picture 1: %v", e)
			}
		})
	}
}

// The other dialects have no place for an error: the first one is the reply.
func TestBatchOfAnotherDialectFails(t *testing.T) {
	for _, format := range []string{"ultralytics", "roboflow"} {
		body := []byte(fmt.Sprintf(`{"images":[%q,"QQ=="],"format":%q}`, encoded, format))
		reply := request{body: body}.send(t, detector(t))
		checkError(t, []byte(reply.Body), api.UnsupportedPicture, "picture 2 of 2: this is text, not a picture")
	}
}

// Each picture of a batch has its metrics, and only the first a cold start.
func TestBatchMetrics(t *testing.T) {
	for _, second := range []string{encoded, "QQ=="} {
		for _, format := range []string{"yolambda", "ultralytics"} {
			var stdout bytes.Buffer
			h := newLoggedHandler(t, file("detect", nil, detections), always(detections), io.Discard, &stdout)
			request{body: []byte(fmt.Sprintf(`{"images":[%q,%q],"format":%q}`, encoded, second, format))}.send(t, h)
			cold := []float64{}
			for line := range bytes.Lines(stdout.Bytes()) {
				if v, ok := readEMF(t, line)["Model=test ColdStart"]; ok {
					cold = append(cold, v)
				}
			}
			if diff := cmp.Diff([]float64{1, 0}, cold); diff != "" {
				t.Errorf("%s, %.4s: cold starts %s", format, second, diff)
			}
		}
	}
}

// When the time runs out within a batch, the pictures before are answered and no
// further one is begun.
func TestBatchDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		h := newHandler(t, file("detect", nil, detections), failing(func(ctx context.Context) ([]yolo.Tensor, error) {
			if runs++; runs == 1 {
				return []yolo.Tensor{detections}, nil
			}
			<-ctx.Done()
			return nil, ctx.Err()
		}))
		ctx, cancel := context.WithTimeout(invocation(), time.Minute)
		defer cancel()
		start := time.Now()
		out, err := h.Invoke(ctx, []byte(fmt.Sprintf(`{"images":[%q,%q,%q,%q]}`, encoded, encoded, encoded, "QQ==")))
		if err != nil {
			t.Fatal(err)
		}
		var got api.Batch
		decode(t, out, &got)
		if len(got.Results) != 4 || got.Results[0].Response == nil {
			t.Fatalf("reply %.500s", out)
		}
		for i, r := range got.Results[1:] {
			if r.Error == nil || r.Error.Code != api.DeadlineExceeded {
				t.Errorf("picture %d: %v", i+1, r.Error)
			}
		}
		if left := time.Minute - time.Since(start); runs != 2 || left != workReserve {
			t.Errorf("%d runs, want 2; %v left for the reply, want %v", runs, left, workReserve)
		}
	})
}

// format=image gives the picture itself, as JPEG unless a PNG is asked for.
func TestDrawnPicture(t *testing.T) {
	for accept, want := range map[string]string{"": "jpeg", "*/*": "jpeg", "image/png": "png"} {
		r := request{query: "format=image", accept: accept, body: photo, binary: true}
		out, err := detector(t).Invoke(invocation(), r.event())
		if err != nil {
			t.Fatal(err)
		}
		var reply events.LambdaFunctionURLResponse
		decode(t, out, &reply)
		if reply.StatusCode != 200 || !reply.IsBase64Encoded || reply.Headers["Content-Type"] != "image/"+want {
			t.Fatalf("Accept %q: %.500s", accept, out)
		}
		checkPicture(t, reply.Body, want)
	}
	out, err := detector(t).Invoke(invocation(), []byte(`{"image":"`+encoded+`","format":"image"}`))
	if err != nil {
		t.Fatal(err)
	}
	var reply map[string]string
	decode(t, out, &reply)
	if reply["content_type"] != "image/jpeg" {
		t.Errorf("direct invoke: content type %q", reply["content_type"])
	}
	checkPicture(t, reply["image"], "jpeg")
}

// checkPicture wants a picture of the size of the one that was sent.
func checkPicture(t *testing.T, text, format string) {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	got, name, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || name != format || got.Width != 128 || got.Height != 96 {
		t.Errorf("%s of %d x %d, %v; want %s of 128 x 96", name, got.Width, got.Height, err, format)
	}
}

// The defaults of the thresholds are the dialect's.
func TestThresholds(t *testing.T) {
	at := func(conf float32) yolo.Tensor { return raw([]float32{20, 20, 16, 16, conf, 0, 0}) }
	out := at(0.27)
	h := newHandler(t, file("detect", nil, out), always(out))
	for query, want := range map[string]int{
		"": 0, "conf=0.2": 1, "format=ultralytics": 1, "format=ultralytics&conf=0.28": 0, "format=roboflow": 0,
	} {
		reply := request{query: query, body: photo, binary: true}.send(t, h)
		if got := strings.Count(reply.Body, "person"); got != want {
			t.Errorf("%q: %d persons, want %d", query, got, want)
		}
	}
}

// A Go program's defaults are those of the wire.
func TestDefaults(t *testing.T) {
	conf, iou := api.Format("").Thresholds()
	if d := yolo.Defaults(); d.Conf != float32(conf) || d.IoU != float32(iou) {
		t.Errorf("%+v, on the wire %v and %v", d, conf, iou)
	}
}

// Each model is opened when it is first asked for, and once.
func TestModels(t *testing.T) {
	obb := raw([]float32{32, 24, 20, 10, 0, 0, 0.9, math.Pi / 6})
	opened := map[string]int{}
	models := NewModels([]string{"a/first.onnx", "b/second.onnx", "b/broken.onnx", "c/first.onnx"}, func(path string) (*yolo.Model, error) {
		opened[path]++
		switch path {
		case "a/first.onnx":
			return yolo.New(file("detect", nil, detections), always(detections))
		case "b/second.onnx":
			return yolo.New(file("obb", nil, obb), always(obb))
		}
		return nil, errors.New("secret")
	})
	h, err := New(Config{Models: models, Log: slog.New(slog.DiscardHandler), Metrics: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"a/first.onnx": 1}, opened); diff != "" {
		t.Errorf("opened at the start: %s", diff)
	}
	for range 2 {
		for query, want := range map[string]string{"": "first", "model=first": "first", "model=second": "second"} {
			var answer api.Response
			decode(t, []byte(request{query: query, body: photo, binary: true}.send(t, h).Body), &answer)
			var info modelInfo
			decode(t, []byte(request{method: "GET", query: query}.send(t, h).Body), &info)
			if answer.Model != want || info.Model != want {
				t.Errorf("%q: answered by %q, described %q", query, answer.Model, info.Model)
			}
			if diff := cmp.Diff([]string{"first", "second", "broken"}, info.Models); diff != "" {
				t.Error(diff)
			}
		}
		reply := request{query: "model=broken", body: photo, binary: true}.send(t, h)
		checkError(t, []byte(reply.Body), api.Internal, "request id")
	}
	if diff := cmp.Diff(map[string]int{"a/first.onnx": 1, "b/second.onnx": 1, "b/broken.onnx": 1}, opened); diff != "" {
		t.Errorf("opened: %s", diff)
	}
}

// A model that can't be opened is told in the log, never to the caller.
func TestBrokenModel(t *testing.T) {
	var log bytes.Buffer
	models := NewModels([]string{"first.onnx", "broken.onnx"}, func(path string) (*yolo.Model, error) {
		if path == "broken.onnx" {
			return nil, errors.New("read model /opt/models/broken.onnx: not an ONNX file")
		}
		return yolo.New(file("detect", nil, detections), always(detections))
	})
	h, err := New(Config{Models: models, Log: slog.New(slog.NewJSONHandler(&log, nil)), Metrics: io.Discard, WarmUp: true})
	if err != nil {
		t.Fatal(err)
	}
	reply := request{query: "model=broken", body: photo, binary: true}.send(t, h)
	checkError(t, []byte(reply.Body), api.Internal, "request id")
	if strings.Contains(reply.Body, "ONNX") || !strings.Contains(log.String(), "broken.onnx: not an ONNX file") {
		t.Errorf("reply %s, log %s", reply.Body, log.Bytes())
	}
	reply = request{query: "model=other", body: photo, binary: true}.send(t, h)
	checkError(t, []byte(reply.Body), api.InvalidRequest, `there is no model "other" here; there are first, broken`)
}

// Requests that ask for a model at the same time wait for one opening.
func TestModelsAtOnce(t *testing.T) {
	var opened atomic.Int32
	models := NewModels([]string{"first.onnx", "second.onnx"}, func(path string) (*yolo.Model, error) {
		if path == "second.onnx" {
			opened.Add(1)
		}
		return yolo.New(file("detect", nil, detections), always(detections))
	})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if m, err := models.get("second"); err != nil || m.name != "second" || m.Model == nil {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
	wg.Wait()
	if n := opened.Load(); n != 1 {
		t.Errorf("opened %d times", n)
	}
}

// What the network sees in a tile comes back at the tile's place.
func TestTiles(t *testing.T) {
	out := raw([]float32{20, 20, 16, 16, 0.9, 0, 0})
	h := newHandler(t, file("detect", nil, out), always(out))
	var answer api.Response
	decode(t, []byte(request{query: "tile=64&tile_overlap=0.2", body: photo, binary: true}.send(t, h).Body), &answer)
	want := map[[4]int]bool{{24, 24, 56, 56}: true} // in the whole picture, scaled by 1/2
	for _, y := range []int{0, 32} {
		for _, x := range []int{0, 48, 64} {
			want[[4]int{x + 12, y + 12, x + 28, y + 28}] = true
		}
	}
	got := map[[4]int]bool{}
	for _, d := range answer.Detections {
		got[d.Box] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	var large bytes.Buffer
	if err := png.Encode(&large, image.NewGray(image.Rect(0, 0, 640, 640))); err != nil {
		t.Fatal(err)
	}
	reply := request{query: "tile=64", body: large.Bytes(), binary: true}.send(t, h)
	checkError(t, []byte(reply.Body), api.InvalidRequest, "tile 64 would cut the picture into 169 tiles, 100 are allowed; ask for larger tiles")
}
