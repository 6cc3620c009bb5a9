package ui_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// saved clicks on something that saves a file, and returns the file.
func (p *tab) saved(selector string) (name string, data []byte) {
	p.t.Helper()
	file := get[struct {
		Name string
		Data []byte
	}](p, fmt.Sprintf(`new Promise((resolve) => {
		const make = URL.createObjectURL;
		let blob;
		URL.createObjectURL = (b) => make.call(URL, (blob = b));
		HTMLAnchorElement.prototype.click = async function () {
			URL.createObjectURL = make;
			const bytes = new Uint8Array(await blob.arrayBuffer());
			let text = "";
			for (const b of bytes) text += String.fromCharCode(b);
			resolve({ Name: this.download, Data: btoa(text) });
		};
		document.querySelector(%q).click();
	})`, selector))
	return file.Name, file.Data
}

// zooms waits until the picture is that close, in percent.
func (p *tab) zooms(percent int) {
	p.t.Helper()
	p.says("#zoom-fit", fmt.Sprintf("%d %%", percent))
}

// at is where a point of the picture, in its own pixels, is in the window.
func (p *tab) at(x, y float64) (float64, float64) {
	p.t.Helper()
	p.middle("#overlay")
	r := get[[]float64](p, `(() => { const r = document.querySelector("#overlay").getBoundingClientRect(); return [r.x, r.y, r.width]; })()`)
	width := get[float64](p, `import("./state.js").then((m) => m.current().size.width)`)
	return r[0] + x*r[2]/width, r[1] + y*r[2]/width
}

// Labels go where they cover no surer one; where it is crowded, small boxes go
// without. What is pointed at or chosen has its label always.
func TestLabelsLeaveEachOtherRoom(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(serve(t, yolotest.Fixture(t, "squares")), 360, 800)
		got := get[[]string](p, `import("./labels.js").then(({ placeLabels }) => {
			const bounds = { x: 0, y: 0, width: 200, height: 100 };
			const label = (text, box, wanted) => ({ text, box, width: 60, height: 15, wanted });
			const place = (...labels) => placeLabels(labels, bounds).map((l) => [l.label.text, l.x, l.y].join(" "));
			return [
				place(label("free", [20, 40, 120, 90])).join(),
				place(label("top", [20, 5, 120, 90])).join(),
				place(label("weak", [22, 42, 122, 92]), label("sure", [20, 40, 120, 90])).join(),
				place(label("small", [30, 20, 40, 25]), label("sure", [20, 40, 120, 90]), label("surer", [20, 10, 120, 20])).join(),
				place(label("small", [20, 30, 30, 35], true), label("sure", [20, 40, 120, 90])).join(),
			];
		})`)
		for i, want := range []string{
			"free 20 25",
			"top 20 5",
			"weak 22 77,sure 20 25",  // below in its box: above is taken, and a face may be at the top
			"sure 20 25,surer 20 10", // crowded: the small one waits
			"small 0 15,sure 20 25",  // pointed at, where it covers the least
		} {
			if got[i] != want {
				t.Errorf("case %d: %s, want %s", i, got[i], want)
			}
		}
	})
}

// The crowded picture on a phone: no label covers over a quarter of a surer one, or
// somebody's face, and a small box gets its label where it is pointed at. The stage has
// the picture's shape, and the table shows ten rows first.
func TestCrowdedPicture(t *testing.T) {
	picture := yolotest.Shared(t, "images", "real", "example.jpg")
	f := serve(t, yolotest.Shared(t, "models", "yolov8n.onnx"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 360, 800)
		p.load("?conf_thres=0.05")
		p.choose(picture)
		p.answered()
		if n := len(p.listed()); n < 60 {
			t.Fatalf("%d detections are no crowd", n)
		}
		p.wait(`document.querySelector("#stage").clientHeight - document.querySelector("#overlay").clientHeight <= 2`)
		p.settle()
		placed := get[struct {
			Labels      int
			Worst, Face float64
		}](p, `Promise.all([import("./labels.js"), import("./request.js"), import("./state.js")]).then(([l, r, s]) => {
			const { width, height } = document.querySelector("#overlay");
			const scale = width / 1280;
			const found = r.shown(s.current().answer);
			const labels = found.toReversed().map((d) => ({ box: d.box.map((v) => v * scale), width: d.cls.length * 6.5 + 5, height: 16 }));
			const placed = l.placeLabels(labels, { x: 0, y: 0, width, height });
			let worst = 0, face = 0;
			placed.forEach((a, i) => placed.slice(i + 1).forEach((b) => {
				const common = Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) * Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));
				worst = Math.max(worst, common / (b.width * b.height));
			}));
			for (const { cls, box } of found.filter((d) => d.cls === "person").slice(0, 7)) {
				const [x1, y1, x2, y2] = box.map((v) => v * scale);
				const area = (x2 - x1) * (y2 - y1) / 3;
				for (const p of placed) face = Math.max(face, Math.max(0, Math.min(x2, p.x + p.width) - Math.max(x1, p.x)) * Math.max(0, Math.min((2 * y1 + y2) / 3, p.y + p.height) - Math.max(y1, p.y)) / area);
			}
			return { Labels: placed.length, Worst: worst, Face: face };
		})`)
		if placed.Labels < 5 || placed.Labels > 30 || placed.Worst > 0.25 {
			t.Errorf("%d labels, of which one covers %.0f %% of a surer one", placed.Labels, 100*placed.Worst)
		}
		if placed.Face > 0.1 {
			t.Errorf("a label covers %.0f %% of the upper third of a person", 100*placed.Face)
		}
		p.labels(len(p.listed()))
		for _, width := range []int{1440, 360} {
			p.resize(width, 800)
			becomes(p, `[...document.querySelectorAll("#list tbody tr")].filter((r) => r.checkVisibility()).length`, 10)
		}
		p.get(`(document.querySelector("#list tbody tr:last-child button").click(), null)`)
		if !p.sees("#list tbody tr:last-child") {
			t.Error("the row of what is chosen is not shown")
		}
		p.get(`(document.querySelector("#deselect").click(), null)`)
		p.click("#more-rows")
		p.wait(`document.querySelector("#more-rows").textContent.startsWith("Show fewer")`)
		p.shows("#list tbody tr:last-child", true)
		p.says("#fewer-rows", "Show fewer: the first 10") // at the end of all rows, too
		p.click("#fewer-rows")
		p.wait(`document.activeElement.id === "more-rows" && document.querySelector("#more-rows").textContent.startsWith("Show all") && !document.querySelector("#fewer-rows").checkVisibility()`)
		p.click("#more-rows")
		p.shows("#fewer-rows", true)
		p.leave()
		p.get(`(document.querySelector("#list tbody tr:nth-child(20)").scrollIntoView({ block: "center", behavior: "instant" }), null)`)
		p.wait(`(({ bottom }) => bottom >= 0 && bottom <= innerHeight)(document.querySelector("#more-rows").getBoundingClientRect())`)
		if get[bool](p, `getComputedStyle(document.querySelector("#more-bar")).backgroundColor !== getComputedStyle(document.querySelector("#detail")).backgroundColor`) {
			t.Error("the rows shine through below the way back")
		}
		p.get(`(scrollTo(0, document.querySelector("#panel-list").getBoundingClientRect().top + scrollY), null)`)
		p.wait(`document.querySelector("#more-bar").getBoundingClientRect().bottom - document.querySelector("#list thead").getBoundingClientRect().top <= 0.5`)
		p.get(`(document.querySelector("#list tbody tr:nth-child(19) button").focus(), null)`)
		p.key("Tab") // by which the focus is to be seen
		p.wait(`document.querySelector("#list tbody tr:nth-child(20) button:focus-visible")`)
		if !p.sees("#labels-note") {
			t.Error("the note on labels takes its room away with what is pointed at")
		}
		becomes(p, `getComputedStyle(document.querySelector("#labels-note")).visibility`, "hidden")
		p.get(`(document.activeElement.blur(), null)`)
		x, y := p.at(210, 215) // a cup of 21 x 42 pixels
		before := p.drawing()
		p.mouse(mouseStep{"pointerMove", x, y})
		p.draws(before)
	})
}

// labels sees that the page tells how many of so many boxes have a label, and shows the
// others, with their confidences, when asked.
func (p *tab) labels(boxes int) {
	p.t.Helper()
	p.leave()
	p.shows("#labels-note", true)
	becomes(p, `getComputedStyle(document.querySelector("#labels-note")).visibility`, "visible")
	var n, of int
	if _, err := fmt.Sscanf(p.text("#labels-count"), "%d of %d boxes have a label, without confidence as it is crowded.", &n, &of); err != nil || of != boxes || n == 0 || n > boxes/2 {
		p.t.Errorf("of %d boxes the page says %q: %v", boxes, p.text("#labels-count"), err)
	}
	p.get(`(window.written = [], CanvasRenderingContext2D.prototype.fillText = ((write) => function (text, ...at) {
		window.written.push(text);
		write.call(this, text, ...at);
	})(CanvasRenderingContext2D.prototype.fillText), null)`)
	p.says("#all-labels", "Show all labels")
	p.click("#all-labels")
	p.says("#labels-count", fmt.Sprintf("%d of %d boxes have a label.", boxes, boxes))
	p.says("#all-labels", "Show fewer labels")
	p.leave()
	p.get(`import("./state.js").then((m) => (window.written.length = 0, m.changed(), null))`)
	if got := get[[]string](p, `window.written.filter((text) => / 0\.\d\d$/.test(text))`); len(got) != boxes {
		p.t.Errorf("%d labels with a confidence are drawn, want %d", len(got), boxes)
	}
	p.click("#all-labels")
	p.says("#all-labels", "Show all labels")
	p.says("#labels-count", fmt.Sprintf("%d of %d boxes have a label, without confidence as it is crowded.", n, of))
}

// Wheel, double click, two fingers, keys and buttons zoom; arrows and the mouse move.
func TestLookClosely(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255, 200)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.choose(file)
		p.answered()
		p.settle()
		x, y := p.at(320, 240)
		p.doubleClick(x, y)
		p.zooms(250)
		place := `import("./stage.js").then((m) => m.view.place.left)`
		left := get[float64](p, place)
		p.mouse(mouseStep{"pointerMove", x, y}, mouseStep{"pointerDown", x, y}, mouseStep{"pointerMove", x - 40, y}, mouseStep{"pointerMove", x - 80, y}, mouseStep{"pointerUp", x - 80, y})
		p.wait(fmt.Sprintf("await %s > %g", place, left))
		p.get("canvases.focus()")
		for _, step := range []struct {
			key  string
			want int
		}{{"0", 100}, {"+", 150}, {"-", 100}, {"+", 150}} {
			p.key(step.key)
			p.zooms(step.want)
		}
		left = get[float64](p, place)
		p.key("ArrowRight")
		p.wait(fmt.Sprintf("await %s > %g", place, left))
		if err := p.driver.wheel(x, y, -200); err != nil {
			t.Fatal(err)
		}
		p.wait(`parseInt(document.querySelector("#zoom-fit").textContent) > 150`)
		p.click("#zoom-fit")
		p.zooms(100)
		p.click("#zoom-in")
		p.zooms(150)
		p.click("#zoom-out")
		p.zooms(100)
		p.get(`(canvases.scrollIntoView({ block: "center", behavior: "instant" }), null)`)
		x, y = p.at(320, 240)
		get[*bool](p, fmt.Sprintf(`(async () => {
			const touch = (type, id, x) => canvases.dispatchEvent(new PointerEvent(type, { pointerId: id, pointerType: "touch", clientX: x, clientY: %g, bubbles: true }));
			touch("pointerdown", 11, %[2]g - 50);
			touch("pointerdown", 12, %[2]g + 50);
			touch("pointermove", 11, %[2]g - 100);
			touch("pointermove", 12, %[2]g + 100);
			touch("pointerup", 11, %[2]g - 100);
			touch("pointerup", 12, %[2]g + 100);
			return null;
		})()`, y, x))
		p.zooms(200) // two fingers twice as far apart
	})
}

// doubleClick clicks twice, and again where the machine was too busy for the browser to
// take two clicks for one.
func (p *tab) doubleClick(x, y float64) {
	p.t.Helper()
	p.get(`(window.clicks = window.doubles = 0, addEventListener("click", () => window.clicks++), addEventListener("dblclick", () => window.doubles++), null)`)
	for clicks := 2; get[int](p, "window.doubles") == 0; clicks += 2 {
		p.mouse(mouseStep{"pointerMove", x, y}, mouseStep{"pointerDown", x, y}, mouseStep{"pointerUp", x, y}, mouseStep{"pointerDown", x, y}, mouseStep{"pointerUp", x, y})
		p.wait(fmt.Sprintf("window.clicks === %d", clicks))
	}
}

// A row chooses its box and a box its row; its part of the picture is shown.
func TestSelection(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, data := drawn(t, 255)
	first := f.asked(t, data, 0.8, 0.3, "").Detections
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.choose(file)
		p.answered()
		p.set("conf", "0.8")
		p.click("#list tbody tr:nth-child(2) button")
		becomes(p, `[...document.querySelectorAll("#list tbody .row")].map((b) => b.ariaPressed).join()`, "false,true")
		p.shows("#selection", true)
		// Beside a row with the focus the other fades, and is still to be seen, also when
		// the mouse goes over the table and away.
		p.leave()
		p.get(`(document.querySelector("#list thead th:last-child button").focus(), null)`)
		p.key("Tab", "Tab")
		p.wait(`document.querySelector("#list tbody tr:nth-child(2) button:focus-visible")`)
		x, y := p.middle("#list tbody tr:first-child")
		p.mouse(mouseStep{"pointerMove", x, y})
		p.wait(`document.querySelector("#list tbody tr:first-child:hover")`)
		p.leave()
		scale := get[float64](p, `document.querySelector("#overlay").width`) / 640
		var alphas []int
		p.until(func() string {
			return fmt.Sprintf("the boxes are %v opaque of 255, want the chosen one whole and the other half so", alphas)
		}, func() bool {
			alphas = nil
			for _, d := range first {
				alphas = append(alphas, p.pixel(math.Round(float64(d.Box[0])*scale), float64(d.Box[1]+d.Box[3])/2*scale)[3])
			}
			slices.Sort(alphas)
			return alphas[0] > 120 && alphas[0] < 200 && alphas[1] == 255
		})
		// The chosen one stays whole where another row has the focus.
		p.get(`(document.querySelector("#list tbody tr:first-child button").focus({ focusVisible: true }), null)`)
		p.wait(`document.querySelector("#list tbody tr:first-child button:focus-visible")`)
		p.until(func() string { return fmt.Sprintf("the boxes are %v opaque of 255, want both whole", alphas) }, func() bool {
			alphas = nil
			for _, d := range first {
				alphas = append(alphas, p.pixel(math.Round(float64(d.Box[0])*scale), float64(d.Box[1]+d.Box[3])/2*scale)[3])
			}
			return alphas[0] == 255 && alphas[1] == 255
		})
		for _, d := range first { // by their middles, on the picture
			x, y := p.at(float64(d.Box[0]+d.Box[2])/2, float64(d.Box[1]+d.Box[3])/2)
			p.mouse(mouseStep{"pointerMove", x, y}, mouseStep{"pointerDown", x, y}, mouseStep{"pointerUp", x, y})
			p.wait(fmt.Sprintf(`document.querySelector("#selection-title").textContent.startsWith(%q)`, d.Cls))
			colour := get[[]int](p, `(() => { const c = document.querySelector("#crop"); return [...c.getContext("2d").getImageData(c.width / 2, c.height / 2, 1, 1).data]; })()`)
			if want := map[string][]int{"red": {255, 0, 0, 255}, "blue": {0, 0, 255, 255}}[d.Cls]; fmt.Sprint(colour) != fmt.Sprint(want) {
				t.Errorf("the middle of the crop of %s is %v", d.Cls, colour)
			}
		}
		p.click("#zoom-to")
		p.wait(`parseInt(document.querySelector("#zoom-fit").textContent) > 100`)
		p.key("Escape")
		p.shows("#selection", false)
		p.key("n")
		p.shows("#selection", true)
	})
}

// get evaluates for its effects.
func (p *tab) get(expression string) { get[any](p, expression) }

// Labels, boxes and masks can be hidden, and masks be seen through.
func TestLayers(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.load("?model=squares-seg&conf_thres=0.8")
		p.choose(file)
		p.answered()
		alpha := func() float64 {
			return get[float64](p, `(() => { const c = document.querySelector("#overlay"); return c.getContext("2d").getImageData(80 * c.width / 640, 112 * c.width / 640, 1, 1).data[3] / 255; })()`)
		}
		p.set("mask-opacity", "0.8")
		if got := alpha(); got < 0.75 || got > 0.85 {
			t.Errorf("the mask covers %.2f, want 0.8", got)
		}
		for _, layer := range []string{"masks", "boxes", "labels"} {
			before := p.drawing()
			p.click("#show-" + layer)
			p.draws(before)
		}
		p.leave()
		p.wait(`document.querySelector("#overlay").getContext("2d").getImageData(0, 0, 900, 500).data.every((v) => v === 0)`) // without any layer
		if p.sees("#show-keypoints") {
			t.Error("there is a switch for key points of a model without")
		}
		// RLE masks are drawn as outlines are.
		p.click("#show-masks")
		before := p.answers()
		p.set("mask", "rle")
		p.answeredAfter(before)
		p.wait(`(await import("./state.js")).current().answer.reply.detections[0].mask.rle`)
		if got := alpha(); got < 0.75 || got > 0.85 {
			t.Errorf("the RLE mask covers %.2f, want 0.8", got)
		}
		before = p.answers()
		p.set("model", "squares-pose")
		p.answeredAfter(before)
		with := p.drawing()
		p.click("#show-keypoints")
		p.draws(with)
	})
}

// An example is one click away, the model's classes can be searched before there is a
// picture, and where nothing is found the page says what could be tried.
func TestFirstVisit(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.click("#knows summary")
		known := `[...document.querySelectorAll("#knows-list li")].map((l) => l.textContent).join()`
		if got := get[string](p, known); got != "red,green,blue" {
			t.Errorf("the model knows %s", got)
		}
		p.get(`(document.querySelector("#knows-search").value = "BL", document.querySelector("#knows-search").dispatchEvent(new Event("input")), null)`)
		if got := get[string](p, known); got != "blue" {
			t.Errorf("the search finds %s", got)
		}
		p.click(`[data-example="cat.jpg"]`)
		p.answered()
		if got := get[string](p, "location.search"); got != "?picture=cat.jpg" {
			t.Errorf("the address has %s", got)
		}
		p.set("conf", "1")
		p.wait(`document.querySelector("#try").checkVisibility()`)
		p.click("#try-conf")
		becomes(p, `document.querySelector("#conf").value`, "0.05")
		becomes(p, "document.activeElement.id", "stage") // as the button went
		p.set("conf", "1")
		p.click("#try-tile")
		p.wait(`location.search.includes("tile=")`)
		p.click("#reset")
		p.wait(`!location.search.includes("tile=")`)
		p.set("conf", "1")
		p.shows("#try-model", true)
		p.click("#try-model")
		becomes(p, "document.activeElement.id", "model")
	})
}

// A theme that was chosen counts before the first paint, and is kept.
func TestTheme(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		ground := `getComputedStyle(document.body).backgroundColor`
		for theme, want := range map[string]string{"dark": "rgb(14, 17, 22)", "light": "rgb(245, 246, 248)"} {
			p.set("theme", theme)
			if got := get[string](p, ground); got != want {
				t.Errorf("%s: the ground is %s", theme, got)
			}
			p.load("")
			if got := get[string](p, ground); got != want || get[string](p, `document.querySelector("#theme").value`) != theme {
				t.Errorf("%s is not kept: %s", theme, got)
			}
		}
		p.set("theme", "")
	})
}

// On paper there are the picture and the table, whichever tab is open.
func TestPrint(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.choose(file)
		p.answered()
		p.click("#tab-json")
		p.shows("#panel-json", true)
		p.get(`([...document.styleSheets[0].cssRules].filter((r) => r.media?.mediaText === "print").forEach((r) => (r.media.mediaText = "all")), null)`)
		p.checkPaper()
		// Nothing is fitted anew for paper: a picture of a wider window is not cut.
		const whole = `((c, o) => c.width <= document.querySelector("#stage").clientWidth && Math.abs(c.width / c.height - 640 / 480) < 0.02 && c.width === o.width && c.height === o.height)(...["#picture", "#overlay"].map((s) => {
			const canvas = document.querySelector(s);
			canvas.style.width = "3000px";
			return canvas.getBoundingClientRect();
		}))`
		becomes(p, whole, true)
		p.resize(790, 1100) // of A4; the table has moved
		p.wait(`document.querySelector(".side #detail") !== null`)
		p.checkPaper()
	})
}

// checkPaper sees that the picture and the table are printed, and no more.
func (p *tab) checkPaper() {
	p.t.Helper()
	for selector, want := range map[string]bool{"#overlay": true, "#list": true, "#status": true, "#choose": false, "#conf": false, "#json": false, "#tabs": false, "#tools": false, "#theme": false, "#found": false, "#time": false} {
		if got := p.sees(selector); got != want {
			p.t.Errorf("%s is printed: %v, want %v", selector, got, want)
		}
	}
}

// icon is a Windows icon with a picture inside: browsers show it, the function does
// not read it.
func icon(t *testing.T, picture []byte) string {
	t.Helper()
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, []uint16{0, 1, 1})
	b.Write([]byte{0, 0, 0, 0, 1, 0, 32, 0})
	binary.Write(&b, binary.LittleEndian, []uint32{uint32(len(picture)), 22})
	b.Write(picture)
	path := filepath.Join(t.TempDir(), "squares.ico")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// What the browser shows and the function does not read is converted, and the page
// says so.
func TestConverted(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	img := image.NewNRGBA(image.Rect(0, 0, 256, 256))
	for y := range 256 {
		for x := range 256 {
			i := img.PixOffset(x, y)
			copy(img.Pix[i:], []byte{120, 120, 120, 255})
			if x >= 64 && x < 128 && y >= 64 && y < 128 {
				copy(img.Pix[i:], []byte{255, 0, 0, 255})
			}
		}
	}
	var data bytes.Buffer
	if err := png.Encode(&data, img); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"icon": icon(t, data.Bytes())}
	if avif := yolotest.Root(t, "..", "shared", "images", "variants", "avif.avif"); yolotest.Folder.Required() || exists(avif) {
		files["AVIF"] = avif
	}
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		for kind, file := range files {
			p := open(f, 1280, 900)
			p.choose(file)
			p.answered()
			if got := p.text("#status"); !strings.Contains(got, "Converted from ") || kind == "AVIF" && !strings.Contains(got, "AVIF") {
				t.Errorf("%s: the page says %q", kind, got)
			}
		}
	})
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// A picture of far too many pixels gets its refusal while the browser still decodes it.
func TestHugePicture(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	path := filepath.Join(t.TempDir(), "huge.png")
	if err := os.WriteFile(path, hugePNG(t), 0o666); err != nil {
		t.Fatal(err)
	}
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.forgive()
		p.get(`(window.createImageBitmap = () => new Promise(() => {}), null)`)
		p.choose(path)
		p.wait(`document.querySelector("#error").checkVisibility()`)
		if got := p.text("#error"); !strings.Contains(got, "20000") {
			t.Errorf("the page says %q", got)
		}
	})
}

// hugePNG is a black picture of 400 megapixels in some 50 KB.
func hugePNG(t *testing.T) []byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, 20000, 20000), color.Palette{color.Black, color.White})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Long work shows that it goes on.
func TestLongWork(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.get(`(window.fetch = () => new Promise(() => {}), null)`)
		p.choose(file)
		p.wait(`/^Looking… \d+ s$/.test(document.querySelector("#busy-text").textContent)`)
	})
}
