package apis

import (
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
)

func TestUltralytics(t *testing.T) {
	picture := map[string]string{"file": "cat"}
	of := func(result string) string {
		return `{"images":[{"shape":[100,200],"results":[` + result + `],"speed":{"preprocess":1,"inference":2,"postprocess":3}}],"metadata":{"imageCount":1,"model":"a","task":"detect"}}`
	}
	pixels := of(`{"name":"cat","class":1,"confidence":0.87654,"box":{"x1":10.12345,"y1":20.5,"x2":50,"y2":60},"segments":{"x":[20,40],"y":[10,30]},"keypoints":{"x":[100],"y":[50],"visible":[0.98765]}}`)
	const defaults = "format=ultralytics&letterbox=center"
	with := func(fields map[string]string) request {
		return request{target: "/predict", files: picture, fields: fields}
	}
	check(t, []testCase{
		{"endpoint", with(nil), "cat?" + defaults, 200, pixels},
		{"options", with(map[string]string{"conf": "0.5", "iou": "0.6", "imgsz": "320"}), "cat?conf_thres=0.5&format=ultralytics&imgsz=320&iou_thres=0.6&letterbox=center", 200, pixels},
		{"shared", request{target: "/api/models/b-seg-2/predict", files: picture}, "cat?format=ultralytics&letterbox=center&model=b-seg-2", 200, pixels},
		{"HUB", request{target: "/v1/predict/a", files: map[string]string{"image": "cat"}}, "cat?format=ultralytics&letterbox=center&model=a", 200, pixels},
		{"normalized", with(map[string]string{"normalize": "True"}), "cat?" + defaults, 200,
			of(`{"name":"cat","class":1,"confidence":0.87654,"box":{"x1":0.05062,"y1":0.205,"x2":0.25,"y2":0.6},"segments":{"x":[0.1,0.2],"y":[0.1,0.3]},"keypoints":{"x":[0.5],"y":[0.5],"visible":[0.98765]}}`)},
		{"two decimals", with(map[string]string{"decimals": "2"}), "cat?" + defaults, 200,
			of(`{"name":"cat","class":1,"confidence":0.88,"box":{"x1":10.12,"y1":20.5,"x2":50,"y2":60},"segments":{"x":[20,40],"y":[10,30]},"keypoints":{"x":[100],"y":[50],"visible":[0.99]}}`)},
		{"no decimals", with(map[string]string{"decimals": "0"}), "cat?" + defaults, 200,
			of(`{"name":"cat","class":1,"confidence":1,"box":{"x1":10,"y1":20,"x2":50,"y2":60},"segments":{"x":[20,40],"y":[10,30]},"keypoints":{"x":[100],"y":[50],"visible":[1]}}`)},
		{"source", request{target: "/predict", fields: map[string]string{"source": cat}}, "cat?" + defaults, 200, pixels},
		{"source in S3", request{target: "/predict", fields: map[string]string{"source": "s3://b/n.jpg"}}, `application/json {"image":"s3://b/n.jpg"}?` + defaults, 200, pixels},
		{"source elsewhere", request{target: "/predict", fields: map[string]string{"source": "https://example.org/a.jpg"}}, "", 400, `{"error":"source: addresses such as…`},
		{"source of words", request{target: "/predict", fields: map[string]string{"source": "a cat!"}}, "", 400, `{"error":…`},
		{"no picture", request{target: "/predict"}, "", 400, `{"error":…`},
		{"half a decimal", with(map[string]string{"decimals": "1.5"}), "", 400, `{"error":"decimals: 1.5 is not a whole number"…`},
		{"too many decimals", with(map[string]string{"decimals": "11"}), "", 400, `{"error":…`},
		{"not a flag", with(map[string]string{"normalize": "maybe"}), "", 400, `{"error":…`},
		{"wrong options", with(map[string]string{"iou": "3", "conf": "2", "imgsz": "1"}), "", 400, `{"error":"option conf: \"2\" is not a number from 0 to 1"…`},
		{"another model", request{target: "/api/models/x/predict", files: picture}, "", 404, `{"error":"the model \"x\" is not served; there is a, b-seg-2"…`},
		{"HUB's key", request{target: "/v1/auth"}, "", 200, `{"success":true}`},
		{"HUB's model", request{method: "GET", target: "/v1/models/a"}, "", 200, `{"success":true,"data":{"id":"a","name":"a","task":"detect"}}`},
		{"another of HUB's", request{method: "GET", target: "/v1/models/x"}, "", 404, `{"error":…`},
	})
}

// TestRounded: what lies in the middle goes to the even side, as Python's round has it.
func TestRounded(t *testing.T) {
	for _, tt := range []struct {
		v        float64
		decimals int
		want     float64
	}{
		{0.125, 2, 0.12}, {0.375, 2, 0.38}, {2.5, 0, 2}, {3.5, 0, 4}, {-0.5, 0, 0}, // in the middle
		{1.005, 2, 1}, {2.675, 2, 2.67}, {0.285, 2, 0.28}, // a little below it
		{10.12345, 5, 10.12345}, {1919.99999, 10, 1919.99999}, {0.987654321, 4, 0.9877},
	} {
		if got := rounded(tt.v, tt.decimals); got != tt.want {
			t.Errorf("%v to %d decimals: %v, want %v", tt.v, tt.decimals, got, tt.want)
		}
	}

	share := 0.12345
	image := api.UltralyticsImage{Results: []api.UltralyticsResult{{PixelRatio: &share}}}
	if rewrite(&image, true, 2); share != 0.12 {
		t.Errorf("a class of a map has the share %v, want 0.12", share)
	}
}
