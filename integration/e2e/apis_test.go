package e2e

import (
	"bytes"
	"encoding/json"
	"image"
	_ "image/jpeg"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/integration/apis"
	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/proxy"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// Other services' own clients, as their registry has them, ask a function through the
// proxy.

const apiToken = "the-token"

// askBy runs a client's script with the proxy's URL or its parts, the token and the
// picture of the squares, and reads what it prints.
func askBy[T any](t *testing.T, script string, split bool) T {
	t.Helper()
	python := yolotest.Clients(t)
	f := functionOfFixtures(t)
	c, err := client.New(t.Context(), client.Config{URL: f.url, AWS: &f.aws})
	if err != nil {
		t.Fatal(err)
	}
	front, err := proxy.Start("127.0.0.1:0", c, proxy.WithToken(apiToken), proxy.WithAPIs(apis.Names...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { front.Close() })
	args := []string{filepath.Join("testdata", script), strings.TrimSuffix(front.URL, "/")}
	if split {
		u, err := url.Parse(front.URL)
		if err != nil {
			t.Fatal(err)
		}
		args = []string{args[0], u.Hostname(), u.Port()}
	}
	out := run(t, f.command(t, python, append(args, apiToken, squaresFile(t))...))
	var read T
	if err := json.Unmarshal(out, &read); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return read
}

func squaresFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "squares.png")
	if err := os.WriteFile(path, yolotest.SquaresPNG, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sighting is one square as a client tells it: its class and its box, in pixels.
type sighting struct {
	class string
	box   [4]float64
}

// checkFound holds what a client tells to the squares of these classes, each once.
func checkFound(t *testing.T, name string, got []sighting, classes ...string) {
	t.Helper()
	want := map[string]yolotest.Square{}
	for _, s := range []yolotest.Square{yolotest.Red, yolotest.Blue} {
		for _, class := range classes {
			if s.Class == class {
				want[class] = s
			}
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: found %+v, want %v", name, got, classes)
	}
	for _, f := range got {
		box := [4]int{int(f.box[0]), int(f.box[1]), int(f.box[2]), int(f.box[3])}
		if !want[f.class].Matches(f.class, box) {
			t.Errorf("%s: found %+v, want %+v", name, f, want[f.class])
		}
		delete(want, f.class)
	}
}

func ofRoboflow(r api.Roboflow) (all []sighting) {
	for _, p := range r.Predictions {
		x, y, w, h := float64(p.X), float64(p.Y), float64(p.Width), float64(p.Height)
		all = append(all, sighting{p.Class, [4]float64{x - w/2, y - h/2, x + w/2, y + h/2}})
	}
	return all
}

func TestRoboflowClient(t *testing.T) {
	type drawn struct {
		api.Roboflow
		Visualization []byte
	}
	got := askBy[struct {
		Models                         [][3]any
		Detect, Segment, Pose, OBB, V0 api.Roboflow
		Classify                       api.Roboflow
		Batch                          []api.Roboflow
		Drawn                          drawn
		Sure                           api.Roboflow `json:"v0 sure"`
		V0Drawn                        drawn        `json:"v0 drawn"`
		Unknown, Stranger              [2]any
	}](t, "roboflow_client.py", false)
	for name, reply := range map[string]api.Roboflow{"detect": got.Detect, "segment": got.Segment, "pose": got.Pose, "v0": got.V0, "drawn": got.Drawn.Roboflow} {
		checkFound(t, name, ofRoboflow(reply), "red", "blue")
		if reply.Image != (api.Image{Width: yolotest.SquaresWidth, Height: yolotest.SquaresHeight}) {
			t.Errorf("%s: image %+v", name, reply.Image)
		}
	}
	checkFound(t, "v0 with a high confidence", ofRoboflow(got.Sure))
	if len(got.Batch) != 2 {
		t.Fatalf("%d replies to two pictures", len(got.Batch))
	}
	for _, reply := range got.Batch {
		checkFound(t, "batch", ofRoboflow(reply), "blue")
	}
	if p := got.Segment.Predictions; len(p) > 0 && len(p[0].Points) < 4 {
		t.Errorf("a mask of %d points", len(p[0].Points))
	}
	if p := got.Pose.Predictions; len(p) > 0 && len(p[0].Keypoints) == 0 {
		t.Error("a pose without key points")
	}
	if p := got.OBB.Predictions; len(p) == 0 || len(p[0].Points) != 4 {
		t.Errorf("oriented boxes %+v", p)
	}
	if got.Classify.Top == "" || got.Classify.Predictions[0].Class != got.Classify.Top {
		t.Errorf("classification %+v", got.Classify)
	}
	for name, picture := range map[string][]byte{"v1": got.Drawn.Visualization, "v0": got.V0Drawn.Visualization} {
		if size, _, err := image.DecodeConfig(bytes.NewReader(picture)); err != nil || size.Width != yolotest.SquaresWidth {
			t.Errorf("%s: the drawn picture is %+v, %v", name, size, err)
		}
	}
	if len(got.Models) < 5 || got.Models[0] != [3]any{"squares/1", "object-detection", 320.0} {
		t.Errorf("models %v", got.Models)
	}
	if got.Unknown[0] != 404.0 || !strings.Contains(got.Unknown[1].(string), `"coco/3" is not served; there is squares/1`) {
		t.Errorf("an unknown model: %v", got.Unknown)
	}
	if got.Stranger[0] != 401.0 {
		t.Errorf("without the token: %v", got.Stranger)
	}
}

func TestDeepStackClient(t *testing.T) {
	type prediction struct {
		Label      string
		Confidence float64
		XMin       float64 `json:"x_min"`
		YMin       float64 `json:"y_min"`
		XMax       float64 `json:"x_max"`
		YMax       float64 `json:"y_max"`
	}
	got := askBy[struct {
		Detect, Custom, Sure []prediction
		Unknown, Stranger    string
	}](t, "deepstack_client.py", true)
	for name, list := range map[string][]prediction{"detect": got.Detect, "custom": got.Custom} {
		var all []sighting
		for _, p := range list {
			all = append(all, sighting{p.Label, [4]float64{p.XMin, p.YMin, p.XMax, p.YMax}})
		}
		checkFound(t, name, all, "red", "blue")
	}
	if got.Sure == nil || len(got.Sure) > 0 {
		t.Errorf("with a high confidence: %v", got.Sure)
	}
	if !strings.Contains(got.Unknown, "404") || !strings.Contains(got.Stranger, "401") {
		t.Errorf("unknown model: %s, without the token: %s", got.Unknown, got.Stranger)
	}
}

func TestRekognitionClient(t *testing.T) {
	type label struct {
		Name       string
		Confidence float64
		Instances  []struct {
			BoundingBox struct{ Left, Top, Width, Height float64 }
			Confidence  float64
		}
	}
	got := askBy[struct {
		Detect, One, Filtered, Sure                     []label
		Object, Broken, Properties, Operation, Stranger [2]string
	}](t, "rekognition_client.py", false)
	of := func(labels []label) (all []sighting) {
		for _, l := range labels {
			if l.Confidence <= 55 || l.Confidence > 100 {
				t.Errorf("a confidence of %g %%", l.Confidence)
			}
			for _, i := range l.Instances {
				b, w, h := i.BoundingBox, float64(yolotest.SquaresWidth), float64(yolotest.SquaresHeight)
				all = append(all, sighting{l.Name, [4]float64{b.Left * w, b.Top * h, (b.Left + b.Width) * w, (b.Top + b.Height) * h}})
			}
		}
		return all
	}
	checkFound(t, "detect", of(got.Detect), "red", "blue")
	checkFound(t, "filtered", of(got.Filtered), "blue")
	checkFound(t, "sure", of(got.Sure))
	if len(got.One) != 1 {
		t.Errorf("one label: %v", got.One)
	}
	for name, tt := range map[string]struct {
		got        [2]string
		code, says string
	}{
		"an object, which this function may not read": {got.Object, "InvalidParameterException", "s3"},
		"a PDF":             {got.Broken, "InvalidImageFormatException", "PDF"},
		"image properties":  {got.Properties, "InvalidParameterException", "IMAGE_PROPERTIES"},
		"another operation": {got.Operation, "UnknownOperationException", "DetectFaces"},
		"without the token": {got.Stranger, "UnrecognizedClientException", "token"},
	} {
		if tt.got[0] != tt.code || !strings.Contains(strings.ToLower(tt.got[1]), strings.ToLower(tt.says)) {
			t.Errorf("%s: %v, want %s that says %s", name, tt.got, tt.code, tt.says)
		}
	}
}

func TestUltralyticsClient(t *testing.T) {
	type reply struct {
		Status int
		Body   struct {
			api.Ultralytics
			Error string
		}
	}
	got := askBy[map[string]json.RawMessage](t, "ultralytics_client.py", false)
	of := func(name string, width, height float64) (all []sighting) {
		var r reply
		if err := json.Unmarshal(got[name], &r); err != nil || r.Status != 200 || len(r.Body.Images) != 1 {
			t.Fatalf("%s: %v in %s", name, err, got[name])
		}
		for _, d := range r.Body.Images[0].Results {
			all = append(all, sighting{d.Name, [4]float64{d.Box["x1"] * width, d.Box["y1"] * height, d.Box["x2"] * width, d.Box["y2"] * height}})
		}
		return all
	}
	for _, name := range []string{"endpoint", "shared", "source", "hub"} {
		checkFound(t, name, of(name, 1, 1), "red", "blue")
	}
	checkFound(t, "normalized", of("normalized", yolotest.SquaresWidth, yolotest.SquaresHeight), "red", "blue")
	for _, f := range of("normalized", 1000, 1000) {
		for _, side := range f.box {
			if off := side - float64(int(side+0.5)); off > 1e-6 || off < -1e-6 {
				t.Errorf("%v has more than three decimals", f.box)
			}
		}
	}
	for name, want := range map[string]struct {
		status int
		says   string
	}{"address": {400, "not fetched"}, "unknown": {404, `"other" is not served`}, "stranger": {401, "token"}} {
		var r reply
		if err := json.Unmarshal(got[name], &r); err != nil || r.Status != want.status || !strings.Contains(r.Body.Error, want.says) {
			t.Errorf("%s: %v in %s, want %d", name, err, got[name], want.status)
		}
	}
	if !strings.Contains(string(got["hub model"]), `"squares"`) {
		t.Errorf("hub-sdk knows of the model %s", got["hub model"])
	}
}

// Two more clients that sign.
func TestLambdaClients(t *testing.T) {
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	out := run(t, f.command(t, yolotest.Clients(t), filepath.Join("testdata", "lambda_clients.py"), f.url+"/", squaresFile(t)))
	var got struct {
		Requests, Stream *api.Response
		End              []string
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	f.checkSquares(t, got.Requests)
	if f.server == nil {
		return
	}
	if got.Stream == nil || len(got.End) != 1 || got.End[0] != "InvokeComplete" {
		t.Fatalf("the stream is %s", out)
	}
	f.checkSquares(t, got.Stream)
}
