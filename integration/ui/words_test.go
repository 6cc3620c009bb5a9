package ui_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// The table stands below the picture on a wide page, and above all other results on a
// narrow one, for the eye and for the Tab key.
func TestTableIsNear(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		top := func(id string) float64 {
			return get[float64](p, fmt.Sprintf(`document.querySelector("#%s").getBoundingClientRect().top`, id))
		}
		for _, width := range []int{360, 768, 1440} {
			p.resize(width, 800)
			p.wait(fmt.Sprintf(`(document.querySelector(".side #detail") !== null) === %v`, width <= 900))
			if width <= 900 && !(top("settings") < top("detail") && top("detail") < top("found")) {
				t.Errorf("%d pixels: the settings stand at %g, the table at %g, what was found at %g", width, top("settings"), top("detail"), top("found"))
			}
			if width > 900 && top("found") > top("detail") {
				t.Errorf("%d pixels: the table at %g stands above what was found, %g", width, top("detail"), top("found"))
			}
		}
	})
}

// The buttons stand in full rows, what belongs together in one group, and a grey one
// says why.
func TestButtons(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1440, 900)
		if p.sees("#results") {
			t.Error("there is nothing to save or to compare yet")
		}
		p.get(`(window.ask = window.fetch, window.fetch = () => new Promise(() => {}), null)`)
		p.choose(file)
		p.wait(`document.querySelector("#compare").checkVisibility()`)
		if !get[bool](p, `document.querySelector("#compare").disabled && /answered/.test(document.querySelector("#compare").title)`) {
			t.Errorf("Compare says %q", get[string](p, `document.querySelector("#compare").title`))
		}
		p.load("")
		p.choose(file)
		p.answered()
		if get[bool](p, `document.querySelector("#compare").disabled`) {
			t.Error("Compare is grey beside an answer")
		}
		for width, rows := range map[int]int{360: 3, 768: 2, 1440: 1} {
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
		if got, want := p.text("#selection-title"), strings.Join(strings.Fields(p.listed()[0])[:2], " "); got != want {
			t.Errorf("the selection says %q, the table %q", got, want)
		}
		ms := get[[]float64](p, `[...document.querySelectorAll("#stages dd")].map((d) => parseFloat(d.textContent))`)
		billed := get[float64](p, `Number(/function’s (\d+) ms/.exec(document.querySelector("#cost-note").textContent)[1])`)
		if off := billed - (ms[6] - ms[0]); math.Abs(off) > 1.5 { // each is rounded
			t.Errorf("%g ms are billed of %g, of which %g went by with sending and waiting", billed, ms[6], ms[0])
		}
		before := p.answers()
		p.set("model", "squares-cls")
		p.answeredAfter(before)
		if got, first := p.text("#status"), strings.Fields(p.listed()[0]); got != fmt.Sprintf("Most probably %s, %s.", first[0], first[1]) {
			t.Errorf("the page says %q of %q", got, first)
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

// A chart without lines says why it has none.
func TestEmptyChartHasWords(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		got := get[[]string](p, `import("./chart.js").then(({ drawChart }) => {
			const red = { cls: "red", cls_id: 0 };
			return [[[], []], [[red], []]].map((frames) => {
				drawChart(document.querySelector("#chart"), document.querySelector("#chart-legend"), frames.map((detections, time) => ({ time, detections })));
				return document.querySelector("#chart-legend").textContent;
			});
		})`)
		if got[0] != "Nothing found in 2 frames at these thresholds." || got[1] != "red ≤ 1" {
			t.Errorf("the legends are %q", got)
		}
	})
}
