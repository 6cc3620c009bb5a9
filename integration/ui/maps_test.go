package ui_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/proxy"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// encoded is a picture of 640 x 480 pixels, one colour left and one right, as PNG in
// base64.
func encoded(t *testing.T, img interface {
	image.Image
	Set(x, y int, c color.Color)
}, left, right color.Color) string {
	t.Helper()
	for y := range 480 {
		for x := range 640 {
			if x < 320 {
				img.Set(x, y, left)
			} else {
				img.Set(x, y, right)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// Class maps and depth lie over the picture, with a legend. The function is a stand-in:
// the project has no fixture model of these tasks.
func TestMaps(t *testing.T) {
	frame := image.Rect(0, 0, 640, 480)
	classes := encoded(t, image.NewGray(frame), color.Gray{Y: 0}, color.Gray{Y: 2})
	distances := encoded(t, image.NewGray16(frame), color.Gray16{Y: 0}, color.Gray16{Y: 65535})
	file, _ := drawn(t, 255)
	for _, tt := range []struct {
		task, reply, legend, status string
		left, right                 [3]int
	}{
		{"semantic", fmt.Sprintf(`{"classes":[{"cls":"road","cls_id":0,"pixels":153600,"share":0.5},{"cls":"sky","cls_id":2,"pixels":153600,"share":0.5}],"class_map":%q}`, classes),
			"road 50.0 %sky 50.0 %", "road 50.0 %", palette[0], palette[2]},
		{"depth", fmt.Sprintf(`{"min":0.5,"max":9.5,"mean":5,"map":{"png":%q,"offset":0.5,"scale":0.000137}}`, distances),
			"0.50 m9.50 mmean 5.00 m", "0.50 to 9.50 m away", [3]int{255, 255, 63}, [3]int{0, 0, 0}},
	} {
		t.Run(tt.task, func(t *testing.T) {
			behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					fmt.Fprintf(w, `{"model":"m","models":["m"],"task":%q,"imgsz":[320,320],"names":{"0":"road","2":"sky"}}`, tt.task)
					return
				}
				if r.URL.RawQuery != "mask=png" {
					w.WriteHeader(http.StatusBadRequest)
				}
				io.WriteString(w, fmt.Sprintf(`{"detections":[],"task":%q,%[1]q:%s,"image":{"width":640,"height":480}}`, tt.task, tt.reply))
			}))
			t.Cleanup(behind.Close)
			cfg := aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("A", "B", "")}
			c, err := client.New(t.Context(), client.Config{URL: behind.URL, AWS: &cfg})
			if err != nil {
				t.Fatal(err)
			}
			front := httptest.NewServer(proxy.New(c))
			t.Cleanup(front.Close)
			inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
				p := open(&function{client: c, page: front.URL + "/"}, 1280, 900)
				p.choose(file)
				p.answered()
				p.wait(`document.querySelector("#mask-opacity").checkVisibility()`)
				p.set("mask-opacity", "1")
				if got := p.text("#map-legend"); got != tt.legend {
					t.Errorf("the legend is %q", got)
				}
				if got := p.text("#status"); !strings.Contains(got, tt.status) {
					t.Errorf("the page says %q", got)
				}
				if p.sees("#conf") || p.sees("#try") || p.sees("#show-boxes") || p.sees("#show-labels") {
					t.Error("there are thresholds, or boxes or labels to hide")
				}
				for x, want := range map[float64][3]int{100: tt.left, 500: tt.right} {
					if got := p.pixel(x, 200); [3]int(got[:3]) != want || got[3] != 255 {
						t.Errorf("the map at %g is %v, want %v", x, got, want)
					}
				}
				if rows := len(p.listed()); tt.task == "semantic" && rows != 2 || tt.task == "depth" && rows != 0 {
					t.Errorf("%d rows", rows)
				}
			})
		})
	}
}

// Real models of these tasks, where they are at hand, show what the function answers.
func TestMapsOfRealModels(t *testing.T) {
	picture := yolotest.Shared(t, "images", "shapes", "shapes_2_240x160.png")
	data := yolotest.Read(t, picture)
	for _, task := range []string{"sem", "depth"} {
		f := serve(t, yolotest.Shared(t, "tasks", "models", "yolo26-shapes-"+task+".onnx"))
		reply, err := f.client.Predict(t.Context(), data, api.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var legend string
		var rows []string
		if task == "depth" {
			d := reply.Depth
			legend = fmt.Sprintf("%.2f m%.2f mmean %.2f m", d.Min, d.Max, d.Mean)
		} else {
			for _, c := range reply.Semantic.Classes {
				legend += fmt.Sprintf("%s %.1f %%", c.Cls, 100*c.Share)
				rows = append(rows, fmt.Sprintf("%s %.1f %% %d", c.Cls, 100*c.Share, c.Pixels))
			}
			slices.Sort(rows)
		}
		t.Run(task, func(t *testing.T) {
			inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
				p := open(f, 1280, 900)
				p.choose(picture)
				p.answered()
				p.wait(`document.querySelector("#mask-opacity").checkVisibility()`)
				p.set("mask-opacity", "1")
				if got := p.text("#map-legend"); got != legend {
					t.Errorf("the legend is %q, want %q", got, legend)
				}
				listed := p.listed()
				for i := range listed {
					listed[i] = strings.ReplaceAll(listed[i], ",", "")
				}
				slices.Sort(listed)
				if diff := cmp.Diff(rows, listed, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("(-function +page):\n%s", diff)
				}
				if colours := get[int](p, `(() => { const c = document.querySelector("#overlay"); return new Set(new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer)).size; })()`); colours < 2 {
					t.Errorf("the map has %d colours", colours)
				}
			})
		})
	}
}
