package api_test

import (
	"encoding/json"
	"fmt"

	"github.com/yolambda/yolambda/lambda/api"
)

// The default request, as a client writes it.
func ExampleRequest() {
	conf := 0.5
	body, _ := json.Marshal(api.Request{
		Image:   api.Picture{Data: []byte("the bytes of a JPEG")},
		Options: api.Options{Conf: &conf, Classes: []string{"person", "bus"}},
	})
	fmt.Println(string(body))
	// Output: {"classes":["person","bus"],"conf_thres":0.5,"image":"dGhlIGJ5dGVzIG9mIGEgSlBFRw=="}
}

// Options go into the query string where the body is the picture itself.
func ExampleOptions_Query() {
	iou := 0.7
	fmt.Println(api.Options{ImgSize: 320, IoU: &iou, Letterbox: api.Center}.Query().Encode())
	// Output: imgsz=320&iou_thres=0.7&letterbox=center
}

// An option that can't be taken says why.
func ExampleOptions_Set() {
	var o api.Options
	fmt.Println(o.Set("conf", "high"))
	// Output: invalid_request: option conf: "high" is not a number from 0 to 1
}

// Reading a reply.
func ExampleResponse() {
	reply := `{"detections":[{"box":[25,32,98,240],"conf":0.88,"cls":"person"}]}`
	var r api.Response
	if err := json.Unmarshal([]byte(reply), &r); err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range r.Detections {
		fmt.Printf("%s %.0f%% at %v\n", d.Cls, 100*d.Conf, d.Box)
	}
	// Output: person 88% at [25 32 98 240]
}
