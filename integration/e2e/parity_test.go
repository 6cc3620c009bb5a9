package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// golden is what the Python reference answered for one picture.
type golden struct {
	Image string // path under shared
	Cases []struct {
		Params     map[string]any  // of the request, besides the picture
		StatusCode int             // 0 where it crashed
		Detections []api.Detection // boxes are not clipped to the picture
	}
}

// unsupported are formats that the function tells to convert, though Pillow
// reads some of them.
var unsupported = map[string]bool{"avif.avif": true, "heic.heic": true, "jp2.jp2": true}

// turnedWrong tells pictures for which the reference answered, but ignored
// that EXIF says to turn them.
func turnedWrong(name string) bool {
	return strings.HasPrefix(name, "exif_orientation_") && !strings.HasPrefix(name, "exif_orientation_1")
}

// yolov8n is the function with the model that the reference answers are from.
func yolov8n(t *testing.T) *function {
	t.Helper()
	f := functionWith(t, yolotest.Shared(t, "models", "yolov8n.onnx"))
	if f.server == nil {
		r := f.do(t, request{method: http.MethodGet})
		var info struct{ Model string }
		if json.Unmarshal(r.body, &info) != nil || info.Model != "yolov8n" {
			t.Skipf("the deployed model is %q, the reference answers are yolov8n's", info.Model)
		}
	}
	return f
}

// goldens are the reference's answers to every picture.
func goldens(t *testing.T) []golden {
	t.Helper()
	paths, err := filepath.Glob(yolotest.Shared(t, "golden", "seed", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no reference answers: %v", err)
	}
	var all []golden
	for _, path := range paths {
		var g golden
		if err := json.Unmarshal(yolotest.Read(t, path), &g); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if g.Image != "" { // one file is about models instead
			all = append(all, g)
		}
	}
	return all
}

// ask sends the default request.
func (f *function) ask(t *testing.T, picture []byte, params map[string]any) reply {
	t.Helper()
	body := map[string]any{"image": picture}
	for name, value := range params {
		body[name] = value
	}
	return f.do(t, request{method: http.MethodGet, contentType: "application/json", body: marshal(t, body)})
}

// TestParity: the reference's detections in all pictures that it could read are
// found again, and no others are that the threshold doesn't explain.
func TestParity(t *testing.T) {
	f := yolov8n(t)
	pictures, requests := 0, 0
	var sum comparison
	for _, g := range goldens(t) {
		name := filepath.Base(g.Image)
		if unsupported[name] || turnedWrong(name) || g.Cases[0].StatusCode != http.StatusOK {
			continue // see TestUprightTruth and TestHostile
		}
		pictures++
		picture := yolotest.Read(t, yolotest.Shared(t, filepath.FromSlash(g.Image)))
		for _, c := range g.Cases {
			requests++
			resp := f.ask(t, picture, c.Params).response(t)
			got := compare(clip(c.Detections, resp.Image.Width, resp.Image.Height), resp.Detections, parity)
			sum.add(t, fmt.Sprintf("%s %v", g.Image, c.Params), got, threshold(c.Params))
		}
	}
	sum.report(t, pictures, requests)
}

// threshold is the least confidence that a request asks for.
func threshold(params map[string]any) float64 {
	if conf, asked := params["conf_thres"].(float64); asked {
		return conf
	}
	return 0.3
}

// add sums up. An extra detection is excused where its confidence is within the
// tolerance of the threshold.
func (sum *comparison) add(t *testing.T, what string, c comparison, threshold float64) {
	t.Helper()
	sum.matched += c.matched
	sum.missing = append(sum.missing, c.missing...)
	sum.side, sum.conf = max(sum.side, c.side), max(sum.conf, c.conf)
	for _, d := range c.missing {
		t.Logf("%s: missing %s %.3f at %v", what, d.Cls, d.Conf, d.Box)
	}
	for _, d := range c.extra {
		if float64(d.Conf) > threshold+parity.conf {
			t.Errorf("%s: extra %s %.3f at %v", what, d.Cls, d.Conf, d.Box)
		}
	}
}

// report demands that all were matched.
func (sum *comparison) report(t *testing.T, pictures, requests int) {
	t.Helper()
	total := sum.matched + len(sum.missing)
	t.Logf("%d of %d detections matched (%d pictures, %d requests); worst side %d px, worst confidence %.4f",
		sum.matched, total, pictures, requests, sum.side, sum.conf)
	if total == 0 || sum.matched < total {
		t.Errorf("%d of %d detections matched, want all", sum.matched, total)
	}
}

// TestUnsupported: what can't be read is refused with advice.
func TestUnsupported(t *testing.T) {
	f := yolov8n(t)
	for name := range unsupported {
		t.Run(name, func(t *testing.T) {
			picture := yolotest.Read(t, yolotest.Shared(t, "images", "variants", name))
			checkError(t, f.ask(t, picture, nil), api.UnsupportedPicture, "convert it to")
		})
	}
}
