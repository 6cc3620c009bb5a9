package predict

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
)

var update = flag.Bool("update", false, "write the golden table anew")

func TestTableGolden(t *testing.T) {
	results := []Result{
		{
			Name: "photos/street.jpg",
			Wall: 103*time.Millisecond + 600*time.Microsecond,
			Reply: &api.Response{
				Detections: []api.Detection{
					{Box: [4]int{49, 395, 247, 903}, Conf: 0.8943, Cls: "person"},
					{Box: [4]int{0, 0, 12000, 9}, Conf: 1, Cls: "dining table", ClsID: 60},
					{Box: [4]int{5, 6, 7, 8}, Conf: 0.3, Cls: "naïve ключ", ClsID: 61},
				},
				Image:     &api.Image{Width: 12000, Height: 1080},
				Speed:     &api.Speed{Parse: 1, Decode: 12.34, Preprocess: 3, Inference: 84.05, Postprocess: 0.49},
				ColdStart: true,
			},
		},
		{Name: "nothing.png", Wall: 9 * time.Millisecond, Reply: &api.Response{Detections: []api.Detection{}, Image: &api.Image{Width: 1, Height: 1}}},
		{Name: "old_function.png", Wall: time.Second, Reply: &api.Response{Detections: []api.Detection{{Cls: "a"}}}},
		{Name: "cat.png", Wall: 8 * time.Millisecond, Reply: &api.Response{
			Detections:     []api.Detection{},
			Classification: []api.Class{{Cls: "tabby", ClsID: 281, Conf: 0.61}, {Cls: "tiger cat", ClsID: 282, Conf: 0.3}},
		}},
		{Name: "猫\x1b[2J\n.jpg", Reply: &api.Response{Image: &api.Image{Width: 9, Height: 9}, Detections: []api.Detection{
			{Cls: "猫", Conf: 0.5}, {Cls: "cat 🐈", Conf: 0.5}, {Cls: "e\u0301\x07", Conf: 0.5},
		}}},
		{Name: "broken.jpg", Err: errors.New("a reason")},
	}
	var out bytes.Buffer
	table := &table{w: &out}
	for _, r := range results {
		if err := table.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	const golden = "testdata/table.txt"
	if *update {
		if err := os.WriteFile(golden, out.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}
