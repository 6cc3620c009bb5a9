package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// reading is what supervision read of one detection in the roboflow dialect, and
// pycocotools and OpenCV of its masks.
type reading struct {
	Class      string
	ClassID    int `json:"class_id"`
	Confidence float64
	Box        [4]float64

	Area        int        // of the mask as pycocotools counts it
	Bounds      [4]float64 // of the mask: x, y, width, height
	Filled      float64    // IoU of the polygons, filled by OpenCV, with the RLE
	Supervision float64    // IoU of supervision's mask with the RLE
	RLE         float64    `json:"supervision_rle"` // the same, from mask=rle

	Keypoints [][2]float64
	Visible   []float64
	Corners   [][2]float64
}

// TestReaders: readers that none of us wrote find the same in the roboflow
// dialect and in the masks as the default reply says.
func TestReaders(t *testing.T) {
	python := yolotest.Python(t, "python")
	forEachTask(t, func(t *testing.T, f *function, c taskCase) {
		if c.task == "classify" {
			t.Skip("supervision reads no classifications of Roboflow's; see TestUltralyticsShape")
		}
		replies := map[string]json.RawMessage{}
		rle := c.masks("rle")
		for name, more := range map[string]string{"rle": rle, "polygon": "", "roboflow": "&format=roboflow", "roboflow_rle": "&format=roboflow" + rle} {
			r := f.do(t, request{target: c.target(more), body: c.picture})
			if r.status != 200 {
				t.Fatalf("status %d: %s", r.status, r.body)
			}
			replies[name] = r.body
		}
		cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "read_replies.py"))
		cmd.Stdin = bytes.NewReader(marshal(t, replies))
		var got []reading
		if out := run(t, cmd); json.Unmarshal(out, &got) != nil || len(got) == 0 {
			t.Fatalf("read %s", out)
		}
		want := decodeResponse(t, replies["rle"]).Detections
		slices.SortStableFunc(want, func(a, b api.Detection) int { return cmp.Compare(b.Conf, a.Conf) })
		if len(got) != len(want) {
			t.Fatalf("%d detections read of %d", len(got), len(want))
		}
		for i, d := range want {
			got[i].check(t, d)
		}
	})
}

// check compares with a detection of the default reply, whose box is truncated
// to whole pixels.
func (r reading) check(t *testing.T, d api.Detection) {
	t.Helper()
	if r.Class != d.Cls || r.ClassID != d.ClsID || !near(r.Confidence, float64(d.Conf), 1e-6) {
		t.Errorf("read %s %d %v, want %s %d %v", r.Class, r.ClassID, r.Confidence, d.Cls, d.ClsID, d.Conf)
	}
	for i, side := range d.Box {
		if !near(r.Box[i], float64(side)+0.5, 0.501) {
			t.Errorf("read the box %v, want %v", r.Box, d.Box)
			break
		}
	}
	if d.Mask != nil {
		// Polygons do not tell holes, and supervision reads the largest part only.
		if r.Area == 0 || r.Filled < 0.99 || r.Supervision < 0.99 || r.RLE != 1 {
			t.Errorf("a mask of %d pixels: polygons overlap by %.3f, supervision's by %.3f, its RLE by %.3f", r.Area, r.Filled, r.Supervision, r.RLE)
		}
		x, y, w, h := r.Bounds[0], r.Bounds[1], r.Bounds[2], r.Bounds[3]
		if x < float64(d.Box[0]) || y < float64(d.Box[1]) || x+w > float64(d.Box[2])+1 || y+h > float64(d.Box[3])+1 {
			t.Errorf("the mask's bounds %v are outside of the box %v", r.Bounds, d.Box)
		}
	}
	if len(r.Keypoints) != len(d.Keypoints) {
		t.Fatalf("read %d keypoints of %d", len(r.Keypoints), len(d.Keypoints))
	}
	for i, k := range d.Keypoints {
		visible := float32(1) // where the model does not tell
		if k.Conf != nil {
			visible = *k.Conf
		}
		if !near(r.Keypoints[i][0], float64(k.X), 1e-3) || !near(r.Keypoints[i][1], float64(k.Y), 1e-3) || !near(r.Visible[i], float64(visible), 1e-6) {
			t.Errorf("read keypoint %d at %v, visible by %v, want %+v, %v", i, r.Keypoints[i], r.Visible[i], k, visible)
		}
	}
	if d.OBB != nil {
		for i, corner := range d.OBB.Corners {
			if !near(r.Corners[i][0], float64(corner[0]), 1e-3) || !near(r.Corners[i][1], float64(corner[1]), 1e-3) {
				t.Errorf("read the corners %v, want %v", r.Corners, d.OBB.Corners)
			}
		}
		// supervision takes the corners for a mask's outline. It ends at the
		// picture's edge and holds the pixels on the outline.
		w, h := float64(d.OBB.XYWHR[2]), float64(d.OBB.XYWHR[3])
		if area := float64(r.Area); area > (w+3)*(h+3) || area < 0.5*w*h {
			t.Errorf("read an outline of %v pixels, the box has %v", area, w*h)
		}
	}
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// TestUltralyticsShape: the results have the keys that Results.to_json of
// Ultralytics writes for their task ("Results.summary" in its reference), and
// no others; the numbers are the default reply's.
func TestUltralyticsShape(t *testing.T) {
	keys := map[string][]string{
		"detect":   {"box", "class", "confidence", "name"},
		"segment":  {"box", "class", "confidence", "name", "segments"},
		"pose":     {"box", "class", "confidence", "keypoints", "name"},
		"obb":      {"box", "class", "confidence", "name"},
		"classify": {"class", "confidence", "name"},
	}
	inner := map[string][]string{
		"segments":  {"x", "y"},
		"keypoints": {"visible", "x", "y"},
		"box":       {"x1", "x2", "y1", "y2"},
	}
	forEachTask(t, func(t *testing.T, f *function, c taskCase) {
		both := c.target("&iou=0.7") // the dialects' defaults differ
		if c.task == "classify" {
			both = c.target("") // which has no use for it
		}
		var reply struct {
			Images []struct {
				Shape   [2]int
				Results []map[string]json.RawMessage
			}
		}
		r := f.do(t, request{target: both + "&format=ultralytics", body: c.picture})
		if err := json.Unmarshal(r.body, &reply); err != nil || len(reply.Images) != 1 {
			t.Fatalf("%v: %s", err, r.body)
		}
		want := f.do(t, request{target: both, body: c.picture}).response(t)
		image := reply.Images[0]
		if image.Shape != [2]int{want.Image.Height, want.Image.Width} {
			t.Errorf("shape %v, want %+v", image.Shape, *want.Image)
		}
		if n := len(want.Detections) + len(want.Classification); len(image.Results) != n || n == 0 {
			t.Fatalf("%d results, want %d", len(image.Results), n)
		}
		for _, result := range image.Results {
			if got := sortedKeys(result); !slices.Equal(got, keys[c.task]) {
				t.Errorf("keys %v, want %v", got, keys[c.task])
			}
			for key, value := range result {
				wanted := inner[key]
				switch {
				case wanted == nil:
					continue
				case key == "box" && c.task == "obb":
					wanted = []string{"x1", "x2", "x3", "x4", "y1", "y2", "y3", "y4"}
				case key == "keypoints" && c.model == "yolov8-shapes-pose2d":
					wanted = []string{"x", "y"}
				}
				var object map[string]json.RawMessage
				if err := json.Unmarshal(value, &object); err != nil || !slices.Equal(sortedKeys(object), wanted) {
					t.Errorf("%s = %s, want the keys %v", key, value, wanted)
				}
			}
		}
	})
}

func sortedKeys(m map[string]json.RawMessage) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
