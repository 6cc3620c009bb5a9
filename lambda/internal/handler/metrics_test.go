package handler

import (
	"bytes"
	"context"
	"io"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/yolo"
)

// measured lets a new handler do something and returns the metrics it wrote, by
// dimension and name, as in "Model=test ColdStart". All times are given as 0.
func measured(t *testing.T, names string, r yolo.Runner, do func(*Handler)) map[string]float64 {
	t.Helper()
	var stdout bytes.Buffer
	do(newLoggedHandler(t, file("detect", map[string]string{"names": names}, detections), r, io.Discard, &stdout))
	got := map[string]float64{}
	for line := range bytes.Lines(stdout.Bytes()) {
		maps.Copy(got, readEMF(t, line))
	}
	return got
}

// readEMF reads a line by the rules of AWS's "Specification: Embedded metric
// format": the size, the members of _aws, and that each metric and dimension
// refers to a member of the root of the right type.
func readEMF(t *testing.T, line []byte) map[string]float64 {
	t.Helper()
	var meta struct {
		AWS struct {
			Timestamp         int64
			CloudWatchMetrics []struct {
				Namespace  string
				Dimensions [][]string
				Metrics    []struct{ Name, Unit string }
			}
		} `json:"_aws"`
	}
	decode(t, line, &meta)
	var root map[string]any
	decode(t, line, &root)
	if len(line) > 256<<10 || !bytes.HasSuffix(line, []byte("}\n")) {
		t.Errorf("the line has %d bytes and ends in %q", len(line), line[len(line)-2:])
	}
	// Milliseconds; CloudWatch drops what is more than two weeks old.
	if age := time.Since(time.UnixMilli(meta.AWS.Timestamp)); age < -time.Hour || age > time.Hour {
		t.Errorf("timestamp %d", meta.AWS.Timestamp)
	}
	if len(meta.AWS.CloudWatchMetrics) != 1 {
		t.Fatalf("%d directives: %s", len(meta.AWS.CloudWatchMetrics), line)
	}
	directive := meta.AWS.CloudWatchMetrics[0]
	if directive.Namespace != "YOLambda" {
		t.Errorf("namespace %q", directive.Namespace)
	}
	if len(directive.Dimensions) != 1 || len(directive.Dimensions[0]) != 2 || directive.Dimensions[0][0] != "FunctionName" || root["FunctionName"] != "detect" {
		t.Fatalf("dimensions %v: %s", directive.Dimensions, line)
	}
	members := 1 // _aws
	for _, key := range directive.Dimensions[0] {
		value, ok := root[key].(string)
		if !ok || value == "" || len(value) > 1024 {
			t.Errorf("dimension %s has the value %v", key, root[key])
		}
		members++
	}
	dimension := directive.Dimensions[0][1]
	if n := len(directive.Metrics); n == 0 || n > 100 {
		t.Errorf("%d metrics", n)
	}
	values := map[string]float64{}
	for _, m := range directive.Metrics {
		value, ok := root[m.Name].(float64)
		if !ok {
			t.Errorf("metric %s has the value %v", m.Name, root[m.Name])
		}
		switch {
		case m.Unit == "Milliseconds" && strings.HasSuffix(m.Name, "Ms"):
			value = 0 // not the same in every run
		case m.Unit != "Count" && m.Unit != "None":
			t.Errorf("metric %s has the unit %q", m.Name, m.Unit)
		}
		values[dimension+"="+root[dimension].(string)+" "+m.Name] = value
		members++
	}
	if len(root) != members {
		t.Errorf("members that no metric refers to: %s", line)
	}
	return values
}

func TestMetrics(t *testing.T) {
	const names = "{0: 'person', 1: 'car', 2: 'dog'}"
	ask := request{body: photo, binary: true}
	panics := func() runner {
		return failing(func(context.Context) ([]yolo.Tensor, error) { panic("out") })
	}
	for _, tt := range []struct {
		name   string
		names  string
		runner yolo.Runner
		do     func(*Handler)
		want   map[string]float64
	}{
		{"answered", names, always(detections), func(h *Handler) { ask.send(t, h) }, map[string]float64{
			"Model=test ColdStart": 1, "Model=test DecodeMs": 0, "Model=test PreprocessMs": 0, "Model=test InferenceMs": 0,
			"Model=test PostprocessMs": 0, "Model=test PictureMegapixels": 0.012288,
			"Class=person Detections": 2, "Class=car Detections": 1,
		}},
		{"second request, nothing in it", names, always(detections), func(h *Handler) {
			(request{}).send(t, h)
			(request{query: "conf=1", body: photo, binary: true}).send(t, h)
		}, map[string]float64{
			"Model=test ColdStart": 0, "Model=test DecodeMs": 0, "Model=test PreprocessMs": 0, "Model=test InferenceMs": 0,
			"Model=test PostprocessMs": 0, "Model=test PictureMegapixels": 0.012288,
		}},
		{"refused", names, always(detections), func(h *Handler) { (request{method: "PUT"}).send(t, h) },
			map[string]float64{"Model=test ColdStart": 1}},
		{"document", names, always(detections), func(h *Handler) { (request{method: "GET"}).send(t, h) },
			map[string]float64{"Model=test ColdStart": 1}},
		{"not a picture", names, always(detections), func(h *Handler) { (request{body: []byte("hello"), binary: true}).send(t, h) },
			map[string]float64{"Model=test ColdStart": 1, "Model=test UnreadPictures": 1}},
		{"a broken picture", names, always(detections), func(h *Handler) { (request{body: photo[:len(photo)/8], binary: true}).send(t, h) },
			map[string]float64{"Model=test ColdStart": 1, "Model=test UnreadPictures": 1}},
		{"failed after decoding", names, panics(), func(h *Handler) { ask.send(t, h) },
			map[string]float64{"Model=test ColdStart": 1, "Model=test DecodeMs": 0}},
		{"names that CloudWatch refuses", "{0: '人', 1: ' ', 2: 'dog'}", always(detections), func(h *Handler) { ask.send(t, h) }, map[string]float64{
			"Model=test ColdStart": 1, "Model=test DecodeMs": 0, "Model=test PreprocessMs": 0, "Model=test InferenceMs": 0,
			"Model=test PostprocessMs": 0, "Model=test PictureMegapixels": 0.012288,
			"Class=class0 Detections": 2, "Class=class1 Detections": 1,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, measured(t, tt.names, tt.runner, tt.do)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Off Lambda nobody reads metrics.
func TestNoMetricsOffLambda(t *testing.T) {
	var stdout bytes.Buffer
	h := newLoggedHandler(t, file("detect", nil, detections), always(detections), io.Discard, &stdout)
	h.journal.metrics.function = ""
	request{body: photo, binary: true}.send(t, h)
	if stdout.Len() > 0 {
		t.Errorf("metrics %q", stdout.String())
	}
}

// The stages' times are those of the reply, each measured around its own stage:
// by the bubble's clock only the network takes time.
func TestStageTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stdout bytes.Buffer
		h := newLoggedHandler(t, file("detect", nil, detections), failing(func(context.Context) ([]yolo.Tensor, error) {
			time.Sleep(1500 * time.Microsecond)
			return []yolo.Tensor{detections}, nil
		}), io.Discard, &stdout)
		request{body: photo, binary: true}.send(t, h)
		var got struct{ DecodeMs, PreprocessMs, InferenceMs, PostprocessMs float64 }
		line, _, _ := strings.Cut(stdout.String(), "\n")
		decode(t, []byte(line), &got)
		if got.InferenceMs != 1.5 || got.DecodeMs != 0 || got.PreprocessMs != 0 || got.PostprocessMs != 0 {
			t.Errorf("times %+v", got)
		}
	})
}
