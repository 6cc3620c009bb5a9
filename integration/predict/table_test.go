package predict

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/yolambda/yolambda/integration/terminal"
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
		{Name: "road.jpg", Wall: 7 * time.Millisecond, Reply: &api.Response{Detections: []api.Detection{}, Semantic: &api.Semantic{
			Classes: []api.Area{{Cls: "road", Share: 0.9}, {Cls: "sky", ClsID: 10, Share: 0.1}},
		}}},
		{Name: "room.jpg", Wall: 7 * time.Millisecond, Reply: &api.Response{Detections: []api.Detection{}, Depth: &api.Depth{Min: 0.5, Max: 10, Mean: 3.25}}},
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

// In colour the columns stay straight, and what is printed is the same text.
func TestTableInColour(t *testing.T) {
	r := Result{Name: "a.jpg", Reply: &api.Response{Detections: []api.Detection{{Cls: "cat", Conf: 0.5, Box: [4]int{1, 2, 3, 4}}}}}
	var plain, coloured bytes.Buffer
	if err := errors.Join((&table{w: &plain}).Write(r), (&table{w: &coloured, style: terminal.Style{On: true}}).Write(r)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(coloured.String(), "\x1b[1ma.jpg\x1b[0m") {
		t.Errorf("%q", &coloured)
	}
	if got := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(coloured.String(), ""); got != plain.String() {
		t.Errorf("%q, want %q", got, &plain)
	}
}

func TestNothing(t *testing.T) {
	for _, tt := range []struct {
		result Result
		want   bool
	}{
		{Result{Reply: &api.Response{}}, true},
		{Result{Reply: &api.Response{Detections: make([]api.Detection, 1)}}, false},
		{Result{Reply: &api.Response{Classification: make([]api.Class, 1)}}, false},
		{Result{Reply: &api.Response{Semantic: &api.Semantic{}}}, false},
		{Result{Reply: &api.Response{Depth: &api.Depth{}}}, false},
		{Result{Err: errors.New("a reason")}, false},
		{Result{}, false}, // another dialect's
	} {
		if got := tt.result.Nothing(); got != tt.want {
			t.Errorf("%+v: %v", tt.result, got)
		}
	}
}
