package api

import (
	"encoding/json"
	"math"
	"testing"
)

func TestRequestJSON(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    Request
		want string
	}{
		{"the picture alone", Request{Image: Picture{Data: []byte("abc")}}, `{"image":"YWJj"}`},
		{"several pictures", Request{Images: []Picture{{Data: []byte("abc")}, {URI: "s3://a/b c"}}}, `{"images":["YWJj","s3://a/b c"]}`},
		{"every option", Request{Image: Picture{Data: []byte{0xff}}, Options: every},
			`{"agnostic_nms":true,"classes":["person","7","hot dog"],"conf_thres":0.125,"format":"yolambda","image":"/w==","imgsz":320,` +
				`"iou_thres":0,"letterbox":"center","mask":"rle","max_det":7,"model":"yolo11n","rect":false,"tile":512,"tile_overlap":0.25}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := json.Marshal(tt.r)
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
	if _, err := json.Marshal(Request{Options: Options{Conf: ptr(math.NaN())}}); err == nil {
		t.Error("a confidence that is not a number was written")
	}
}
