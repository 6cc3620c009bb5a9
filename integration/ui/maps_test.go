package ui_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sort"
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
		task, reply, legend, status, tab string
		left, right                      [3]int
	}{
		{"semantic", fmt.Sprintf(`{"classes":[{"cls":"road","cls_id":0,"pixels":153599,"share":0.4999},{"cls":"sky","cls_id":2,"pixels":153601,"share":0.5001}],"class_map":%q}`, classes),
			"sky 50.0 %road 50.0 %", "sky 50.0 %", "Classes", palette[0], palette[2]},
		{"depth", fmt.Sprintf(`{"min":0.5,"max":9.5,"mean":5,"map":{"png":%q,"offset":0.5,"scale":0.000137}}`, distances), // 65535 times the scale are 8.978295
			"near 0.50 mfar 9.50 m5.00 m on average", "0.50 to 9.50 m away", "Distances", [3]int{255, 255, 63}, [3]int{0, 0, 0}},
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
				p.shows("#mask-opacity", true)
				p.mapped()
				becomes(p, `document.querySelector("#mask-opacity").value`, "0.65")
				// The picture is seen through the map.
				becomes(p, `(() => { const c = document.querySelector("#overlay"); return Math.round(c.getContext("2d").getImageData(c.width / 4, c.height / 2, 1, 1).data[3] / 2.55); })()`, 65)
				p.set("mask-opacity", "0.5")
				if !strings.Contains(p.text("#map-legend"), "mix in") {
					t.Errorf("the legend of a transparent map is %q", p.text("#map-legend"))
				}
				p.set("mask-opacity", "1")
				if got := p.text("#masks-name") + ", " + p.text("#tab-list"); got != "Map, "+tt.tab {
					t.Errorf("the switch and the tab are called %s", got)
				}
				if got := p.text("#found-none"); !strings.Contains(got, "every pixel") || !strings.Contains(got, tt.status) {
					t.Errorf("found is %q", got)
				}
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
				if tt.task == "depth" {
					for x, want := range map[float64]string{100: "0.50 m", 500: "9.48 m"} { // 9.478295
						at, y := p.at(x+0.5, 200.5)
						p.mouse(mouseStep{"pointerMove", at, y})
						p.wait(fmt.Sprintf(`/^%s at x \d+, y \d+ pixels\.$/.test(document.querySelector("#distance").textContent)`, want))
						p.shows("#distance-note", true)
					}
				}
				if got := p.text("#list-none"); tt.task == "depth" && !strings.Contains(got, "640 × 480, from 0.50 m (bright) to 9.50 m (dark)") {
					t.Errorf("in place of rows the page says %q", got)
				}
				if rows := len(p.listed()); tt.task == "semantic" && rows != 2 || tt.task == "depth" && rows != 0 {
					t.Errorf("%d rows", rows)
				}
			})
		})
	}
}

// mapped waits until the map of the answer lies over the picture.
func (p *tab) mapped() {
	p.t.Helper()
	becomes(p, `Promise.all([import("./maps.js"), import("./state.js")]).then(([m, s]) => !!m.mapOf(s.current().answer.reply))`, true)
}

// All 16 bits of a PNG are read, through each of its filters.
func TestGrey16(t *testing.T) {
	const width, height = 7, 15
	random := rand.New(rand.NewPCG(3, 4))
	var want []uint16
	img := image.NewGray16(image.Rect(0, 0, width, height))
	for i := range width * height {
		v := uint16(random.Uint32())
		want = append(want, v)
		img.SetGray16(i%width, i/width, color.Gray16{Y: v})
	}
	data := filtered(t, img)
	if back, err := png.Decode(bytes.NewReader(data)); err != nil || !slices.Equal(back.(*image.Gray16).Pix, img.Pix) {
		t.Fatalf("the PNG is wrong itself: %v", err)
	}
	// Of a row that is shorter than the header says, the end would be no distance.
	short := filtered(t, image.NewGray16(image.Rect(0, 0, width, 1)))
	short[len("\x89PNG\r\n\x1a\n")+8+3]++
	var eight bytes.Buffer
	if err := png.Encode(&eight, image.NewGray(img.Rect)); err != nil {
		t.Fatal(err)
	}
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(serve(t, yolotest.Fixture(t, "squares")), 1280, 900)
		read := func(png []byte) []uint16 {
			return get[[]uint16](p, fmt.Sprintf(`import("./png.js").then((m) => m.grey16(Uint8Array.from(atob(%q), (c) => c.charCodeAt(0)))).then((m) => [m.width, m.height, ...m.values], () => [])`, base64.StdEncoding.EncodeToString(png)))
		}
		if diff := cmp.Diff(append([]uint16{width, height}, want...), read(data)); diff != "" {
			t.Errorf("(-Go +page):\n%s", diff)
		}
		for name, png := range map[string][]byte{"8 bits": eight.Bytes(), "a short row": short} {
			if got := read(png); len(got) != 0 {
				t.Errorf("%s: read as %v", name, got)
			}
		}
	})
}

// filtered is a PNG whose rows go through the filters 0 to 4 in turn, its data in two chunks.
func filtered(t *testing.T, img *image.Gray16) []byte {
	t.Helper()
	var rows bytes.Buffer
	z := zlib.NewWriter(&rows)
	above := make([]byte, img.Stride)
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride:][:img.Stride]
		out := []byte{byte(y % 5)}
		for i, v := range row {
			var left, corner byte
			if i >= 2 {
				left, corner = row[i-2], above[i-2]
			}
			out = append(out, v-[]byte{0, left, above[i], byte((int(left) + int(above[i])) / 2), paeth(left, above[i], corner)}[y%5])
		}
		z.Write(out)
		above = row
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(name string, content []byte) {
		file = binary.BigEndian.AppendUint32(file, uint32(len(content)))
		start := len(file)
		file = append(append(file, name...), content...)
		file = binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(file[start:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(img.Rect.Dx())), uint32(img.Rect.Dy()))
	chunk("IHDR", append(head, 16, 0, 0, 0, 0))
	chunk("IDAT", rows.Bytes()[:rows.Len()/2])
	chunk("IDAT", rows.Bytes()[rows.Len()/2:])
	chunk("IEND", nil)
	return file
}

// paeth is the one of three neighbours that is nearest to left + up - corner.
func paeth(left, up, corner byte) byte {
	guess := int(left) + int(up) - int(corner)
	best := left
	for _, v := range []byte{up, corner} {
		if max(guess-int(v), int(v)-guess) < max(guess-int(best), int(best)-guess) {
			best = v
		}
	}
	return best
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
			legend = fmt.Sprintf("near %.2f mfar %.2f m%.2f m on average", d.Min, d.Max, d.Mean)
		} else {
			classes := reply.Semantic.Classes
			sort.SliceStable(classes, func(i, j int) bool { return classes[i].Share > classes[j].Share })
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
				p.mapped()
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
