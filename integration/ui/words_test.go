package ui_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// The table stands below the picture on a wide page, and above the settings and the times
// on a narrow one, for the eye and for the Tab key.
func TestTableIsNear(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.choose(file)
		p.answered()
		top := func(id string) float64 {
			return get[float64](p, fmt.Sprintf(`document.querySelector("#%s").getBoundingClientRect().top`, id))
		}
		for _, width := range []int{360, 768, 1440} {
			p.resize(width, 800)
			p.wait(fmt.Sprintf(`(document.querySelector(".side #detail") !== null) === %v`, width <= 900))
			if width <= 900 && !(top("detail") < top("settings") && top("settings") < top("time")) {
				t.Errorf("%d pixels: the table stands at %g, the settings at %g, the times at %g", width, top("detail"), top("settings"), top("time"))
			}
			if width > 900 && top("found") > top("detail") {
				t.Errorf("%d pixels: the table at %g stands above what was found, %g", width, top("detail"), top("found"))
			}
		}
	})
}

// On a narrow page the confidence stands below the picture, which stays in sight while it
// moves; on a wide one it is the first of the settings, beside the picture.
func TestConfidenceIsNearThePicture(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255, 200)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 360, 800)
		if !p.sees("#settings #conf") {
			t.Error("there is no picture to stand near")
		}
		p.choose(file)
		p.answered()
		p.shows("#conf-near #conf", true)
		becomes(p, `document.querySelector("#conf").getBoundingClientRect().bottom - document.querySelector("#stage").getBoundingClientRect().top < innerHeight - 200`, true)
		before := p.drawing()
		p.set("conf", "0.99")
		p.draws(before)
		p.get(`(document.querySelector("#conf").focus(), null)`)
		p.resize(1440, 900)
		p.wait(`document.activeElement === document.querySelector("#settings #conf")`)
		p.resize(360, 800)
		p.wait(`document.activeElement === document.querySelector("#conf-near #conf")`)
		p.set("model", "squares-cls")
		p.shows("#conf", false)
	})
}

// The buttons are the same ones in the same order whatever is shown; one that does nothing
// yet is grey, and says why.
func TestButtons(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	const buttons = `[...document.querySelectorAll(".actions button")].filter((b) => b.checkVisibility()).map((b) => b.id).join(" ")`
	const all = "choose choose-folder webcam compare save copy-link"
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1440, 900)
		becomes(p, buttons, all)
		if !get[bool](p, `document.querySelector("#save").disabled`) {
			t.Error("there is nothing to save yet")
		}
		// A comparison may be there before its picture.
		p.click("#compare")
		p.says("#compare-summary", "Choose a picture, and both look at it.")
		if p.sees("#other") || !p.sees("#welcome") {
			t.Error("there are two sides without a picture")
		}
		p.choose(file)
		p.wait(`document.querySelector("#compare-summary").textContent.includes(" in both, ")`)
		p.shows("#other", true)
		becomes(p, buttons, all)
		p.load("")
		p.choose(file)
		p.answered()
		becomes(p, buttons, all)
		before := p.answers()
		p.set("model", "squares-cls")
		p.answeredAfter(before)
		becomes(p, buttons, all)
		p.click("#compare") // with another model, as there is no threshold to differ in
		p.wait(`/^A: Most probably .+ B: /.test(document.querySelector("#compare-summary").textContent)`)
		if got := get[string](p, `document.querySelector("#other-model").value`); got == "squares-cls" {
			t.Error("a model without thresholds is compared with itself")
		}
		p.wait(`document.querySelector("#found-other").textContent.startsWith("This is what A found. B: ")`)
		p.click("#compare")
		p.shows("#other", false)
		p.get(`import("./state.js").then(({ state, changed }) => { state.model.models = ["squares-cls"]; changed(); return null; })`)
		if !get[bool](p, `document.querySelector("#compare").disabled && /no other model/.test(document.querySelector("#compare").title)`) {
			t.Errorf("with nothing to compare with the button says %q", get[string](p, `document.querySelector("#compare").title`))
		}
		p.load("")
		p.click("#webcam")
		p.shows("#pause", true)
		becomes(p, buttons, strings.Replace(all, "webcam", "stop", 1))
		p.click("#stop")
		becomes(p, buttons, all)
		p.load("")
		p.choose(file)
		p.answered()
		for width, rows := range map[int]int{360: 3, 768: 2, 1280: 1, 1440: 1} {
			p.resize(width, 800)
			// Waited for: a browser lays out anew some frames after it was resized.
			p.wait(fmt.Sprintf(`(() => {
				const rows = {};
				for (const b of document.querySelectorAll(".actions button")) {
					const r = b.getBoundingClientRect();
					if (r.width) (rows[Math.round(r.top)] ??= []).push(r.right);
				}
				const ends = Object.values(rows).map((r) => Math.max(...r));
				return ends.length === %d && (innerWidth > 360 || Math.max(...ends) - Math.min(...ends) <= 1);
			})()`, rows))
		}
	})
}

// On narrow pages the header of a tablet stays one row, and the form of the results can be
// read beside the longest text of its button.
func TestRowsFit(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 768, 1024)
		becomes(p, `(({ top, bottom }) => { const { y, height } = document.querySelector("#model").getBoundingClientRect(); return top < y + height / 2 && bottom > y + height / 2; })(document.querySelector("#theme").getBoundingClientRect())`, true)
		p.resize(360, 800)
		p.choose(file, file)
		p.says("#export", "Save results: 2 pictures")
		p.answered()
		becomes(p, `document.querySelector("#export-form").offsetWidth >= 80`, true)
	})
}

// The sliders say what they do, a number of a kind is written in one way, and the
// price names the time it is for.
func TestWords(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		for _, id := range []string{"conf", "iou"} {
			hint := get[string](p, fmt.Sprintf(`document.getElementById(document.querySelector("#%s").getAttribute("aria-describedby")).textContent`, id))
			if len(hint) < 20 || !p.sees("#"+id+"-hint") {
				t.Errorf("%s is explained by %q", id, hint)
			}
		}
		p.choose(file)
		p.answered()
		p.click("#list tbody tr:first-child button")
		p.shows("#selection", true)
		if got := p.text("#facts"); strings.Count(got, "pixels") != 3 || !p.sees("#units") {
			t.Errorf("of the box the page says %q, without the unit", got)
		}
		if got := p.text("#stages"); !strings.Contains(got, "Run model (inference)") {
			t.Errorf("the stages are %q", got)
		}
		if got := p.text("#cost"); !p.sees("#cost-here") || !strings.HasPrefix(got, "about $") || len(strings.Trim(strings.TrimPrefix(got, "about $"), "0.,")) > 3 {
			t.Errorf("the price by this machine's time is %q", got)
		}
		p.resize(360, 800)
		p.wait(`document.querySelector("#took").checkVisibility()`)
		if got := p.text("#took"); !strings.HasPrefix(got, "about ") || !strings.Contains(got, " ms a picture, "+p.text("#cost")+" a million pictures (measured in 1 request)") {
			t.Errorf("beside the picture the page says %q", got)
		}
		p.resize(1280, 900)
		// On a wide page it stands beside the status, and takes no height of its own.
		p.shows("#took a", false)
		p.wait(`((took, told) => took.width > 100 && took.right <= told.right + 0.5 && took.top >= told.top - 0.5 && took.bottom <= told.bottom + 0.5)(...["#took", ".told"].map((s) => document.querySelector(s).getBoundingClientRect()))`)
		for _, status := range []string{"", strings.Repeat("a long status ", 30)} {
			heights := get[[]float64](p, fmt.Sprintf(`((told, took, status, said) => {
				status.textContent = said || status.textContent;
				const heights = [false, true].map((hidden) => ((took.hidden = hidden), told.offsetHeight));
				took.hidden = false;
				return heights;
			})(...[".told", "#took", "#status"].map((s) => document.querySelector(s)), %q)`, status))
			if heights[0] != heights[1] || heights[0] == 0 {
				t.Errorf("beside %q the time and the price make %g pixels of %g", status, heights[0], heights[1])
			}
		}
		if got, want := p.text("#selection-title"), strings.Join(strings.Fields(p.listed()[0])[:2], " "); got != want {
			t.Errorf("the selection says %q, the table %q", got, want)
		}
		ms := get[[]float64](p, `[...document.querySelectorAll("#stages dd")].map((d) => parseFloat(d.textContent))`)
		billed := get[float64](p, `Number(/function’s (\d+) ms/.exec(document.querySelector("#cost-note").textContent)[1])`)
		if off := billed - (ms[6] - ms[0]); math.Abs(off) > 1.5 { // each is rounded
			t.Errorf("%g ms are billed of %g, of which %g went by with sending and waiting", billed, ms[6], ms[0])
		}
		// A busy machine's second time of the same changes the time and not the price.
		cost := p.text("#cost")
		took, _, _ := strings.Cut(p.text("#took"), " (")
		p.get(`Promise.all([import("./state.js"), import("./timing.js")]).then(([{ current, changed }, { keepTime }]) => {
			const { answer } = current();
			for (const stage in answer.reply.speed) answer.reply.speed[stage] *= 10;
			answer.elapsed *= 10;
			keepTime(answer, {});
			changed();
			return null;
		})`)
		if got := p.text("#cost"); got != cost || !strings.Contains(p.text("#cost-basis"), "the quickest of 2 requests") || !strings.Contains(p.text("#cost-note"), fmt.Sprintf("%g ms", billed)) {
			t.Errorf("after a slow request the price is %q %s, was %q", got, p.text("#cost-basis"), cost)
		}
		if got := p.text("#took"); !strings.HasPrefix(got, took+" (measured in the quickest of 2 requests)") || !strings.Contains(p.text("#stages"), "Total, of the last request") {
			t.Errorf("after a slow request the page says %q, was %q, of the stages %q", got, took, p.text("#stages"))
		}
		before := p.answers()
		p.set("model", "squares-cls")
		p.answeredAfter(before)
		if got, first := p.text("#status"), strings.Fields(p.listed()[0]); got != fmt.Sprintf("Most probably %s, %s.", first[0], first[1]) {
			t.Errorf("the page says %q of %q", got, first)
		}
		if got, want := p.text("#found-count"), fmt.Sprintf("the %d likeliest classes", len(p.listed())); got != want || p.text("#tab-list") != "Classes" {
			t.Errorf("found are %q, want %q, in the tab %q", got, want, p.text("#tab-list"))
		}
		if !p.sees(`[data-tasks="classify semantic depth"]`) {
			t.Error("nothing says why there are no thresholds")
		}
	})
}

// Seventeen points without names are a person's, as COCO lists them; others keep their
// numbers, and names that a model tells stay.
func TestKeyPointsHaveNames(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		got := get[[]string](p, `import("./skeleton.js").then(({ namesOf }) => {
			const points = (n, name) => Array.from({ length: n }, (_, i) => ({ x: i, y: i, name: name(i) }));
			return [points(17, () => undefined), points(17, String), points(3, String), points(2, (i) => ["wheel_left", "wheel_right"][i])].map((k) => namesOf(k).slice(0, 2).join());
		})`)
		for i, want := range []string{"nose,left_eye", "nose,left_eye", ",", "wheel_left,wheel_right"} {
			if got[i] != want {
				t.Errorf("case %d: %s, want %s", i, got[i], want)
			}
		}
	})
}

// The part of the picture that is shown of what was chosen has its key points, too, where
// they are to be seen and lie outside of the box.
func TestPartHasKeyPoints(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		got := get[[][]float64](p, `import("./selection.js").then(({ partOf }) => [
			{ box: [100, 100, 200, 150] },
			{ box: [100, 100, 200, 150], keypoints: [{ x: 90, y: 170, conf: 0.9 }, { x: 10, y: 10, conf: 0.01 }] },
			{ box: [2, 3, 640, 480] },
		].map((d) => partOf(d, { width: 640, height: 480 })))`)
		if diff := cmp.Diff([][]float64{{94, 94, 112, 62}, {84, 94, 122, 82}, {0, 0, 640, 480}}, got); diff != "" {
			t.Errorf("left, top, width and height (-want +page):\n%s", diff)
		}
	})
}

// A chart without lines says why it has none.
func TestEmptyChartHasWords(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		got := get[[]string](p, `import("./chart.js").then(({ drawChart }) => {
			const red = { cls: "red", cls_id: 0 };
			const like = { cls: "like", cls_id: 80 }; // of the palette's same colour
			return [[[], []], [[red], []], [[red, like], [like, red, red]]].map((frames) => {
				drawChart(document.querySelector("#chart"), document.querySelector("#chart-legend"), frames.map((detections, time) => ({ time, detections })));
				return document.querySelector("#chart-legend").textContent;
			});
		})`)
		want := []string{"Nothing found in 2 frames above this confidence.", "red: at most 1 at once", "red: at most 2 at oncelike: at most 1 at once"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the legends (-want +page):\n%s", diff)
		}
		if n := get[int](p, `new Set([...document.querySelectorAll("#chart-legend .swatch")].map((s) => s.style.background)).size`); n != 2 {
			t.Errorf("two lines have %d colours", n)
		}
		if got := get[string](p, `import("./chart.js").then((m) => [m.clock(0), m.clock(59.96), m.clock(64.2)].join())`); got != "0:00.0,1:00.0,1:04.2" {
			t.Errorf("times are %s", got)
		}
	})
}

// Who has no mouse is not told to drop or to point: the page is made to believe so, as
// no driver of a browser takes the mouse away.
func TestWordsForTouch(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 360, 800)
		said := func() string { return get[string](p, `document.querySelector("#invitation").innerText`) }
		if got := said(); !strings.HasPrefix(got, "Drop ") {
			t.Errorf("with a mouse the page says %q", got)
		}
		touch := `([...document.styleSheets[0].cssRules].filter((r) => r.media?.mediaText.includes("coarse")).forEach((r) => (r.media.mediaText = "all")), null)`
		p.get(touch)
		if got := said(); !strings.HasPrefix(got, "Choose ") || strings.Contains(strings.ToLower(got), "drop") {
			t.Errorf("without a mouse the page says %q", got)
		}
		p.load("?picture=mine.jpg")
		p.get(touch)
		p.wait(`document.querySelector("#invitation").textContent.includes("mine.jpg")`)
		if got := said(); strings.Contains(got, "Drop") || !strings.Contains(got, "Choose it") {
			t.Errorf("without a mouse a link says %q", got)
		}
	})
}

// Dark grounds have white text, also those that black would be read on.
func TestTextOnColours(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		got := get[[]string](p, `import("./colours.js").then(({ textOn }) => ["#2d872d", "#0069f0", "#2dff87", "#ff4b3c"].map(textOn))`)
		if want := "[#ffffff #ffffff #000000 #000000]"; fmt.Sprint(got) != want {
			t.Errorf("text is %v, want %s", got, want)
		}
	})
}

// A model of COCO's 80 classes has no two of one colour, as a cat and a cup would be in one
// picture; further classes begin anew.
func TestColoursOfClasses(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		got := get[string](p, `import("./colours.js").then(({ colourOf }) => [new Set(Array.from({ length: 80 }, (_, id) => colourOf(id))).size, colourOf(80) === colourOf(0)].join())`)
		if got != "80,true" {
			t.Errorf("colours of 80 classes, and whether the next is the first's: %s", got)
		}
	})
}
