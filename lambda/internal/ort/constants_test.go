package ort_test

import (
	"encoding/json"
	"image"
	"path"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/dialect"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestConstants compares with the Python reference on models of constant output,
// which try ties, boxes outside of the picture and without area, and names in
// every form. Its boxes are not clipped, ours are. Where it crashed on the names
// or on their lack, the same boxes are wanted with the names of the list below.
func TestConstants(t *testing.T) {
	type detection struct {
		Box  [4]int
		Conf float32
		Cls  string
	}
	type reply struct{ Detections []detection }
	var golden struct {
		Cases []struct {
			Model   string
			Request struct {
				ImgSz int
				Conf  float32 `json:"conf_thres"`
				IoU   float32 `json:"iou_thres"`
			}
			Body string // "" where it crashed
		}
	}
	yolotest.ReadJSON(t, yolotest.Shared(t, "golden", "seed", "constant_models.json"), &golden)
	unnamed := []string{"class0", "class1", "class2", "class3"}
	crashed := map[string][]string{
		"const-v8-names-bothquotes.onnx": {`it's "b"`, "b", "c", "d"},
		"const-v8-names-json.onnx":       {"a", "b", "c", "d"},
		"const-v8-names-sparse.onnx":     {"a", "class1", "c", "d"},
		"const-v8-names-nonames.onnx":    unnamed,
		"const-v8-nometadata.onnx":       unnamed,
	}
	// The reference escapes the backslash of Python's str() twice.
	names := map[string]string{`back\\slash`: `back\slash`}
	var answered reply // of the plain names; the boxes are the same in all
	for _, c := range golden.Cases {
		if path.Base(c.Model) == "const-v8-names-plain.onnx" {
			if err := json.Unmarshal([]byte(c.Body), &answered); err != nil {
				t.Fatal(err)
			}
		}
	}
	plain := map[string]int{"circle": 0, "square": 1, "triangle": 2, "star": 3}

	for _, c := range golden.Cases {
		name := path.Base(c.Model)
		t.Run(name, func(t *testing.T) {
			var want reply
			if c.Body != "" {
				if err := json.Unmarshal([]byte(c.Body), &want); err != nil {
					t.Fatal(err)
				}
			} else {
				for _, d := range answered.Detections {
					d.Cls = crashed[name][plain[d.Cls]]
					want.Detections = append(want.Detections, d)
				}
			}
			if len(want.Detections) == 0 {
				t.Fatal("nothing is wanted")
			}
			for i, d := range want.Detections {
				if n, ok := names[d.Cls]; ok {
					want.Detections[i].Cls = n
				}
				for k, v := range d.Box {
					want.Detections[i].Box[k] = min(max(v, 0), 160)
				}
			}
			model := open(t, yolotest.Shared(t, "models", name))
			black := image.NewGray(image.Rect(0, 0, 160, 160))
			r, err := model.Predict(ctx, black, yolo.Options{ImgSize: c.Request.ImgSz, Conf: c.Request.Conf, IoU: c.Request.IoU})
			if err != nil {
				t.Fatal(err)
			}
			var got reply
			native, err := dialect.Native(model, r, api.Polygon, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range native.Detections {
				got.Detections = append(got.Detections, detection{d.Box, d.Conf, d.Cls})
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}
