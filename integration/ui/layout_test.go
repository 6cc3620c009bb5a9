package ui_test

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// A function's whole address can be read, however long it is and however narrow the page.
func TestAddressIsWhole(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1440, 900)
		p.get(`(document.querySelector("#endpoint").textContent = "https://" + "abcdefghijklmnopqrstuvwxyz012345" + ".lambda-url.ap-southeast-2.on.aws/", null)`)
		for _, width := range []int{1440, 1024, 768, 360} {
			p.resize(width, 800)
			cut := get[string](p, `(() => {
				const e = document.querySelector("#endpoint");
				const words = document.createRange();
				words.selectNodeContents(e);
				const [text, box] = [words.getBoundingClientRect(), e.getBoundingClientRect()];
				const whole = text.right <= box.right + 0.5 && text.bottom <= box.bottom + 0.5 && getComputedStyle(e).textOverflow === "clip";
				const others = [...document.querySelectorAll(".bar h1, #model, #theme")].map((o) => o.getBoundingClientRect());
				const free = others.every((o) => o.right <= text.left || o.left >= text.right || o.bottom <= text.top || o.top >= text.bottom);
				return [!whole && "cut", !free && "covered", document.documentElement.scrollWidth > innerWidth && "too wide"].filter(Boolean).join();
			})()`)
			if cut != "" {
				t.Errorf("%d pixels: the address is %s", width, cut)
			}
		}
	})
}

// The model's task is words, and looks like nothing to press.
func TestTaskIsWords(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1440, 900)
		for _, width := range []int{1440, 360} {
			p.resize(width, 800)
			becomes(p, `["#task", "#task-told"].map((s) => getComputedStyle(document.querySelector(s))).every((s) => s.borderTopWidth === "0px" && s.backgroundColor === "rgba(0, 0, 0, 0)" && s.boxShadow === "none")`, true)
			p.says("#task-told", "Task: detect")
			p.shows("#task", true)
		}
	})
}

// Four coordinates stand in one line of a narrow table; beside further columns one corner
// stands below the other.
func TestCoordinatesStayTogether(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255, 200)
	// The tops of the lines of a row's coordinates, and what sticks out.
	const lines = `(() => {
		const cells = [...document.querySelectorAll("#list td.box")];
		const tops = (c) => new Set([...c.children].filter((e) => e.checkVisibility()).flatMap((e) => [...e.getClientRects()].map((r) => Math.round(r.top)))).size;
		const right = document.querySelector("#panel-list").getBoundingClientRect().right;
		const out = [...document.querySelectorAll("#list tr > *")].some((c) => c.getBoundingClientRect().right > right + 0.5);
		return [...new Set(cells.map(tops))].join() + (out ? " sticks out" : "");
	})()`
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 360, 800)
		p.set("conf", "0.5")
		p.choose(file)
		p.answered()
		becomes(p, lines, "1")
		// As a large picture has them, beside a class of two words.
		p.get(`import("./state.js").then(({ current, changed }) => {
			for (const d of current().answer.reply.detections) Object.assign(d, { box: [1234, 2345, 3456, 3999], cls: "dining table" });
			changed();
			return null;
		})`)
		becomes(p, lines, "1")
		for _, model := range []string{"squares-seg", "squares-pose", "squares-obb"} {
			before := p.answers()
			p.set("model", model)
			p.answeredAfter(before)
			becomes(p, lines, "2")
		}
	})
}

// What was found, and how sure the model is, stands near the picture of a narrow page,
// before the buttons and the table; on a wide one beside it.
func TestFoundIsNear(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255, 200)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 360, 800)
		if !p.sees("#found-home #found") {
			t.Error("there is no picture to stand near")
		}
		p.set("conf", "0.5")
		p.choose(file)
		p.answered()
		for _, width := range []int{360, 768} {
			p.resize(width, 1024)
			p.wait(`document.querySelector("#found-near #found") !== null`)
			ordered := `["#stage", "#conf", "#found", ".actions", "#detail", "#settings"].map((s) => document.querySelector(s).getBoundingClientRect().top).every((y, i, all) => !i || all[i - 1] < y)`
			becomes(p, ordered, true)
		}
		p.resize(360, 740)
		becomes(p, `scrollY + document.querySelector("#classes").getBoundingClientRect().bottom < innerHeight`, true) // without scrolling
		if got := p.text("#classes"); !strings.Contains(got, "0.") || !strings.Contains(got, "red") {
			t.Errorf("what was found is told as %q", got)
		}
		p.get(`(document.querySelector("#classes input").focus(), null)`)
		p.resize(1440, 900)
		p.wait(`document.activeElement === document.querySelector("#found-home #classes input")`)
		becomes(p, `document.querySelector("#found").getBoundingClientRect().left >= document.querySelector("#stage").getBoundingClientRect().right`, true)
		// The chosen detection's card follows the picture, too.
		p.resize(360, 740)
		p.click("#list tbody button")
		becomes(p, `(({ top, bottom }) => top >= -1 && bottom <= innerHeight)(document.querySelector("#stage").getBoundingClientRect())`, true)
		becomes(p, `["#stage", "#selection", ".actions"].map((s) => document.querySelector(s).getBoundingClientRect().top).every((y, i, all) => !i || all[i - 1] < y)`, true)
	})
}

// The sides of a comparison stand beside each other wherever there is width for both, tall
// pictures too, whether it was begun before or after the picture; on a phone one below the
// other, with their letters on them and B's caption apart from A's picture.
func TestSidesStandBesideEachOther(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	tall := filepath.Join(t.TempDir(), "tall.png")
	out, err := os.Create(tall)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(out, image.NewGray(image.Rect(0, 0, 300, 900))); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1440, 900)
		for _, begun := range []string{"before", "after"} {
			p.load("")
			if begun == "before" {
				p.click("#compare")
				becomes(p, `["#canvases", "#other-canvases"].map((s) => document.querySelector(s).ariaLabel).join()`, "A: ,B: ")
				p.choose(tall)
			} else {
				p.choose(tall)
				p.answered()
				p.click("#compare")
			}
			p.wait(`document.querySelector("#compare-summary").textContent.startsWith("Both find the same")`)
			for _, width := range []int{1440, 768, 360} {
				p.resize(width, 800)
				want := "beside"
				if width < 700 {
					want = "below"
				}
				becomes(p, `((a, b) => a.top === b.top && a.right < b.left ? "beside" : a.bottom < b.top && a.left === b.left ? "below" : "neither")(...["#stage", "#other"].map((s) => document.querySelector(s).getBoundingClientRect()))`, want)
			}
			becomes(p, `["#canvases", "#other-canvases"].map((s) => document.querySelector(s).ariaLabel).join()`, "A: tall.png,B: tall.png")
			becomes(p, `["#stage", "#other"].map((s) => getComputedStyle(document.querySelector(s), "::after").content[1]).join()`, "A,B")
			becomes(p, `((a, b) => b.top - a.bottom >= 16)(document.querySelector("#stage").getBoundingClientRect(), document.querySelector("#other-caption").getBoundingClientRect())`, true)
			p.resize(1440, 900)
		}
	})
}

// Times of many seconds stand in one line, inside of their card.
func TestLongTimesStayInLine(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1440, 900)
		p.choose(file)
		p.answered()
		for _, width := range []int{1440, 360} {
			p.resize(width, 800)
			becomes(p, `[...document.querySelectorAll("#stages dd")].every((d) => {
				d.textContent = "123456.7 ms";
				const words = document.createRange();
				words.selectNodeContents(d);
				return words.getClientRects().length === 1 && words.getBoundingClientRect().right <= document.querySelector("#stages").getBoundingClientRect().right + 0.5;
			})`, true)
		}
	})
}

// breakable lets a test have requests fail: those whose address has window.at are answered
// with window.broken, after window.held, and counted in window.failed.
func (p *tab) breakable() {
	p.t.Helper()
	p.get(`(() => {
		const send = window.fetch;
		window.failed = 0;
		window.fetch = async (...args) => {
			await window.held;
			if (!window.broken || !args[0].includes(window.at)) return send(...args);
			window.failed++;
			return new Response(JSON.stringify({ error: window.broken }), { status: 502 });
		};
		return null;
	})()`)
}

// breaks has requests to an address fail with a code, or none for an empty one.
func (p *tab) breaks(at, code string) {
	p.t.Helper()
	p.get(fmt.Sprintf(`(Object.assign(window, { at: %q, failed: 0, broken: %[2]q ? { code: %[2]q, message: "no" } : undefined }), null)`, at, code))
}

// What may pass has a button to try it again: a picture's request, and the connection, to
// the model that the address names.
func TestTryAgain(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.breakable()
		for _, tt := range []struct {
			code  string
			again bool
		}{{"unreachable", true}, {"too_large", false}} {
			p.breaks("api/predict", tt.code)
			p.choose(file)
			p.shows("#error", true)
			p.shows("#again", tt.again)
			p.breaks("", "")
			if tt.again {
				p.click("#again")
				p.answered()
				p.shows("#error", false)
				becomes(p, "document.activeElement.id", "stage")
			}
		}
		for _, at := range []string{"api/endpoint", "api/model?model=squares-seg"} {
			p.breaks(at, "throttled")
			p.get(`import("./state.js").then(async ({ state }) => {
				state.model = undefined;
				history.replaceState(null, "", "?model=squares-seg");
				await (await import("./connect.js")).connect();
				return null;
			})`)
			p.shows("#again", true)
			becomes(p, `import("./request.js").then(({ options }) => options().model)`, "squares-seg")
			p.breaks("", "")
			p.click("#again")
			p.wait(`(await import("./state.js")).state.model?.model === "squares-seg"`)
			p.shows("#error", false)
		}
	})
}

// The other side of a comparison, too, is tried again, be it its model or its answer that
// is missing; its error is gone with what it is about.
func TestTryOtherSideAgain(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.breakable()
		p.choose(file)
		p.answered()
		p.click("#compare")
		compared := `/in both|the same/.test(document.querySelector("#compare-summary").textContent)`
		p.wait(compared)
		for _, tt := range []struct{ model, at string }{{"squares-end2end", "api/model"}, {"squares-seg", "api/predict"}} {
			p.breaks(tt.at, "unreachable")
			p.set("other-model", tt.model)
			p.shows("#again-b", true)
			p.breaks("", "")
			p.get(`(window.held = new Promise((go) => (window.release = go)), null)`)
			p.click("#again-b")
			p.shows("#again-b", false) // while it is asked
			p.says("#compare-summary", "Looking…")
			p.get(`(window.release(), null)`)
			p.wait(compared)
			p.shows("#again-b", false)
			p.set("other-model", "squares")
			p.wait(compared)
		}
		// A busy function is asked gently after the button, as before it.
		p.get(`import("./state.js").then(({ state }) => ((state.compare.tries = 5), null))`)
		p.breaks("api/predict", "throttled")
		p.set("other-model", "squares-static")
		p.shows("#again-b", true)
		p.breaks("api/predict", "throttled")
		p.click("#again-b")
		p.wait("window.failed > 1")
		p.breaks("", "")
		p.wait(compared)
		// What A's answer has needs none of B's.
		p.set("other-model", "squares")
		p.wait(compared)
		p.breaks("api/predict", "unreachable")
		p.set("other-conf", "0.02")
		p.shows("#again-b", true)
		p.set("other-conf", "0.3")
		p.shows("#again-b", false)
		p.wait(compared)
		p.breaks("", "")
		p.set("other-conf", "0.02")
		p.wait(compared)
	})
}

// On a narrow page a row that is tapped shows the side that has its box.
func TestRowShowsItsSide(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255, 200)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 360, 400)
		p.set("conf", "0.8")
		p.choose(file)
		p.answered()
		p.click("#compare")
		p.set("other-conf", "0.5")
		p.wait(`document.querySelector("#list .side-note").textContent === "only in B"`)
		for _, tt := range []struct{ row, side string }{{"first", "#other"}, {"last", "#stage"}} {
			p.click("#list tbody tr:" + tt.row + "-child .row")
			becomes(p, fmt.Sprintf(`(({ top, bottom }) => top >= -1 && bottom <= innerHeight + 1)(document.querySelector(%q).getBoundingClientRect())`, tt.side), true)
		}
	})
}

// The request of a function on this machine has its key, and says whose it is; another one
// says that it has none.
func TestRequestSaysWhoseKey(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.click("#tab-code")
		if got, code := p.text("#code-key"), p.text("#code"); !strings.Contains(got, "on this machine") || !strings.Contains(code, "AWS_SECRET_ACCESS_KEY=") {
			t.Errorf("of %s the page says %q", code, got)
		}
		p.get(`import("./state.js").then(({ state, changed }) => {
			delete state.endpoint.development_key;
			changed();
			return null;
		})`)
		if got, code := p.text("#code-key"), p.text("#code"); !strings.Contains(got, "none are on this page") || strings.Contains(code, "AWS_SECRET_ACCESS_KEY=") {
			t.Errorf("of %s the page says %q", code, got)
		}
	})
}
