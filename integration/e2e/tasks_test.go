package e2e

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// taskCase is a model, a picture in which it sees something, and what else is
// asked.
type taskCase struct {
	task, model string
	picture     []byte
	query       string
}

// forEachTask runs a test with a model of every task: the project's own
// fixtures, and trained ones where the shared material is there.
func forEachTask(t *testing.T, test func(*testing.T, *function, taskCase)) {
	t.Run("fixtures", func(t *testing.T) {
		f := functionOfFixtures(t)
		for task, model := range map[string]string{
			"detect": "squares", "segment": "squares-seg", "pose": "squares-pose", "obb": "squares-obb", "classify": "squares-cls",
		} {
			least := "conf=0.8"
			if task == "classify" {
				least = "conf=0.01" // the squares' colours are a third each
			}
			t.Run(task, func(t *testing.T) { test(t, f, taskCase{task, model, yolotest.SquaresPNG, least}) })
		}
	})
	t.Run("shared", func(t *testing.T) {
		parts := local.PartsIn(yolotest.Root(t))
		parts.Model, parts.Models = "", yolotest.Shared(t, "models")
		f := start(t, parts)
		for _, c := range []struct{ task, model, picture string }{
			{"detect", "yolo11-shapes", "shapes_0_160x160.png"},
			{"segment", "yolov8-shapes-seg", "shapes_2_240x160.png"},
			{"segment", "yolo26-shapes-seg-end2end", "shapes_3_160x224.png"},
			{"pose", "yolov8-shapes-pose", "pose_1_256x160.png"},
			{"pose", "yolov8-shapes-pose2d", "pose_0_160x160.png"},
			{"obb", "yolov8-shapes-obb", "obb_1_256x160.png"},
			{"classify", "yolov8-shapes-cls", "cls_star_150x96.png"},
		} {
			t.Run(c.model, func(t *testing.T) {
				picture := yolotest.Read(t, yolotest.Shared(t, "images", "shapes", c.picture))
				test(t, f, taskCase{c.task, c.model, picture, "conf=0.25"})
			})
		}
	})
}

// functionOfFixtures serves every fixture model; squares is the default.
func functionOfFixtures(t *testing.T) *function {
	t.Helper()
	parts := local.PartsIn(yolotest.Root(t))
	parts.Model, parts.Models = yolotest.Fixture(t, "squares"), yolotest.Fixtures(t)
	return start(t, parts)
}

// target is the path and the query of the case's request.
func (c taskCase) target(more string) string {
	return "/?" + c.query + "&model=" + url.QueryEscape(c.model) + more
}

// masks asks for a form of masks, of a task that has any.
func (c taskCase) masks(form string) string {
	if c.task != "segment" {
		return ""
	}
	return "&mask=" + form
}

// A reply has what its task promises, and nothing of another's.
func TestTasks(t *testing.T) {
	forEachTask(t, func(t *testing.T, f *function, c taskCase) {
		for _, mask := range []string{"polygon", "rle"} {
			resp := f.do(t, request{target: c.target(c.masks(mask)), body: c.picture}).response(t)
			if resp.Model != c.model || resp.Task != c.task {
				t.Errorf("answered by %s, a model of the task %s", resp.Model, resp.Task)
			}
			if classify := c.task == "classify"; (len(resp.Detections) == 0) != classify || (len(resp.Classification) > 0) != classify {
				t.Fatalf("%d detections, %d classes", len(resp.Detections), len(resp.Classification))
			}
			for _, d := range resp.Detections {
				has := map[string]bool{"segment": d.Mask != nil, "pose": d.Keypoints != nil, "obb": d.OBB != nil}
				for task, there := range has {
					if there != (task == c.task) {
						t.Errorf("%+v has what the task %s gives: %t", d, task, there)
					}
				}
				if d.Mask != nil && ((d.Mask.RLE != nil) != (mask == "rle") || (d.Mask.Polygons != nil) != (mask == "polygon")) {
					t.Errorf("mask=%s: %+v", mask, d.Mask)
				}
			}
		}
	})
}

// format=image draws what was found, and only that.
func TestDrawing(t *testing.T) {
	forEachTask(t, func(t *testing.T, f *function, c taskCase) {
		original := decodePicture(t, c.picture)
		draw := func(c taskCase) image.Image {
			accept := func(r *http.Request) { r.Header.Set("Accept", "image/png") }
			r := f.do(t, request{target: c.target("&format=image"), body: c.picture, tamper: accept})
			if r.status != http.StatusOK || r.header.Get("Content-Type") != "image/png" {
				t.Fatalf("status %d, %s: %.200s", r.status, r.header.Get("Content-Type"), r.body)
			}
			return decodePicture(t, r.body)
		}
		if changed := changedPixels(t, original, draw(c)); changed == 0 {
			t.Error("nothing is drawn")
		}
		if c.task == "classify" {
			return // without conf it always has an answer
		}
		c.query = "conf=1"
		if changed := changedPixels(t, original, draw(c)); changed != 0 {
			t.Errorf("nothing was found, and %d pixels are changed", changed)
		}
	})
}

func decodePicture(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// changedPixels counts the pixels that differ between pictures of one size.
func changedPixels(t *testing.T, a, b image.Image) (n int) {
	t.Helper()
	if a.Bounds() != b.Bounds() {
		t.Fatalf("the sizes are %v and %v", a.Bounds(), b.Bounds())
	}
	at := func(m image.Image, x, y int) color.Color { return color.RGBAModel.Convert(m.At(x, y)) }
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if at(a, x, y) != at(b, x, y) {
				n++
			}
		}
	}
	return n
}

// The program draws every task too, by the model's name.
func TestCommandLineDraws(t *testing.T) {
	yolambda := yolotest.Built(t, "bin/yolambda")
	forEachTask(t, func(t *testing.T, f *function, c taskCase) {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in.png"), filepath.Join(dir, "out.png")
		if err := os.WriteFile(in, c.picture, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := f.command(t, yolambda, "predict", "--url", f.url, "--model-name", c.model, "--conf", "0.25", "-o", out, in)
		cmd.Env = append(cmd.Env, "AWS_REGION="+f.aws.Region)
		run(t, cmd)
		if changedPixels(t, decodePicture(t, c.picture), decodePicture(t, yolotest.Read(t, out))) == 0 {
			t.Error("nothing is drawn")
		}
	})
}

// A folder's models are listed, and each answers by its name.
func TestModels(t *testing.T) {
	f := functionOfFixtures(t)
	files, err := filepath.Glob(filepath.Join(yolotest.Fixtures(t), "*.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{"": "squares", "?model=squares-seg": "squares-seg"} {
		var info struct {
			Model  string
			Models []string
		}
		r := f.do(t, request{method: http.MethodGet, target: "/" + query})
		if err := json.Unmarshal(r.body, &info); err != nil {
			t.Fatal(err)
		}
		if info.Model != want || len(info.Models) != len(files) || info.Models[0] != "squares" {
			t.Errorf("%s: %+v, want %s of %d models", query, info, want, len(files))
		}
	}
	checkError(t, f.do(t, request{target: "/?model=other", body: yolotest.SquaresPNG}), api.InvalidRequest, "there is no model \"other\" here; there are squares, squares-cls")
}

// The program serves a folder of models by itself.
func TestCommandLineModels(t *testing.T) {
	yolambda := yolotest.Built(t, "bin/yolambda")
	picture := filepath.Join(t.TempDir(), "squares.png")
	if err := os.WriteFile(picture, yolotest.SquaresPNG, 0o600); err != nil {
		t.Fatal(err)
	}
	// Where none is named the first counts.
	for name, want := range map[string]string{"": "squares-cls", "squares-obb": "squares-obb"} {
		out := run(t, exec.Command(yolambda, "predict", "--local", "--models", yolotest.Fixtures(t), "--model-name", name, "--json", picture))
		var line api.Response
		if err := json.Unmarshal(out, &line); err != nil {
			t.Fatal(err)
		}
		if line.Model != want {
			t.Errorf("--model-name %q: answered by %s, want %s", name, line.Model, want)
		}
	}
}
