package ui_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// axe-core finds nothing to object to, in either theme, on a phone and on a wide
// screen, before a picture and with every panel open.
func TestAccessible(t *testing.T) {
	axe := string(yolotest.Read(t, yolotest.Built(t, "node_modules/axe-core/axe.min.js")))
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		for _, theme := range []string{"light", "dark"} {
			for _, width := range []int{360, 768, 1600} {
				t.Run(fmt.Sprintf("%s, %d pixels", theme, width), func(t *testing.T) {
					p := open(f, width, 800)
					p.t = t
					p.forgive()
					p.set("theme", theme)
					if err := p.driver.run(axe); err != nil {
						t.Fatal(err)
					}
					p.audit("the empty page")
					p.auditAll(several(t))
					p.set("theme", "") // the browser would keep it for other tests
				})
			}
		}
	})
}

// auditAll audits the page with one thing open after the other.
func (p *tab) auditAll(pictures []string) {
	p.t.Helper()
	p.set("conf", "0.7")
	p.click("#more summary")
	p.click("#knows summary")
	p.choose(pictures...)
	p.wait(badges + ` === "2,4,!"`)
	for _, tab := range []string{"list", "json", "code"} {
		p.click("#tab-" + tab)
		p.audit(tab)
	}
	p.click("#tab-list")
	p.click("#list tbody tr:first-child button")
	p.click(`#classes input[value="0"]`)
	p.click("#compare")
	p.wait(`/in both|the same/.test(document.querySelector("#compare-summary").textContent)`)
	p.settle()
	p.audit("a selection, a hidden class, a comparison")
	p.click("#compare")
	p.shows("#other", false)
	for _, model := range []string{"squares-pose", "squares-cls"} {
		p.set("model", model)
		p.wait(fmt.Sprintf(`document.querySelector("#task").textContent === %q`, map[string]string{"squares-pose": "pose", "squares-cls": "classify"}[model]))
		p.answered()
		p.audit(model)
	}
	p.set("model", "squares")
	p.set("conf", "1")
	p.wait(`document.querySelector("#try").checkVisibility()`)
	p.audit("nothing found")
	p.set("max_det", "0")
	p.choose("access_test.go")
	p.wait(`document.querySelector("#error").checkVisibility()`)
	p.audit("an error")
}

// audit runs axe-core, and sees that nothing sticks out sideways.
func (p *tab) audit(what string) {
	p.t.Helper()
	for _, finding := range get[[]string](p, `axe.run().then((r) => r.violations.map((v) =>
		v.impact + " " + v.id + ": " + v.help + " " + v.nodes.map((n) => n.target + " " + n.failureSummary).join("; ")))`) {
		p.t.Errorf("%s: %s", what, finding)
	}
	if over := get[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		p.t.Errorf("%s: the page is %d pixels wider than the screen", what, over)
	}
}

// Everything can be reached and done without a mouse.
func TestKeyboardOnly(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255, 200)
	p := open(t, f, 1280, 900)

	p.tabTo("choose")
	call(p, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true})
	if _, err := chromedp.Run(p.ctx, chromedp.WaitEvent(page.FileChooserOpened,
		func(page.EventFileChooserOpened) bool { return true }, chromedp.KeyEvent(kb.Enter))); err != nil {
		t.Fatalf("Enter on the button opens no file dialogue: %v", err)
	}
	p.choose(file)
	p.answered()

	p.tabTo("conf")
	p.do(chromedp.KeyEvent(kb.ArrowRight))
	becomes(p, `document.querySelector("#conf-value").value`, "0.31")
	rows := len(p.listed())
	p.press(kb.Tab, `document.activeElement.closest("#classes") !== null`)
	p.do(chromedp.KeyEvent(" "))
	p.wait(fmt.Sprintf(`(({ length: n }) => n > 0 && n < %d)(document.querySelectorAll("#list tbody tr"))`, rows))

	p.tabTo("tab-list")
	for _, step := range []struct{ key, tab string }{
		{kb.ArrowRight, "json"}, {kb.ArrowRight, "code"}, {kb.ArrowRight, "list"}, {kb.End, "code"}, {kb.Home, "list"}, {kb.ArrowLeft, "code"}, {kb.Home, "list"},
	} {
		p.do(chromedp.KeyEvent(step.key))
		p.wait(fmt.Sprintf(`document.activeElement.id === "tab-%[1]s" && document.activeElement.ariaSelected === "true" && !document.querySelector("#panel-%[1]s").hidden
			&& document.querySelectorAll("[role=tabpanel]:not([hidden])").length === 1`, step.tab))
	}

	// The webcam's button and Stop take each other's place, and keep the focus.
	p.tabTo("webcam")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.wait(`document.activeElement.id === "stop" && !document.querySelector("#rate").hidden`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.wait(`document.activeElement.id === "webcam"`)
	p.choose(file)
	p.wait(`document.querySelector("#status").textContent.includes("blue")`) // red is hidden

	// A row of the list lights its box: the others fade.
	before := p.drawing()
	p.press(kb.Tab, `document.activeElement.closest("#list tbody") !== null`)
	p.draws(before)
}

// A screen reader is told what was chosen on the picture, and where it lies; the focus of a
// button that goes stays near.
func TestChosenIsTold(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255, 200)
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 360, 800)
		p.choose(file)
		p.answered()
		p.get(`(document.querySelector("#canvases").focus(), null)`)
		becomes(p, `document.activeElement.ariaLabel`, "squares.png")
		becomes(p, `document.querySelector("#chosen").role ?? document.querySelector("#chosen").getAttribute("role")`, "status")
		for _, key := range []string{"n", "n"} {
			before := p.text("#chosen")
			p.key(key)
			p.wait(fmt.Sprintf(`(({ textContent: said }) => said !== %q && said.startsWith(document.querySelector("#selection-title").textContent + ", Upper left corner "))(document.querySelector("#chosen"))`, before))
		}
		p.key("Escape")
		p.says("#chosen", "")
		p.click("#classes input")
		p.shows("#show-all", true)
		p.click("#show-all")
		becomes(p, `document.activeElement.closest("#classes") !== null`, true)
	})
}

// drawing is what is drawn over the picture.
func (p *tab) drawing() string {
	p.t.Helper()
	return get[string](p, drawing)
}

const drawing = `document.querySelector("#overlay").toDataURL()`

// draws waits until the drawing is another one than before.
func (p *tab) draws(before string) {
	p.t.Helper()
	p.until(func() string { return "the drawing over the picture is as before" }, func() bool { return p.drawing() != before })
}

// tabTo moves the focus to the element by the Tab key.
func (p *tab) tabTo(id string) {
	p.t.Helper()
	p.press(kb.Tab, fmt.Sprintf(`document.activeElement.id === %q`, id))
}

// press presses the key until the expression is true.
func (p *tab) press(key, expression string) {
	p.t.Helper()
	for range 40 {
		p.do(chromedp.KeyEvent(key))
		if get[bool](p, expression) {
			return
		}
	}
	p.t.Fatalf("pressing %q never makes %s", key, expression)
}
