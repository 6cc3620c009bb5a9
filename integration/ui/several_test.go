package ui_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/proxy"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// several are pictures with two detections, with four, and a broken one, and a text
// that a folder may hold besides.
func several(t *testing.T) []string {
	t.Helper()
	two, _ := drawn(t, 255)
	four, data := drawn(t, 255, 200)
	dir := t.TempDir()
	var paths []string
	for name, content := range map[string][]byte{"a.png": yolotest.Read(t, two), "b.png": yolotest.Read(t, four), "c.png": data[:len(data)/3], "notes.txt": []byte("no picture")} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"a.png", "b.png", "c.png", "notes.txt"} {
		paths = append(paths, filepath.Join(dir, name))
	}
	return paths
}

const badges = `[...document.querySelectorAll("#strip .badge")].map((b) => b.textContent).join()`

// Several pictures have a strip with counts and failures, and results of all of them.
func TestSeveralPictures(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	paths := several(t)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.forgive()
		p.set("conf", "0.7")
		p.choose(paths...)
		p.wait(badges + ` === "2,4,!"`)
		p.get(`(document.querySelector("#strip [tabindex='0']").focus(), null)`)
		p.key("ArrowRight")
		p.wait(`document.querySelectorAll("#list tbody tr").length === 4`)
		p.key("End")
		p.wait(`document.querySelector("#error").checkVisibility()`)
		p.key("Home")
		p.wait(`document.querySelectorAll("#list tbody tr").length === 2 && document.querySelector("#error").hidden`)
		if got := get[string](p, `document.activeElement.ariaCurrent + document.activeElement.ariaLabel`); got != "truea.png, 2 detections" {
			t.Errorf("the focus is on %q", got)
		}
		p.set("conf", "0.8")
		p.wait(badges + ` === "2,2,!"`)
		p.set("conf", "0.7")
		t.Run("exports", func(t *testing.T) { p.checkExports(t) })
		p.click("#choose")
		p.get(`(document.activeElement.blur(), null)`)
		p.key("ArrowLeft") // outside of the strip, too
		p.wait(`document.querySelector("#strip").lastChild.ariaCurrent === "true"`)
	})
}

// checkExports reads the results of [several] in each form.
func (p *tab) checkExports(t *testing.T) {
	p.set("export-form", "json")
	name, data := p.saved("#export")
	var all struct {
		Results []struct {
			Picture    string
			Detections []struct{ Conf float64 }
			Error      *struct{ Code string }
		}
	}
	if err := json.Unmarshal(data, &all); err != nil || name != "results.json" {
		t.Fatalf("%s: %v", name, err)
	}
	if r := all.Results; len(r) != 3 || len(r[0].Detections) != 2 || len(r[1].Detections) != 4 || r[2].Error == nil || r[2].Error.Code != "broken_picture" {
		t.Errorf("the results are %s", data)
	}

	p.set("export-form", "csv")
	_, data = p.saved("#export")
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil || len(rows) != 1+2+4+1 || rows[1][0] != "a.png" || rows[7][8] == "" {
		t.Errorf("%v: the rows are %q", err, rows)
	}

	p.set("export-form", "coco")
	_, data = p.saved("#export")
	var coco struct {
		Images []struct {
			FileName string `json:"file_name"`
		}
		Annotations []struct {
			ImageID int `json:"image_id"`
			BBox    [4]float64
			Area    float64
		}
		Categories []struct{ Name string }
	}
	if err := json.Unmarshal(data, &coco); err != nil || len(coco.Images) != 3 || len(coco.Annotations) != 6 || len(coco.Categories) != 3 {
		t.Fatalf("%v: COCO has %s", err, data)
	}
	if a := coco.Annotations[0]; a.ImageID != 1 || a.BBox[2]*a.BBox[3] != a.Area || a.Area < 100 {
		t.Errorf("the first annotation is %+v", a)
	}

	p.set("export-form", "zip")
	_, data = p.saved("#export")
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range archive.File {
		names = append(names, file.Name)
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r) // checks the sum
		if err != nil {
			t.Errorf("%s: %v", file.Name, err)
		}
		if strings.HasSuffix(file.Name, ".jpg") {
			if size, err := jpeg.DecodeConfig(bytes.NewReader(content)); err != nil || size.Width != 640 {
				t.Errorf("%s: %+v, %v", file.Name, size, err)
			}
		}
	}
	if got := strings.Join(names, " "); got != "results.json a-boxes.jpg b-boxes.jpg" {
		t.Errorf("the archive has %s", got)
	}
}

// A few requests run at once, and a function without room for them is asked again.
func TestThrottled(t *testing.T) {
	paths := several(t)[:2]
	more, _ := drawn(t, 128)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		var mu sync.Mutex
		now, most, refused := 0, 0, 0
		behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				io.WriteString(w, `{"model":"m","models":["m"],"task":"detect","imgsz":[320,320],"names":{"0":"person"}}`)
				return
			}
			mu.Lock()
			now++
			most = max(most, now)
			refuse := refused < 2
			if refuse {
				refused++
			}
			mu.Unlock()
			io.Copy(io.Discard, r.Body)
			if refuse {
				w.WriteHeader(http.StatusTooManyRequests)
				io.WriteString(w, `{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}`)
			} else {
				io.WriteString(w, `{"detections":[{"box":[1,2,30,25],"conf":0.9,"cls":"person","cls_id":0}],"task":"detect","image":{"width":640,"height":480}}`)
			}
			mu.Lock()
			now--
			mu.Unlock()
		}))
		t.Cleanup(behind.Close)
		cfg := aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("A", "B", "")}
		c, err := client.New(t.Context(), client.Config{URL: behind.URL, AWS: &cfg, Retries: -1})
		if err != nil {
			t.Fatal(err)
		}
		front := httptest.NewServer(proxy.New(c))
		t.Cleanup(front.Close)
		p := open(&function{client: c, page: front.URL + "/"}, 1280, 900)
		p.forgive()
		p.get(`import("./state.js").then(({ state }) => (state.endpoint.url = "https://id.lambda-url.us-east-1.on.aws/", null))`) // on this machine there is one at a time
		p.choose(append([]string{more, more, more}, paths...)...)
		p.wait(badges + ` === "1,1,1,1,1"`)
		mu.Lock()
		defer mu.Unlock()
		if refused != 2 || most > 3 {
			t.Errorf("%d requests at once, %d refused", most, refused)
		}
	})
}

// All options are in the address, so that a setting can be shared, in the request and
// in the snippets.
func TestOptionsInTheAddress(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255, 200)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.load("?model=squares-seg")
		for id, value := range map[string]string{"conf": "0.4", "iou": "0.5", "imgsz": "320", "tile": "400", "tile_overlap": "0.3", "max_det": "7", "classes-asked": "red, 2", "letterbox": "center", "rect": "false", "mask": "rle"} {
			p.set(id, value)
		}
		p.click("#more summary")
		p.click("#agnostic_nms")
		want := "conf_thres=0.4&iou_thres=0.5&imgsz=320&tile=400&tile_overlap=0.3&max_det=7&classes=red%2C+2&agnostic_nms=true&letterbox=center&rect=false&mask=rle"
		if got := get[string](p, "location.search"); got != "?"+want+"&model=squares-seg" {
			t.Errorf("the address has %s", got)
		}
		p.load(get[string](p, "location.search"))
		p.choose(file)
		p.answered()
		if got := get[string](p, `performance.getEntriesByType("resource").map((e) => e.name).find((n) => n.includes("api/predict"))`); !strings.HasSuffix(got, "?"+want+"&model=squares-seg") {
			t.Errorf("asked %s", got)
		}
		if got := len(p.listed()); got == 0 || got > 7 {
			t.Errorf("%d detections, want 7 at most", got)
		}
		p.click("#tab-code")
		p.set("language", "go")
		for _, field := range []string{"ImgSize: 320", "Tile: 400", "MaxDet: 7", `Classes: []string{"red", "2"}`, "AgnosticNMS: true", `Letterbox: "center"`, "Rect: &rect", `Mask: "rle"`, "TileOverlap: &overlap", `Model: "squares-seg"`} {
			if !strings.Contains(p.text("#code"), field) {
				t.Errorf("the Go snippet lacks %s:\n%s", field, p.text("#code"))
			}
		}
		p.set("language", "curl")
		if !strings.Contains(p.text("#code"), want) {
			t.Errorf("the curl snippet lacks the options:\n%s", p.text("#code"))
		}
		p.get(`(navigator.clipboard.writeText = async (text) => (window.copied = text), null)`)
		p.click("#copy-link")
		if got := get[string](p, "window.copied"); !strings.HasSuffix(got, want+"&model=squares-seg&picture=squares.png") {
			t.Errorf("the link is %s", got)
		}
		p.load(get[string](p, "location.search"))
		if got := p.text("#invitation"); !strings.Contains(got, "squares.png") {
			t.Errorf("the link invites: %q", got)
		}
		p.set("max_det", "0")
		if got := p.text("#more-error"); !p.sees("#more-error") || !strings.Contains(got, "Most detections") {
			t.Errorf("max_det 0 is met by %q", got)
		}
		p.click("#reset")
		if got := get[string](p, "location.search"); got != "?model=squares-seg&picture=squares.png" {
			t.Errorf("after the reset the address has %s", got)
		}
	})
}

// Each task has its own: bars, key points, angles, areas, and no sliders that do nothing.
func TestWhatEachTaskShows(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255, 200)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.set("conf", "0.5")
		p.choose(file)
		p.answered()
		for model, want := range map[string]struct{ column, fact string }{
			"squares-seg": {"Area, pixels", "Area"}, "squares-pose": {"Key points", "corner"}, "squares-obb": {"Angle", "Angle"}, "squares-cls": {"Share", ""},
		} {
			before := p.answers()
			p.set("model", model)
			p.answeredAfter(before)
			if got := p.text("#list thead th:last-child"); got != want.column {
				t.Errorf("%s: the last column is %q", model, got)
			}
			if model == "squares-cls" {
				if p.sees("#conf") || p.sees("#iou") || !get[bool](p, `document.querySelector(".share-bar").getBoundingClientRect().width > 1`) {
					t.Error("classify shows sliders, or no bars")
				}
				continue
			}
			if !p.sees("#conf") {
				t.Errorf("%s: there is no slider", model)
			}
			p.click("#list tbody tr:first-child button")
			if got := strings.ToLower(p.text("#facts")); want.fact != "corner" && !strings.Contains(got, strings.ToLower(want.fact)) || want.fact == "corner" && get[int](p, `document.querySelectorAll("#facts > div").length`) < 3 {
				t.Errorf("%s: the facts are %q", model, got)
			}
		}
	})
}

// The table sorts by each column; classes stand by their counts, can be searched, and
// none stays hidden unseen.
func TestSortingAndClasses(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255, 200)
	other, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.choose(file)
		p.answered()
		column := func(n int) string {
			return get[string](p, fmt.Sprintf(`[...document.querySelectorAll("#list tbody tr")].map((r) => r.cells[%d].textContent.trim()).join()`, n))
		}
		surest := column(1)
		p.click(`#list [data-key="conf"]`)
		if got := column(1); got == surest || get[string](p, `document.querySelectorAll("#list th")[1].ariaSort ?? document.querySelectorAll("#list th")[1].getAttribute("aria-sort")`) != "ascending" {
			t.Errorf("sorted by rising confidence: %s", got)
		}
		p.click(`#list [data-key="cls"]`)
		if got := column(0); !strings.HasPrefix(got, "blue") || !strings.HasSuffix(got, "red") {
			t.Errorf("sorted by class: %s", got)
		}
		p.click(`#classes input[value="0"]`)
		if got := p.text("#hidden-note"); !p.sees("#hidden-note") || !strings.Contains(got, "red") {
			t.Errorf("the note says %q", got)
		}
		p.choose(other)
		p.wait(`document.querySelector("#list").textContent.includes("red")`)
		if p.sees("#hidden-note") {
			t.Error("the note stays")
		}
		// Many classes: by count, with a search.
		p.get(`Promise.all([import("./state.js")]).then(([{ state, current, changed }]) => {
			const names = [..."abcdefghij"];
			const detections = names.flatMap((cls, i) => Array.from({ length: i + 1 }, () => ({ cls, cls_id: 10 + i, conf: 0.9, box: [1, 1, 9, 9] })));
			current().answer = { ...current().answer, reply: { ...current().answer.reply, detections } };
			changed();
			return null;
		})`)
		classes := `[...document.querySelectorAll("#classes label:not([hidden]) .name")].map((n) => n.textContent).join("")`
		if got := get[string](p, classes); got != "jihgfedc" || p.text("#more-classes") != "Show 2 more classes" {
			t.Errorf("the classes stand as %s above %q", got, p.text("#more-classes"))
		}
		p.click("#more-classes")
		if got := get[string](p, classes); got != "jihgfedcba" {
			t.Errorf("the classes stand as %s", got)
		}
		p.get(`(document.querySelector("#class-search").value = "C", document.querySelector("#class-search").dispatchEvent(new Event("input")), null)`)
		if got := get[string](p, classes); got != "c" {
			t.Errorf("the search finds %s", got)
		}
	})
}

// Two thresholds, or two models, side by side: what only one side has is marked.
func TestCompare(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, data := drawn(t, 255, 200)
	surer := len(f.asked(t, data, 0.8, 0.3, "").Detections)
	all := len(f.asked(t, data, 0.5, 0.3, "").Detections)
	if surer == all || surer == 0 {
		t.Fatal("the thresholds do not differ")
	}
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.set("conf", "0.5")
		p.choose(file)
		p.answered()
		p.click("#compare")
		p.set("other-model", "squares")
		p.set("other-conf", "0.8")
		p.wait(fmt.Sprintf(`document.querySelector("#compare-summary").textContent.startsWith("%d in both, %d only in A, 0 only in B")`, surer, all-surer))
		for id, want := range map[string]string{"caption": fmt.Sprintf("A · squares · confidence 0.50 · %d found", all), "other-caption": fmt.Sprintf("B · squares · confidence 0.80 · %d found", surer)} {
			if got := p.text("#" + id); got != want {
				t.Errorf("the caption is %q, want %q", got, want)
			}
		}
		if got := get[int](p, `[...document.querySelectorAll(".of-a")].filter((e) => e.checkVisibility()).length`); got != 3 {
			t.Errorf("%d headings tell whose they are, want those of the settings, the list and the time", got)
		}
		// What both found stays to be seen in B as well as where nothing differs.
		painted := `(() => { const c = document.querySelector("#other-overlay"); return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 3 && v > 150).length; })()`
		differing := get[int](p, painted)
		sides := get[[]float64](p, `[...document.querySelectorAll("#stage, #other")].map((e) => e.getBoundingClientRect().x)`)
		if sides[0] >= sides[1] {
			t.Errorf("the sides stand at %v", sides)
		}
		p.set("conf", "0.8")
		p.wait(`document.querySelector("#compare-summary").textContent.startsWith("Both find the same")`)
		if got := get[int](p, painted); differing < got*3/4 || got == 0 {
			t.Errorf("%d pixels of B are drawn on where the sides differ, %d where they do not", differing, got)
		}
		p.set("other-model", "squares-end2end")
		p.wait(`/in both|the same/.test(document.querySelector("#compare-summary").textContent)`)
		p.click("#zoom-in")
		if got := get[float64](p, `import("./stage.js").then((m) => m.view.place.zoom)`); got != 1.5 {
			t.Errorf("the zoom is %g", got)
		}
		p.click("#compare")
		if p.sees("#other") || p.sees("#compare-panel") {
			t.Error("the comparison stays")
		}
	})
}

// A folder is chosen with all that lies in it: its pictures are looked at, the rest is
// left alone.
func TestFolder(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	paths := several(t)
	folder := filepath.Dir(paths[0])
	inner := filepath.Join(folder, "inner")
	if err := os.Mkdir(inner, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(inner, "d.png"), yolotest.Read(t, paths[0]), 0o666); err != nil {
		t.Fatal(err)
	}
	look := func(t *testing.T, p *tab, give func(p *tab)) {
		p.forgive()
		p.set("conf", "0.7")
		give(p)
		p.wait(`document.querySelectorAll("#strip .badge").length === 4 && !` + badges + `.includes("…")`)
		got := get[[]string](p, `[...document.querySelectorAll("#strip button")].map((b) => b.title + " " + b.querySelector(".badge").textContent).sort()`)
		if diff := cmp.Diff([]string{"a.png 2", "b.png 4", "c.png !", "d.png 2"}, got); diff != "" {
			t.Errorf("(-folder +page):\n%s", diff)
		}
	}
	t.Run("chosen", func(t *testing.T) {
		inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
			look(t, open(f, 1280, 900), func(p *tab) {
				if p.ctx != nil {
					p.put("#folder", folder)
					return
				}
				// Firefox's driver gives no folder: what the dialogue makes of one is put in its place.
				p.get(`(document.body.append(Object.assign(document.createElement("input"), { type: "file", multiple: true, id: "hand" })), null)`)
				p.put("#hand", append(paths, filepath.Join(inner, "d.png"))...)
				p.get(`(document.querySelector("#folder").files = document.querySelector("#hand").files, document.querySelector("#folder").dispatchEvent(new Event("change")), null)`)
			})
		})
	})
	t.Run("dropped", func(t *testing.T) { // WebDriver drops nothing from outside of the browser
		look(t, open(t, f, 1280, 900), func(p *tab) { p.drop(folder) })
	})
}
