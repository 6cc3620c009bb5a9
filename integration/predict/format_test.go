package predict

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
)

// results are one of each kind that a model answers, and a failure. The bodies are not
// those of the replies: what is read of them is shown by what is written.
func results() []Result {
	size := &api.Image{Width: 200, Height: 100}
	conf := func(v float32) *float32 { return &v }
	return []Result{
		{Name: "detect.jpg", Body: []byte("{\"detections\": [1],\n \"a\": \"<&>\"}"), Reply: &api.Response{Image: size, Detections: []api.Detection{
			{Box: [4]int{10, 20, 110, 70}, Conf: 0.8943, Cls: "person"},
			{Box: [4]int{0, 0, 200, 100}, Conf: 1, Cls: `a "cup", of <tea>`, ClsID: 2},
		}}},
		{Name: "nothing.png", Body: []byte(`{"detections":[]}`), Reply: &api.Response{Image: size, Detections: []api.Detection{}}},
		{Name: "sub/segment.jpg", Body: []byte(`{"detections":[2]}`), Reply: &api.Response{Image: size, Detections: []api.Detection{
			{Box: [4]int{10, 10, 61, 31}, Conf: 0.5, Cls: "bird", ClsID: 1, Mask: &api.Mask{Polygons: [][][2]int{
				{{10, 10}, {30, 10}, {30, 30}, {10, 30}}, {{40, 10}, {60, 10}, {60, 30}, {40, 30}}, {{70, 70}, {71, 71}},
			}}},
			{Box: [4]int{70, 70, 72, 72}, Conf: 0.4, Cls: "bird", ClsID: 1, Mask: &api.Mask{Polygons: [][][2]int{{{70, 70}, {71, 71}}}}},
		}}},
		{Name: "pose.jpg", Body: []byte(`{"detections":[3]}`), Reply: &api.Response{Image: size, Detections: []api.Detection{
			{Box: [4]int{50, 0, 150, 100}, Conf: 0.75, Cls: "person", Keypoints: []api.Keypoint{
				{Name: "nose", X: 100, Y: 10, Conf: conf(0.9)}, {Name: "left_eye", X: 102.5, Y: 8, Conf: conf(0.1)}, {X: 98, Y: 8},
			}},
		}}},
		{Name: "obb.jpg", Body: []byte(`{"detections":[4]}`), Reply: &api.Response{Image: size, Detections: []api.Detection{
			{Box: [4]int{20, 20, 80, 80}, Conf: 0.6, Cls: "bird", ClsID: 1, OBB: &api.OBB{Corners: [4][2]float32{{50, 20}, {80, 50}, {50, 80}, {20, 50}}}},
		}}},
		{Name: "broken.jpg", Err: api.Errorf(api.BrokenPicture, "the JPEG ends early")},
	}
}

// newModel is a job whose function knows three classes.
func newModel(t *testing.T, format Format) *Job {
	t.Helper()
	job := newJob(t, 1, func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(`{"model":"m","names":{"0":"person","1":"bird","2":"a \"cup\", of <tea>"}}`))
	})
	job.Format = format
	return job
}

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func TestDocumentsGolden(t *testing.T) {
	classified := Result{Name: "cat.jpg", Body: []byte(`{"classification":[5]}`), Reply: &api.Response{
		Image: &api.Image{Width: 8, Height: 6}, Detections: []api.Detection{},
		Classification: []api.Class{{Cls: "tabby", ClsID: 281, Conf: 0.61}, {Cls: "tiger cat", ClsID: 282, Conf: 0.3}},
	}}
	runs := Result{Name: "runs.jpg", Reply: &api.Response{Image: &api.Image{Width: 4, Height: 5}, Detections: []api.Detection{
		{Box: [4]int{1, 1, 4, 3}, Conf: 0.5, Cls: "bird", ClsID: 1, Mask: &api.Mask{RLE: &api.RLE{Size: [2]int{5, 4}, Counts: "623000O"}}},
	}}}
	tests := []struct {
		format Format
		file   string
		more   []Result
	}{
		{JSONLines, "results.jsonl", []Result{classified}},
		{JSON, "results.json", []Result{classified}},
		{CSV, "results.csv", []Result{classified}},
		{COCO, "coco.json", []Result{runs}},
	}
	for _, tt := range tests {
		t.Run(string(tt.format), func(t *testing.T) {
			var out bytes.Buffer
			w, err := newModel(t, tt.format).NewWriter(t.Context(), &out)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range append(results(), tt.more...) {
				if err := w.Write(r); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.file, out.Bytes())
		})
	}
}

// Without any picture that was answered a document is still one.
func TestEmptyDocuments(t *testing.T) {
	for format, want := range map[Format]string{
		JSON:      "[]\n",
		JSONLines: "",
		CSV:       "file,width,height,class_id,class,confidence,x1,y1,x2,y2\n",
		Table:     "",
	} {
		var out bytes.Buffer
		w, err := newModel(t, format).NewWriter(t.Context(), &out)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil || out.String() != want {
			t.Errorf("%s: %q, %v", format, &out, err)
		}
	}
}

func TestLabelsGolden(t *testing.T) {
	for format, suffix := range map[Format]string{YOLO: ".txt", LabelMe: ".json"} {
		for _, r := range results() {
			if r.Err != nil {
				continue
			}
			name := strings.TrimSuffix(filepath.Base(r.Name), filepath.Ext(r.Name)) + suffix
			label, err := format.label(Source{Name: r.Name}, filepath.Join("labels", name), nil, r.Reply)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "labels/"+name, label)
		}
	}
}

// LabelMe gets the picture itself where it is not a file.
func TestLabelMeOfStdin(t *testing.T) {
	r := results()[0]
	label, err := LabelMe.label(Source{Name: Stdin}, "labels/stdin.json", []byte("picture"), r.Reply)
	if err != nil || !bytes.Contains(label, []byte(`"imagePath": "stdin"`)) || !bytes.Contains(label, []byte(`"imageData": "cGljdHVyZQ=="`)) {
		t.Errorf("%s, %v", label, err)
	}
}

func TestClassList(t *testing.T) {
	job := newModel(t, YOLO)
	job.Output.Labels = t.TempDir()
	if err := job.Check(); err != nil {
		t.Fatal(err)
	}
	if _, err := job.NewWriter(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(job.Output.Labels, "classes.txt"))
	if want := "person\nbird\na \"cup\", of <tea>\n"; err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
}

// What a format can't hold is refused, not left out.
func TestFits(t *testing.T) {
	size := &api.Image{Width: 1, Height: 1}
	replies := map[string]*api.Response{
		"map":   {Image: size, Depth: &api.Depth{}},
		"areas": {Image: size, Semantic: &api.Semantic{}},
		"class": {Image: size, Classification: []api.Class{{Cls: "a"}}},
		"size":  {},
		"boxes": {Image: size},
	}
	holds := map[Format][]string{
		Table:     {"map", "areas", "class", "size", "boxes"},
		JSON:      {"map", "areas", "class", "size", "boxes"},
		JSONLines: {"map", "areas", "class", "size", "boxes"},
		CSV:       {"class", "boxes"},
		LabelMe:   {"class", "boxes"},
		COCO:      {"boxes"},
		YOLO:      {"boxes"},
	}
	for format, names := range holds {
		for name, reply := range replies {
			want := false
			for _, n := range names {
				want = want || n == name
			}
			if err := format.fits(reply); (err == nil) != want {
				t.Errorf("%s, %s: %v", format, name, err)
			}
		}
	}
}

// A function that fails to tell its classes fails the formats that need them before any
// picture is sent.
func TestWriterNeedsClasses(t *testing.T) {
	job := newJob(t, 1, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	for format, needs := range map[Format]bool{Table: false, JSON: false, CSV: false, COCO: true, YOLO: true, LabelMe: false} {
		job.Format = format
		if _, err := job.NewWriter(context.Background(), nil); (err != nil) != needs {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestFailure(t *testing.T) {
	if got := failure(errors.New("a reason")); got.Code != "failed" || got.Message != "a reason" {
		t.Errorf("%+v", got)
	}
}
