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
	"slices"
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
		p.shows("#error", true)
		// Firefox shows what there is of it.
		becomes(p, `document.querySelector("#welcome").checkVisibility() !== document.querySelector("#canvases").checkVisibility()`, true)
		becomes(p, `document.querySelector("#error").getBoundingClientRect().bottom <= document.querySelector("#stage").getBoundingClientRect().top`, true)
		becomes(p, `document.activeElement.title + " " + document.querySelector("#strip-note").textContent`, "c.png is damaged or cut off. Picture 3 of 3: c.png")
		p.key("Home")
		p.wait(`document.querySelectorAll("#list tbody tr").length === 2 && document.querySelector("#error").hidden`)
		becomes(p, `document.activeElement.ariaCurrent + document.activeElement.ariaLabel`, "truea.png, 2 detections")
		for id, want := range map[string]string{"export": "Save results: 2 pictures, 1 failed", "save": "Save this picture", "strip-note": "Picture 1 of 3: a.png"} {
			if got := p.text("#" + id); got != want {
				t.Errorf("%s says %q, want %q", id, got, want)
			}
		}
		p.set("conf", "0.8")
		p.wait(badges + ` === "2,2,!"`)
		p.set("conf", "0.7")
		t.Run("exports", func(t *testing.T) { p.checkExports(t) })
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
		p.wait(`location.search.includes("agnostic_nms=true")`)
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
		p.shows("#link-note", true)
		p.wait("window.copied")
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
		becomes(p, "location.search", "?model=squares-seg&picture=squares.png")
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
			"squares-seg": {"Area, pixels", "Area"}, "squares-pose": {"Key points", "corner"}, "squares-obb": {"Angle", "Angle"}, "squares-cls": {"From 0 to 1", ""},
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
			if got := p.text("#units"); strings.Contains(got, "clockwise") != (model == "squares-obb") {
				t.Errorf("%s: the columns are explained by %q", model, got)
			}
			p.resize(360, 800)
			p.wait(`document.querySelector(".side #detail") !== null`)
			if over := get[float64](p, `document.querySelector("#list").getBoundingClientRect().right - document.querySelector("#panel-list").getBoundingClientRect().right`); over > 0.5 {
				t.Errorf("%s: the table sticks out by %g pixels", model, over)
			}
			// Nor does it with a column more, and its numbers stand in one line each.
			p.get(`(document.querySelector("#compare").click(), null)`)
			p.wait(`document.querySelectorAll("#list th").length > 4`)
			becomes(p, `[...document.querySelectorAll("#list tr > *")].every((c) => c.getBoundingClientRect().right <= document.querySelector("#panel-list").getBoundingClientRect().right + 0.5)`, true)
			becomes(p, `[...document.querySelectorAll("#list td.number:not(.wraps)")].every((c) => { const r = document.createRange(); r.selectNodeContents(c); return r.getClientRects().length <= 1; })`, true)
			p.get(`(document.querySelector("#compare").click(), null)`)
			p.shows("#other", false)
			p.resize(1280, 900)
			p.wait(`document.querySelector(".side #detail") === null`)
			p.click("#list tbody tr:first-child button")
			p.shows("#selection", true)
			if got := strings.ToLower(p.text("#facts")); want.fact != "corner" && !strings.Contains(got, strings.ToLower(want.fact)) || want.fact == "corner" && get[int](p, `document.querySelectorAll("#points tbody tr").length`) < 1 {
				t.Errorf("%s: the facts are %q", model, got)
			}
			if want.fact == "corner" {
				if got := p.text("#points"); !strings.Contains(got, "Confidence") || !strings.Contains(got, "top left") {
					t.Errorf("the key points are %q", got)
				}
				// A row that is pointed at sets its point off in the crop.
				crop := `document.querySelector("#crop").toDataURL()`
				p.leave()
				without := get[string](p, crop)
				x, y := p.middle("#points tbody tr:first-child")
				p.mouse(mouseStep{"pointerMove", x, y})
				p.until(func() string { return "pointing at a key point's row changes nothing in the crop" }, func() bool { return get[string](p, crop) != without })
				p.get(`import("./state.js").then(({ current, changed }) => {
					for (const d of current().answer.reply.detections) for (const k of d.keypoints) delete k.name;
					changed();
					return null;
				})`)
				if got := p.text("#points"); !strings.Contains(got, "key point 1 of 4") || !strings.Contains(got, "key point 4 of 4") {
					t.Errorf("key points without names are %q", got)
				}
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
		becomes(p, `document.querySelectorAll("#list th")[1].getAttribute("aria-sort")`, "ascending")
		if got := column(1); got == surest {
			t.Errorf("sorted by rising confidence: %s", got)
		}
		p.click(`#list [data-key="cls"]`)
		p.wait(`document.querySelector("#list th").hasAttribute("aria-sort")`)
		if got := column(0); !strings.HasPrefix(got, "blue") || !strings.HasSuffix(got, "red") {
			t.Errorf("sorted by class: %s", got)
		}
		p.click(`#classes input[value="0"]`)
		p.shows("#hidden-note", true)
		if got := p.text("#hidden-note"); !strings.Contains(got, "red") {
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
		becomes(p, classes, "jihgfedcba")
		p.get(`(document.querySelector("#class-search").value = "C", document.querySelector("#class-search").dispatchEvent(new Event("input")), null)`)
		if got := get[string](p, classes); got != "c" {
			t.Errorf("the search finds %s", got)
		}
		// The button that shows what is hidden goes, and leaves the focus on the page.
		p.set("conf", "0.99")
		p.get(`import("./state.js").then(({ state, changed }) => (state.hidden.add(0), changed(), null))`)
		p.click("#show-all")
		becomes(p, "document.activeElement.id", "stage")
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
		p.says("#compare", "Stop comparing")
		p.set("other-model", "squares")
		p.set("other-conf", "0.8")
		p.wait(fmt.Sprintf(`document.querySelector("#compare-summary").textContent.startsWith("%d in both, %d only in A, 0 only in B")`, surer, all-surer))
		p.says("#caption", fmt.Sprintf("A %d found, %d only here (thick boxes)", all, all-surer))
		p.says("#other-caption", fmt.Sprintf("B %d found", surer))
		p.says("#found-count", fmt.Sprintf("%d in A, %d in B", all, surer))
		becomes(p, `[...document.querySelectorAll("#classes .number")].reduce((sum, e) => { const [, a, b] = /^A (\d+) · B (\d+)$/.exec(e.textContent).map(Number); return [sum[0] + a, sum[1] + b]; }, [0, 0]).join()`, fmt.Sprintf("%d,%d", all, surer))
		// Both sides' confidences stand in the table; what B does not have has none.
		becomes(p, `[...document.querySelectorAll("#list th")].map((h) => h.textContent).slice(1, 3).join()`, "Confidence in A,Confidence in B")
		confidences := get[[]string](p, `[...document.querySelectorAll("#list tbody tr")].map((r) => r.cells[1].textContent + " " + r.cells[2].textContent)`)
		for _, d := range f.asked(t, data, 0.5, 0.3, "").Detections {
			there := "–"
			if d.Conf > 0.8 {
				there = fmt.Sprintf("%.2f", d.Conf)
			}
			if row := fmt.Sprintf("%.2f %s", d.Conf, there); !slices.Contains(confidences, row) {
				t.Errorf("no row %q among %q", row, confidences)
			}
		}
		p.says("#sides-note", "A dash (–) means that a side did not find it. Reply and Request are A’s.")
		p.says("#save", "Save A’s picture")
		p.says("#export", "Save A’s results")
		p.shows("#time-other", true) // both are one request
		p.shows("#time-few", false)
		// Each side's model and confidence stand above its picture.
		for head, want := range map[string]string{"head": "model conf", "other-head": "other-model other-conf"} {
			becomes(p, fmt.Sprintf(`[...document.querySelectorAll("#%s :is(select, input)")].filter((e) => e.checkVisibility()).map((e) => e.id).join(" ")`, head), want)
		}
		if above := get[bool](p, `[["#head", "#stage"], ["#other-head", "#other"]].every(([a, b]) => document.querySelector(a).getBoundingClientRect().bottom <= document.querySelector(b).getBoundingClientRect().top)`); !above {
			t.Error("the controls do not stand above the pictures")
		}
		if !p.sees(".of-both") {
			t.Error("the settings do not say that they are those of both")
		}
		// What both found stays to be seen in B as well as where nothing differs.
		painted := `(() => { const c = document.querySelector("#other-overlay"); return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 3 && v > 150).length; })()`
		p.wait(`document.querySelector("#overlay").width === document.querySelector("#other-overlay").width`) // both stand beside each other
		p.settle()
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
		p.compareTable(t, surer, all-surer)
		p.set("other-model", "squares-end2end")
		p.shows("#time-other", false)
		becomes(p, `[...document.querySelectorAll("#stages > div")].map((row) => row.querySelectorAll("dd").length).join("")`, "22222222")
		becomes(p, `document.querySelectorAll(".stages-bar").length`, 2)
		p.wait(`/about \$[\d.,]+ for A and about \$[\d.,]+ for B, for a million requests like this \(measured in .+ for A and 1 request for B\)/.test(document.querySelector(".cost").innerText)`)
		p.wait(`/^One run (each|of B): choose the picture again before you compare times\.$/.test(document.querySelector("#time-few").innerText)`)
		p.choose(file)
		p.shows("#time-few", false)
		p.wait(`!/(in|and) 1 request/.test(document.querySelector("#cost-basis").textContent)`)
		p.set("model", "squares-static") // A's, chosen above its picture
		p.wait(`JSON.parse((await import("./state.js")).current().answer?.key ?? "{}").model === "squares-static"`)
		p.click("#zoom-in")
		becomes(p, `import("./stage.js").then((m) => m.view.place.zoom)`, 1.5)
		p.click("#compare")
		p.shows("#other", false)
		if p.sees("#compare-panel") || !p.sees(".bar #model") || !p.sees("#settings #conf") || strings.Contains(p.text("#list thead"), "B") {
			t.Error("the comparison stays")
		}
		p.choose(file)
		p.answered()
		p.resize(1000, 900) // which draws nothing of the picture before
	})
}

// compareTable sees that what B alone finds has its rows, marked, sorted with the others,
// and that a row is chosen on the sides that have it. The settings let A find the surer
// squares, and B all.
func (p *tab) compareTable(t *testing.T, both, onlyB int) {
	t.Helper()
	p.set("other-conf", "0.5")
	p.wait(fmt.Sprintf(`document.querySelector("#compare-summary").textContent.startsWith("%d in both, 0 only in A, %d only in B")`, both, onlyB))
	rows := `[...document.querySelectorAll("#list tbody tr")].map((r) => [...r.cells].slice(1, 3).map((c) => (c.textContent === "–" ? "–" : "0")).join("") + r.querySelector(".side-note").textContent).join()`
	common, alone := strings.Repeat(",00", both), strings.Repeat(",–0only in B", onlyB)
	becomes(p, rows, (alone + common)[1:]) // what differs, first
	p.click(`#list [data-key="other"]`)
	becomes(p, rows, (common + alone)[1:])
	p.click(`#list [data-key="other"]`) // rising: the weak ones are B's
	becomes(p, rows, (alone + common)[1:])
	// The lines of faint boxes are half opaque, of others wholly or three quarters.
	faint := func(overlay string) bool {
		return get[bool](p, fmt.Sprintf(`(() => { const c = document.querySelector(%q); return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.filter((v, i) => i %% 4 === 3 && (v === 127 || v === 128)).length > 100; })()`, overlay))
	}
	p.leave()
	for _, tt := range []struct {
		row   int
		alone bool // B has it alone
	}{
		{1, true},
		{both + onlyB, false},
	} {
		if faint("#overlay") || faint("#other-overlay") {
			t.Error("boxes are faint beside none that is chosen")
		}
		p.get(fmt.Sprintf(`(document.querySelector("#list tbody tr:nth-child(%d) .row").click(), null)`, tt.row))
		p.wait(fmt.Sprintf(`document.querySelector("#list tbody tr:nth-child(%d)").classList.contains("chosen")`, tt.row))
		if got := p.text("#selection-title"); strings.HasSuffix(got, ", only in B") != tt.alone {
			t.Errorf("row %d is called %q", tt.row, got)
		}
		// Where a side has it, the others are faint.
		if inA, inB := faint("#overlay"), faint("#other-overlay"); inA == tt.alone || !inB {
			t.Errorf("row %d sets off a box in A: %v, in B: %v", tt.row, inA, inB)
		}
		p.get(`(document.querySelector("#deselect").click(), null)`)
		p.shows("#selection", false)
	}
	// A box of B's chooses its row.
	p.settle()
	p.middle("#other-overlay") // scrolls there
	at := get[[]float64](p, `Promise.all([import("./state.js"), import("./stage.js")]).then(([{ state }, { view }]) => {
		const r = document.querySelector("#other-overlay").getBoundingClientRect();
		const [d] = state.compare.pairs.right;
		const scale = r.width / 640;
		return [r.x + (d.box[0] + d.box[2]) / 2 * scale, r.y + (d.box[1] + d.box[3]) / 2 * scale];
	})`)
	x, y := at[0], at[1]
	p.mouse(mouseStep{"pointerMove", x, y}, mouseStep{"pointerDown", x, y}, mouseStep{"pointerUp", x, y})
	p.wait(`document.querySelector("#selection-title").textContent.endsWith(", only in B")`)
	p.key("Escape")
	p.get(`(document.querySelector("#deselect").click(), null)`)
	p.shows("#selection", false)
}

// A picture that cannot be read has its error once, beside the comparison as well.
func TestCompareBrokenPicture(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.forgive()
		p.click("#compare")
		p.choose("access_test.go")
		p.shows("#error", true)
		p.says("#compare-summary", "A has no answer.")
		p.shows("#welcome", true)
		p.shows("#other", false)
		p.shows("#sides-note", false)
	})
}

// In a crowd, too, what one side alone finds has its label, and labels of both sides
// have their confidence.
func TestCompareCrowdedPicture(t *testing.T) {
	picture := yolotest.Shared(t, "images", "real", "example.jpg")
	f := serve(t, yolotest.Shared(t, "models", "yolov8n.onnx"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.load("?conf_thres=0.4")
		p.choose(picture)
		p.answered()
		p.click("#compare")
		p.shows("#other", true)
		p.leave()
		// What each canvas has of text, since it was empty.
		p.get(`(window.written = {}, Object.assign(CanvasRenderingContext2D.prototype, {
			clearRect: ((clear) => function (...at) {
				window.written[this.canvas.id] = [];
				clear.call(this, ...at);
			})(CanvasRenderingContext2D.prototype.clearRect),
			fillText(text) { window.written[this.canvas.id]?.push(text); },
		}), null)`)
		p.set("other-conf", "0.6")
		p.wait(`document.querySelector("#compare-summary").textContent.includes("in both")`)
		p.get(`import("./state.js").then((m) => (m.changed(), null))`)
		var both, onlyA, onlyB int
		if _, err := fmt.Sscanf(p.text("#compare-summary"), "%d in both, %d only in A, %d only in B", &both, &onlyA, &onlyB); err != nil || onlyA < 2 {
			t.Fatalf("the sides differ in %q: %v", p.text("#compare-summary"), err)
		}
		labels := map[string]bool{}
		for _, text := range get[[]string](p, `[...window.written["overlay"], ...window.written["other-overlay"]]`) {
			if !strings.Contains(text, " 0.") {
				t.Errorf("the label %q has no confidence", text)
			}
			if strings.Contains(text, "only in") {
				t.Errorf("the label %q is longer than the class and its confidence", text)
			}
			labels[text] = true
		}
		for _, text := range get[[]string](p, `import("./state.js").then(({ state }) => [...state.compare.pairs.left].map((d) => d.cls + " " + d.conf.toFixed(2)))`) {
			if !labels[text] {
				t.Errorf("what A alone found, %s, has no label among %v", text, labels)
			}
		}
		// The page counts the labels that are drawn, those that stand in a crowd too.
		p.set("conf", "0.3")
		for _, width := range []int{360, 1280} {
			p.resize(width, 900)
			p.leave()
			p.shows("#labels-note", true)
			p.wait(`((a, b) => document.querySelector("#labels-count").textContent.startsWith("A: " + a + " of ") && document.querySelector("#labels-count").textContent.includes(", B: " + b + " of "))(window.written["overlay"].length, window.written["other-overlay"].length)`)
		}
	})
}

// A long strip shows at which end it goes on.
func TestStripGoesOn(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 360, 800)
		p.choose(file, file, file, file, file, file, file)
		p.wait(badges + `.split(",").length === 7 && !` + badges + `.includes("…")`)
		p.wait(`document.querySelector("#strip").className === "strip more-right"`)
		p.get(`(document.querySelector("#strip [tabindex='0']").focus(), null)`)
		p.key("End")
		p.wait(`document.querySelector("#strip").className === "strip more-left" && document.querySelector("#strip-note").textContent.startsWith("Picture 7 of 7")`)
		p.resize(1440, 900)
		p.wait(`document.querySelector("#strip").className === "strip"`)
		// The thumbnail of the picture that is shown stays in sight; the page stays where it is.
		p.resize(360, 800)
		p.wait(`document.querySelector("#strip").className === "strip more-left"`)
		becomes(p, `(() => {
			const [strip, chosen] = ["#strip", "#strip [aria-current=true]"].map((s) => document.querySelector(s).getBoundingClientRect());
			return chosen.left >= strip.left && chosen.right <= strip.right && scrollY === 0;
		})()`, true)
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
		if diff := cmp.Diff([]string{"a.png 2", "b.png 4", "c.png is damaged or cut off. !", "d.png 2"}, got); diff != "" {
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
