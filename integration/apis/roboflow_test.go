package apis

import (
	"strings"
	"testing"
)

const roboflowOf = `{"inference_id":"id","time":0.01,"image":{"width":200,"height":100},"predictions":[{"x":50,…`

func TestRoboflow(t *testing.T) {
	v1 := func(path, fields string) request {
		return request{target: "/infer/" + path, body: `{"image":{"type":"base64","value":"` + cat + `"},` + fields + `}`}
	}
	const defaults = "conf_thres=0.4&format=roboflow&iou_thres=0.3&model="
	check(t, []testCase{
		{"v0, base64", request{target: "/a/1", body: cat}, "cat?" + defaults + "a", 200, roboflowOf},
		{"v0, base64 as a form", request{target: "/a/1", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, body: cat}, "cat?" + defaults + "a", 200, roboflowOf},
		{"v0, a data URL", request{target: "/a/1", body: "data:image/png;base64," + cat}, "cat?" + defaults + "a", 200, roboflowOf},
		{"v0, bytes", request{target: "/a/1", body: "\xff\xd8\xff"}, "\xff\xd8\xff?" + defaults + "a", 200, roboflowOf},
		{"v0, a form", request{target: "/a/1", files: map[string]string{"file": "\xff\xd8"}}, "\xff\xd8?" + defaults + "a", 200, roboflowOf},
		{"v0, another version", request{target: "/b-seg/2", body: cat}, "cat?" + defaults + "b-seg-2", 200, roboflowOf},
		{"v0, options", request{target: "/a/1?confidence=0.5&overlap=0.6&max_detections=7&classes=cat,dog&response_mask_format=rle", body: cat},
			"cat?classes=cat%2Cdog&conf_thres=0.5&format=roboflow&iou_thres=0.6&mask=rle&max_det=7&model=a", 200, roboflowOf},
		{"v0, percent", request{target: "/a/1?confidence=50&overlap=60", body: cat}, "cat?conf_thres=0.5&format=roboflow&iou_thres=0.6&model=a", 200, roboflowOf},
		{"v0, their best", request{target: "/a/1?confidence=best", body: cat}, "cat?" + defaults + "a", 200, roboflowOf},
		{"v0, picture", request{target: "/a/1?format=image", body: cat}, "cat?conf_thres=0.4&format=image&iou_thres=0.3&model=a", 200, "\xff\xd8\xff drawn…"},
		{"v0, both", request{target: "/a/1?format=image_and_json", body: cat}, "cat?" + defaults + "a", 200, `{"visualization":"/9j/IGRyYXdu","inference_id":"id"…`},
		{"v0, address", request{target: "/a/1?image=https://example.org/a.jpg"}, "", 400, `{"error_type":"invalid_request","message":"image=\"https://example.org/a.jpg\": addresses are not fetched…`},
		{"v0, no picture", request{target: "/a/1"}, "", 400, `{"error_type":…`},
		{"v0, wrong threshold", request{target: "/a/1?confidence=101", body: cat}, "", 400, `{"error_type":"invalid_request","message":"confidence: \"101\" is not a number from 0 to 100"}`},
		{"v0, not upright", request{target: "/a/1?disable_preproc_auto_orient=true", body: cat}, "", 400, `{"error_type":…`},
		{"v0, another model", request{target: "/a/2", body: cat}, "", 404, `{"error_type":"invalid_request","message":"the model \"a/2\" is not served; there is a/1, b-seg-2/1"}`},

		{"v1", v1("object_detection", `"model_id":"a/1"`), "cat?" + defaults + "a", 200, roboflowOf},
		{"v1, options", v1("object_detection", `"model_id":"a/1","confidence":0.5,"iou_threshold":0.6,"max_detections":7,"class_filter":["cat"],"class_agnostic_nms":true`),
			"cat?agnostic_nms=true&classes=cat&conf_thres=0.5&format=roboflow&iou_thres=0.6&max_det=7&model=a", 200, roboflowOf},
		{"v1, masks", v1("instance_segmentation", `"model_id":"b-seg-2/1","response_mask_format":"rle"`), "cat?conf_thres=0.4&format=roboflow&iou_thres=0.3&mask=rle&model=b-seg-2", 200, roboflowOf},
		{"v1, drawn", v1("object_detection", `"model_id":"a/1","visualize_predictions":true`), "cat?" + defaults + "a", 200, `{"visualization":"/9j/IGRyYXdu"…`},
		{"v1, several", request{target: "/infer/object_detection", body: `{"model_id":"a/1","image":[{"type":"base64","value":"` + cat + `"},{"type":"base64","value":"eA=="}]}`},
			"x?" + defaults + "a", 200, `[{"inference_id":"id"…`},
		{"v1, another task", v1("object_detection", `"model_id":"b-seg-2/1"`), "", 400,
			`{"error_type":"invalid_request","message":"the model b-seg-2/1 is for instance-segmentation: send its pictures to /infer/instance_segmentation"}`},
		{"v1, address", request{target: "/infer/object_detection", body: `{"model_id":"a/1","image":{"type":"url","value":"https://example.org"}}`}, "", 400, `{"error_type":…`},
		{"v1, no base64", request{target: "/infer/object_detection", body: `{"model_id":"a/1","image":{"type":"base64","value":"?"}}`}, "", 400, `{"error_type":…`},
		{"v1, no JSON", request{target: "/infer/object_detection", body: "cat"}, "", 400, `{"error_type":…`},
		{"v1, wrong option", v1("object_detection", `"model_id":"a/1","confidence":2`), "", 400, `{"error_type":…`},
		{"another task", v1("gaze_detection", `"model_id":"a/1"`), "", 404, `{"error_type":"invalid_request","message":"POST /infer/gaze_detection is not served…`},

		{"registry", request{method: "GET", target: "/model/registry"}, "", 200, `{"models":[
			{"model_id":"a/1","task_type":"object-detection","batch_size":1,"input_height":320,"input_width":640},
			{"model_id":"b-seg-2/1","task_type":"instance-segmentation","batch_size":1}]}`},
		{"add", request{target: "/model/add", body: `{"model_id":"b-seg/2"}`}, "", 200, `{"models":[{"model_id":"b-seg/2","task_type":"instance-segmentation","batch_size":1}]}`},
		{"add another", request{target: "/model/add", body: `{"model_id":"coco/3"}`}, "", 404, `{"error_type":…`},
		{"clear", request{target: "/model/clear"}, "", 404, `{"error_type":…`},
	})
}

// Key points below the confidence that was asked for are left out.
func TestRoboflowKeypoints(t *testing.T) {
	for query, want := range map[string]string{"": "nose,tail", "?keypoint_confidence=0.5": "nose", "?keypoint_confidence=90": ""} {
		w := request{target: "/a/1" + query, body: cat}.send(handler(&fake{}))
		var got []string
		for _, name := range []string{"nose", "tail"} {
			if strings.Contains(w.Body.String(), `"class_name":"`+name+`"`) {
				got = append(got, name)
			}
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%q: %v, want %s", query, got, want)
		}
	}
}
