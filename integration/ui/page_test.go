package ui_test

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// drawn is a picture of red squares above blue ones, one pair for each strength
// of colour: the stronger, the surer the model is.
func drawn(t *testing.T, strengths ...uint8) (path string, data []byte) {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 640, 480))
	paint := func(r image.Rectangle, c color.Color) {
		draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	paint(img.Rect, color.Gray{Y: 120})
	// The model halves the picture to its 320 pixels: 128 make its 64.
	for i, strength := range strengths {
		x := 16 + 152*i
		paint(image.Rect(x, 48, x+128, 176), color.NRGBA{R: strength, A: 255})
		paint(image.Rect(x, 288, x+128, 416), color.NRGBA{B: strength, A: 255})
	}
	path = filepath.Join(t.TempDir(), "squares.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if data, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return path, data
}

// asked is what the function itself answers.
func (f *function) asked(t testing.TB, picture []byte, conf, iou float64, model string) *api.Response {
	t.Helper()
	reply, err := f.client.Predict(t.Context(), picture, api.Options{Conf: &conf, IoU: &iou, Model: model})
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

// palette has the colours of red (class 0) and blue (class 2).
var palette = map[int][3]int{0: {0xFF, 0x4B, 0x3C}, 2: {0x00, 0x69, 0xF0}}

// The sides of the boxes lie where the API says, at screens of either density.
func TestBoxesLieWhereTheAPISays(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, data := drawn(t, 255)
	reply := f.asked(t, data, 0.8, 0.3, "")
	if len(reply.Detections) != 2 { // apart from each other, so that no label lies on a box
		t.Fatalf("%d detections, want a red and a blue one", len(reply.Detections))
	}
	for _, ratio := range []float64{1, 2} {
		t.Run(fmt.Sprintf("pixel ratio %g", ratio), func(t *testing.T) {
			p := open(t, f, 1280, 900, chromedp.EmulateViewport(1280, 900, chromedp.EmulateScale(ratio)))
			p.drop(file)
			p.answered()
			p.set("conf", "0.8")
			width := get[float64](p, `document.querySelector("#overlay").width`)
			shown := get[float64](p, `document.querySelector("#overlay").getBoundingClientRect().width`)
			if math.Abs(width-shown*ratio) > 0.01 {
				t.Errorf("the canvas has %g pixels for %g CSS pixels at ratio %g", width, shown, ratio)
			}
			scale := width / float64(reply.Image.Width)
			line := math.Round(2.5 * ratio) // thickness of a side in canvas pixels
			for _, d := range reply.Detections {
				x1, y1 := math.Round(float64(d.Box[0])*scale), math.Round(float64(d.Box[1])*scale)
				x2, y2 := math.Round(float64(d.Box[2])*scale), math.Round(float64(d.Box[3])*scale)
				midX, midY := math.Floor((x1+x2)/2), math.Floor((y1+y2)/2)
				want := palette[d.ClsID]
				// Half way along each side: its first and its last pixel. The label
				// stands above the box, or below its upper side.
				for _, at := range [][2]float64{
					{x1, midY}, {x1 + line - 1, midY}, {x2 - line, midY}, {x2 - 1, midY},
					{midX, y2 - line}, {midX, y2 - 1},
				} {
					got := p.pixel(at[0], at[1])
					if got[3] != 255 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
						t.Errorf("%s %v: the pixel at %v is %v, want %v", d.Cls, d.Box, at, got, want)
					}
				}
				// A bright edge inside sets a box off from ground of its own colour.
				if got := p.pixel(x1+line, midY); min(got[0], got[1], got[2]) < 250 || got[3] < 150 {
					t.Errorf("%s %v: beside the line the pixel is %v, want a bright one", d.Cls, d.Box, got)
				}
				if got := p.pixel(midX, midY); got[3] != 0 {
					t.Errorf("%s %v: the middle of the box is %v, want nothing", d.Cls, d.Box, got)
				}
			}
		})
	}
}

// Moving the sliders gives what the function itself answers at those
// thresholds, to the last detection, and confidence alone asks it nothing.
func TestSlidersGiveTheFunctionsAnswers(t *testing.T) {
	for _, model := range []string{"", "squares-end2end", "squares-obb", "squares-seg"} {
		t.Run("model "+model, func(t *testing.T) {
			f := serve(t, yolotest.Fixture(t, "squares"))
			file, data := drawn(t, 255, 200, 145, 90)
			p := open(t, f, 1280, 900)
			if model != "" {
				p.set("model", model)
				p.wait(`document.querySelector("#task").textContent !== "…"`)
			}
			p.drop(file)
			p.answered()
			p.slide(f, data, model)
			p.set("conf", "0.3")
			for _, ask := range []struct {
				slider, to string
				conf, iou  float64
			}{
				{"iou", "0.6", 0.3, 0.6},
				{"conf", "0.01", 0.01, 0.6}, // below what the answer holds
			} {
				before := p.answers()
				p.set(ask.slider, ask.to)
				p.answeredAfter(before)
				want := rows(f.asked(t, data, ask.conf, ask.iou, model).Detections)
				if diff := gocmp.Diff(want, p.listed()); diff != "" {
					t.Errorf("at confidence %g and IoU %g (-function +page):\n%s", ask.conf, ask.iou, diff)
				}
			}
		})
	}
}

// The same with a real model, which knows 80 classes, and a photo.
func TestSlidersWithYOLOv8n(t *testing.T) {
	photo := yolotest.Shared(t, "images", "real", "bus.jpg")
	f := serve(t, yolotest.Shared(t, "models", "yolov8n.onnx"))
	p := open(t, f, 1280, 900)
	p.drop(photo)
	p.answered()
	p.slide(f, yolotest.Read(t, photo), "")
}

// slide moves the confidence and compares what the page lists with what the
// function answers to the picture. The page must ask nothing.
func (p *tab) slide(f *function, picture []byte, model string) {
	p.t.Helper()
	asked := p.asks()
	counts := map[int]bool{}
	for _, conf := range []float64{0.3, 0.06, 0.17, 0.5, 0.71, 0.95} {
		p.set("conf", fmt.Sprint(conf))
		want := f.asked(p.t, picture, conf, 0.3, model).Detections
		counts[len(want)] = true
		if diff := gocmp.Diff(rows(want), p.listed()); diff != "" {
			p.t.Errorf("at confidence %g (-function +page):\n%s", conf, diff)
		}
	}
	if len(counts) < 2 {
		p.t.Errorf("the numbers of detections are %v: too alike for a test", counts)
	}
	// What a resting slider would do after a while is done now.
	if n := p.asks() - asked; n != 0 {
		p.t.Errorf("%d requests for the moves of the slider, want none", n)
	}
}

// asks counts what the page has asked the function, and what it would, were its settings
// to rest now.
func (p *tab) asks() int {
	p.t.Helper()
	return get[int](p, `Promise.all([import("./queue.js"), import("./state.js")]).then(([{ wake }, { state }]) => {
		wake();
		return state.pictures.filter((p) => p.asking).length + `+answers+`;
	})`)
}

// A file that is not a picture gets an error that says what to do, and the next
// picture takes it away.
func TestBrokenFile(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	good, data := drawn(t, 255)
	for name, file := range map[string]struct {
		content []byte
		title   string
	}{
		"cut.png":   {data[:len(data)/2], "cut.png is damaged or cut off."},
		"notes.txt": {[]byte("no picture"), "notes.txt is not a picture that the function can read."},
	} {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(bad, file.content, 0o666); err != nil {
				t.Fatal(err)
			}
			p := open(t, f, 1280, 900)
			p.forgive()
			p.drop(bad)
			p.wait(`!document.querySelector("#error").hidden`)
			if said := get[string](p, `document.querySelector("#error").textContent`); !strings.Contains(said, "hoose") {
				t.Errorf("the error %q does not say what to do", said)
			}
			if got := p.text("#error strong"); got != file.title || p.text("#error details") == "" {
				t.Errorf("the error is %q, want %q and the function's words", got, file.title)
			}
			// It stands there alone, above the invitation to choose another.
			p.shows("#welcome", true)
			p.wait(`document.body.innerText.split("cut off").length + document.body.innerText.split("not a picture").length === 3`)
			for id, want := range map[string]string{"found-none": "Nothing yet.", "time-none": "No request yet.", "list-none": "What the model finds is listed here."} {
				p.shows("#"+id, true)
				p.says("#"+id, want)
			}
			p.choose(good)
			p.answered()
			p.shows("#welcome", false)
			if !get[bool](p, `document.querySelector("#error").hidden`) {
				t.Error("the error stays next to a good picture")
			}
		})
	}
}

// The lines of a small box, thick ones too, leave most of it to be seen.
func TestSmallBoxesStayOpen(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.choose(file)
		p.answered()
		p.settle()
		for _, side := range []int{10, 20, 40} { // pixels of the picture
			clear := get[[]float64](p, fmt.Sprintf(`import("./state.js").then(({ state, current, changed }) => {
				const [x, y, side] = [300, 200, %d];
				const d = { cls: "red", cls_id: 0, conf: 0.9, box: [x, y, x + side, y + 2 * side] };
				current().answer = { ...current().answer, reply: { ...current().answer.reply, detections: [d] } };
				const canvas = document.querySelector("#overlay");
				const scale = canvas.width / 640;
				return [undefined, d].map((selected) => {
					state.selected = selected;
					changed();
					const { data, width } = canvas.getContext("2d").getImageData(x * scale, (y + side) * scale, side * scale, 1);
					return data.filter((v, i) => i %% 4 === 3 && v === 0).length / width;
				});
			})`, side))
			if clear[1] < 0.45 || clear[0] <= clear[1] {
				t.Errorf("of a box of %d pixels %.0f %% are clear, of a chosen one %.0f %%", side, 100*clear[0], 100*clear[1])
			}
		}
	})
}

// forgive lets Chromium log that the API refused a request.
func (p *tab) forgive() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgiving = true
}

// The boxes of a class can be hidden, and the counts are the detections'.
func TestClassFilter(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, data := drawn(t, 255, 200)
	p := open(t, f, 1280, 900)
	p.drop(file)
	p.answered()
	counts := map[string]int{}
	for _, d := range f.asked(t, data, 0.3, 0.3, "").Detections {
		counts[d.Cls]++
	}
	if len(counts) != 2 {
		t.Fatalf("classes %v, want red and blue", counts)
	}
	shown := get[map[string]int](p, `Object.fromEntries([...document.querySelectorAll("#classes label")].map((l) =>
		[l.querySelector(".name").textContent, Number(/^× (\d+)$/.exec(l.querySelector(".number").textContent)?.[1] ?? 1)]))`)
	if diff := gocmp.Diff(counts, shown); diff != "" {
		t.Errorf("counts (-function +page):\n%s", diff)
	}
	p.says("#classes legend", "Classes to show, with confidence and count")
	p.click(`#classes input[value="0"]`)
	becomes(p, `[...document.querySelectorAll("#list tbody .name")].map((n) => n.textContent).join(" ")`, strings.TrimSpace(strings.Repeat("blue ", counts["blue"])))
}

// Each task draws more than its boxes, or none.
func TestTasks(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, data := drawn(t, 255)
	p := open(t, f, 1280, 900)
	p.set("conf", "0.8")
	p.drop(file)
	p.answered()
	scale := get[float64](p, `document.querySelector("#overlay").width`) / 640
	for model, check := range map[string]func(t *testing.T, reply *api.Response){
		"squares-seg": func(t *testing.T, reply *api.Response) {
			// The silhouette's colour lies thinly over the middle of the box.
			got, want := p.pixel(80*scale, 112*scale), palette[0]
			if a := got[3]; a < 80 || a > 130 || got[0] < want[0]-6 || got[1] > want[1]+6 {
				t.Errorf("the middle of the mask is %v, want %v at 42 %%", got, want)
			}
		},
		"squares-pose": func(t *testing.T, reply *api.Response) {
			k := reply.Detections[0].Keypoints[0]
			if got, want := p.pixel(float64(k.X)*scale, float64(k.Y)*scale), palette[0]; got[3] != 255 || got[0] < want[0]-6 {
				t.Errorf("the key point at %v, %v is %v, want %v", k.X, k.Y, got, want)
			}
		},
		"squares-obb": func(t *testing.T, reply *api.Response) {
			c := reply.Detections[0].OBB.Corners
			x, y := float64(c[0][0]+c[1][0])/2*scale, float64(c[0][1]+c[1][1])/2*scale
			if got, want := p.pixel(x, y), palette[0]; got[3] < 200 || got[0] < want[0]-20 {
				t.Errorf("the side of the oriented box at %v, %v is %v, want %v", x, y, got, want)
			}
		},
		"squares-cls": func(t *testing.T, reply *api.Response) {
			first := reply.Classification[0]
			if got := p.listed(); len(got) != len(reply.Classification) || got[0] != fmt.Sprintf("%s %.2f", first.Cls, first.Conf) {
				t.Errorf("listed %q, want %+v", got, reply.Classification)
			}
		},
	} {
		t.Run(model, func(t *testing.T) {
			before := p.answers()
			p.set("model", model)
			p.answeredAfter(before)
			if model == "squares-cls" { // which thresholds mean nothing to
				reply, err := f.client.Predict(t.Context(), data, api.Options{Model: model})
				if err != nil {
					t.Fatal(err)
				}
				check(t, reply)
				return
			}
			check(t, f.asked(t, data, 0.8, 0.3, model))
		})
	}
}

// pixel is red, green, blue and alpha of the drawing over the picture.
func (p *tab) pixel(x, y float64) [4]int {
	p.t.Helper()
	got := get[[]int](p, fmt.Sprintf(`[...document.querySelector("#overlay").getContext("2d").getImageData(%g, %g, 1, 1).data]`, x, y))
	return [4]int(got)
}

// listed are the rows of the table of detections: class, confidence, box. Some tasks
// have a column more.
func (p *tab) listed() []string {
	p.t.Helper()
	return get[[]string](p, `[...document.querySelectorAll("#list tbody tr")].map((r) => [...r.cells].slice(0, 3).map((c) => c.textContent.trim().replaceAll("\u00a0", " ")).join(" ").trim())`)
}

// rows are what the table should list: the surest first.
func rows(detections []api.Detection) []string {
	detections = slices.SortedStableFunc(slices.Values(detections), func(a, b api.Detection) int { return cmp.Compare(b.Conf, a.Conf) })
	out := []string{}
	for _, d := range detections {
		out = append(out, fmt.Sprintf("%s %.2f %d, %d, %d, %d", d.Cls, d.Conf, d.Box[0], d.Box[1], d.Box[2], d.Box[3]))
	}
	return out
}
