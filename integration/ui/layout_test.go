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

// What may pass has a button to try it again: a picture's request, that of a comparison's
// other side, and the connection.
func TestTryAgain(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		// The next requests fail.
		p.get(`(() => {
			const send = window.fetch;
			window.fetch = async (...args) => (window.broken ? new Response(JSON.stringify({ error: window.broken }), { status: 502 }) : send(...args));
			return null;
		})()`)
		for code, again := range map[string]bool{"unreachable": true, "too_large": false} {
			p.get(fmt.Sprintf(`(window.broken = { code: %q, message: "no" }, null)`, code))
			p.choose(file)
			p.shows("#error", true)
			p.shows("#again", again)
			p.get(`(window.broken = undefined, null)`)
			if again {
				p.click("#again")
				p.answered()
				p.shows("#error", false)
				becomes(p, "document.activeElement.id", "stage")
			}
		}
		p.choose(file)
		p.answered()
		p.get(`(window.broken = { code: "unreachable", message: "no" }, null)`)
		p.click("#compare")
		p.set("other-model", "squares-end2end")
		p.shows("#again-b", true)
		p.get(`(window.broken = undefined, null)`)
		p.click("#again-b")
		p.wait(`/in both|the same/.test(document.querySelector("#compare-summary").textContent)`)
		p.shows("#again-b", false)
		p.get(`Promise.all([import("./state.js"), import("./failure.js"), import("./api.js")]).then(([{ state }, { fail }, { Refusal }]) => {
			state.model = undefined;
			fail(new Refusal(0, "proxy_gone", "The proxy on this machine does not answer."));
			return null;
		})`)
		p.click("#again")
		p.wait(`(await import("./state.js")).state.model !== undefined`)
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
