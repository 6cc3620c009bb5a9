package e2e

import (
	"encoding/json"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// squaresRequest is what to ask of the model about the picture of squares.
func squaresRequest() api.Request {
	conf := 0.8
	return api.Request{Image: api.Picture{Data: yolotest.SquaresPNG}, Options: api.Options{ImgSize: yolotest.SquaresInput, Conf: &conf}}
}

// checkSquares holds a response to what was drawn. A deployed function has
// some other model: of its response the form alone is checked.
func (f *function) checkSquares(t *testing.T, resp *api.Response) {
	t.Helper()
	if resp.Detections == nil {
		t.Error("no detections, not even an empty list")
	}
	if resp.Image == nil || *resp.Image != (api.Image{Width: yolotest.SquaresWidth, Height: yolotest.SquaresHeight}) {
		t.Errorf("image %+v, want that of the picture", resp.Image)
	}
	if f.server == nil {
		return
	}
	want := map[string]yolotest.Square{"red": yolotest.Red, "blue": yolotest.Blue}
	if len(resp.Detections) != len(want) {
		t.Errorf("detections %+v, want one red and one blue", resp.Detections)
	}
	for _, d := range resp.Detections {
		if square := want[d.Cls]; !square.Matches(d.Cls, d.Box) || d.Conf < 0.8 || d.Conf > 1 {
			t.Errorf("unexpected %+v, want %+v", d, square)
		}
	}
}

// object is the default request as a map, for tests that change it.
func object(t *testing.T, req api.Request) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(marshal(t, req), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
