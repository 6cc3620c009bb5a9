package apis

import (
	"strings"
	"testing"
)

func TestDeepStack(t *testing.T) {
	picture := map[string]string{"image": "cat"}
	const found = `{"success":true,"predictions":[{"label":"cat","confidence":0.9,"x_min":1,"y_min":2,"x_max":30,"y_max":40}],"count":1,"inferenceMs":12,"code":200,"duration":0}`
	check(t, []testCase{
		{"detection", request{target: "/v1/vision/detection", files: picture}, "cat?conf_thres=0.45", 200, found},
		{"confidence", request{target: "/v1/vision/detection", files: picture, fields: map[string]string{"min_confidence": "0.6"}}, "cat?conf_thres=0.6", 200, found},
		{"custom", request{target: "/v1/vision/custom/b-seg-2", files: picture}, "cat?conf_thres=0.45&model=b-seg-2", 200, found},
		{"list", request{target: "/v1/vision/custom/list"}, "", 200, `{"success":true,"models":["a","b-seg-2"],"duration":0}`},
		{"another model", request{target: "/v1/vision/custom/c", files: picture}, "", 404, `{"success":false,"error":"the model \"c\" is not served; there is a, b-seg-2","code":404,"duration":0}`},
		{"no picture", request{target: "/v1/vision/detection"}, "", 400, `{"success":false,…`},
		{"wrong confidence", request{target: "/v1/vision/detection", files: picture, fields: map[string]string{"min_confidence": "60"}}, "", 400, `{"success":false,…`},
		{"faces", request{target: "/v1/vision/face/list"}, "", 404, `{"success":false,…`},
	})
	w := request{target: "/v1/vision/detection", files: picture}.send(handler(&fake{task: "classify"}))
	if w.Code != 400 || !strings.Contains(w.Body.String(), "finds no boxes") {
		t.Errorf("a classification: %d %s", w.Code, w.Body)
	}
}
