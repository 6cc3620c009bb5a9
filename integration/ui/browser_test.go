package ui_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/integration/proxy"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// started has what the tests share; TestMain stops it.
var started struct {
	sync.Mutex
	functions map[string]*function // by model file
	browser   context.Context      // Chromium; nil until a test needs it
	firefox   *bidi                // nil until a test needs it
	stop      []func()
}

// function is one on this machine, and the proxy before it.
type function struct {
	client *client.Client
	page   string // the page's URL
}

func TestMain(m *testing.M) {
	started.functions = map[string]*function{}
	status := m.Run()
	for i := len(started.stop) - 1; i >= 0; i-- {
		started.stop[i]()
	}
	os.Exit(status)
}

// serve starts a function with a model as its default and all fixture models
// next to it, once for the same model.
func serve(t testing.TB, model string) *function {
	t.Helper()
	started.Lock()
	defer started.Unlock()
	if f := started.functions[model]; f != nil {
		return f
	}
	parts := local.PartsIn(yolotest.Root(t))
	yolotest.Built(t, parts.Bootstrap)
	yolotest.Built(t, parts.Library)
	parts.Model, parts.Models = model, yolotest.Fixtures(t)
	logged := &bytes.Buffer{}
	// Both outlive the test that starts them.
	server, err := local.Start(context.Background(), local.Config{Parts: parts, Log: logged, Timeout: time.Hour})
	if err != nil {
		t.Fatalf("%v\n%s", err, logged)
	}
	started.stop = append(started.stop, func() { server.Close() })
	c, err := client.New(context.Background(), client.Config{URL: server.URL, AWS: server.AWS()})
	if err != nil {
		t.Fatal(err)
	}
	p, err := proxy.Start("127.0.0.1:0", c, proxy.WithDevelopmentKey(proxy.Key{ID: local.AccessKeyID, Secret: local.SecretAccessKey}))
	if err != nil {
		t.Fatal(err)
	}
	started.stop = append(started.stop, func() { p.Close() })
	f := &function{client: c, page: p.URL}
	started.functions[model] = f
	return f
}

// chromium starts the browser, once for all tests.
func chromium(t testing.TB) context.Context {
	t.Helper()
	started.Lock()
	defer started.Unlock()
	if started.browser != nil {
		return started.browser
	}
	path := yolotest.Tool(t, "chromium")
	profile, err := os.MkdirTemp("", "yolambda-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	started.stop = append(started.stop, func() { os.RemoveAll(profile) })
	allocator, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.NoFirstRun,
		chromedp.NoSandbox,
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true),
	)
	started.stop = append(started.stop, stop)
	browser, stop := chromedp.NewContext(allocator)
	started.stop = append(started.stop, stop)
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	started.browser = browser
	return browser
}

// tab is one with the page of a function.
type tab struct {
	t        testing.TB
	ctx      context.Context // of Chromium; nil in Firefox
	driver   driver
	function *function

	mu        sync.Mutex
	errors    []string // of the console and of scripts
	requests  []string // the addresses that were asked for
	forgiving bool     // a refusal of the API, which Chromium logs, is expected
}

// open opens a tab of Chromium with that many CSS pixels and loads the page. When
// the test ends, the tab must have shown no error and asked no other host.
func open(t testing.TB, f *function, width, height int, actions ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	p := &tab{t: t, function: f}
	t.Cleanup(p.check)
	c := openChromium(p)
	p.ctx, p.driver = c.ctx, c
	p.resize(width, height)
	p.do(actions...)
	p.load("")
	return p
}

// inBrowsers runs a test in Chromium and in Firefox. What it opens is as [open] has it.
func inBrowsers(t *testing.T, test func(t *testing.T, open func(f *function, width, height int) *tab)) {
	t.Run("Chromium", func(t *testing.T) {
		test(t, func(f *function, width, height int) *tab {
			t.Helper()
			return open(t, f, width, height)
		})
	})
	t.Run("Firefox", func(t *testing.T) {
		test(t, func(f *function, width, height int) *tab {
			t.Helper()
			p := &tab{t: t, function: f}
			t.Cleanup(p.check)
			p.driver = openFirefox(p)
			p.resize(width, height)
			p.load("")
			return p
		})
	})
}

// load loads the page with a query, such as "?tile=640", and waits for its model.
func (p *tab) load(query string) {
	p.t.Helper()
	if err := p.driver.navigate(p.function.page + query); err != nil {
		p.t.Fatal(err)
	}
	p.wait(`document.querySelector("#model")?.disabled === false`)
	p.get(`(performance.setResourceTimingBufferSize(1e6), null)`) // after 250 answers no more would be counted
}

// resize gives the page that many CSS pixels, and time to stand in them.
func (p *tab) resize(width, height int) {
	p.t.Helper()
	if err := p.driver.resize(width, height); err != nil {
		p.t.Fatal(err)
	}
	p.wait(fmt.Sprintf("innerWidth === %d && innerHeight === %d", width, height))
	p.settle()
}

// settle waits until what the page does for a new layout, in its observers, is done: they
// run between two frames.
func (p *tab) settle() {
	p.t.Helper()
	p.get(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))`)
}

// call sends a command of the DevTools protocol.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	result, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}

func (p *tab) watch(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.errors = append(p.errors, fmt.Sprintf("%s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			p.errors = append(p.errors, fmt.Sprintf("%+v", e.Args))
		}
	case *log.EventEntryAdded:
		refusal := e.Entry.Source == log.EntrySourceNetwork && strings.Contains(e.Entry.URL, "/api/")
		if e.Entry.Level == log.EntryLevelError && !(refusal && p.forgiving) {
			p.errors = append(p.errors, e.Entry.Text+" "+e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	}
}

// check is what holds for every test.
func (p *tab) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.errors {
		p.t.Errorf("the console has an error: %s", e)
	}
	own, err := url.Parse(p.function.page)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, asked := range p.requests {
		u, err := url.Parse(asked)
		if err != nil || u.Host != own.Host && u.Scheme != "blob" && u.Scheme != "data" {
			p.t.Errorf("the page asked %s", asked)
		}
	}
}

// do runs actions, which must not fail.
func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// wait waits until the JavaScript expression, which may await, is true.
func (p *tab) wait(expression string) {
	p.t.Helper()
	p.until(func() string { return expression + " is not true" }, func() bool { return get[bool](p, "(async () => !!("+expression+"))()") })
}

// becomes waits until the JavaScript expression has a value. What a test does to the page
// shows when the page has been told and has drawn: nothing is read only once after it.
func becomes[T comparable](p *tab, expression string, want T) {
	p.t.Helper()
	var got T
	p.until(func() string { return fmt.Sprintf("%s is %v, want %v", expression, got, want) }, func() bool {
		got = get[T](p, expression)
		return got == want
	})
}

// says waits until the element says the text.
func (p *tab) says(selector, want string) {
	p.t.Helper()
	becomes(p, fmt.Sprintf(`document.querySelector(%q).textContent`, selector), want)
}

// shows waits until the element is to be seen, or no more.
func (p *tab) shows(selector string, want bool) {
	p.t.Helper()
	becomes(p, fmt.Sprintf(`document.querySelector(%q)?.checkVisibility() ?? false`, selector), want)
}

// until waits for as long as a busy machine takes: what never comes fails when the time
// of go test is all but over, and says what was missing.
func (p *tab) until(missing func() string, there func() bool) {
	p.t.Helper()
	var end time.Time
	if t, ok := p.t.(interface{ Deadline() (time.Time, bool) }); ok {
		end, _ = t.Deadline()
	}
	for !there() {
		if !end.IsZero() && time.Until(end) < 10*time.Second { // enough to say so
			p.t.Fatalf("%s; the page's errors: %q", missing(), p.errors)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// get evaluates a JavaScript expression, and awaits it where it is a promise.
func get[T any](p *tab, expression string) T {
	p.t.Helper()
	var v T
	text, err := p.driver.eval(expression)
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		p.t.Fatalf("evaluate %s: %v; the page says %q", expression, err, p.errors)
	}
	return v
}

// answered waits for the answer to the last picture or setting.
func (p *tab) answered() {
	p.t.Helper()
	p.wait(`document.querySelector("#stage").ariaBusy === "false" && !document.querySelector("#save").disabled`)
}

// answers counts the answers of the function that came back to the page.
func (p *tab) answers() int {
	p.t.Helper()
	return get[int](p, answers)
}

const answers = `performance.getEntriesByType("resource").filter((e) => e.name.includes("/api/predict") && e.responseStatus > 0).length`

// answeredAfter waits until there are more answers than before.
func (p *tab) answeredAfter(before int) {
	p.t.Helper()
	p.wait(fmt.Sprintf("%s > %d", answers, before))
	p.answered()
}

// drop drags a file from outside of the browser onto the picture.
func (p *tab) drop(path string) {
	p.t.Helper()
	absolute, err := filepath.Abs(path)
	if err != nil {
		p.t.Fatal(err)
	}
	p.expect("window", "drop")
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: []string{absolute}, DragOperationsMask: 1}
	for _, kind := range []input.DispatchDragEventType{
		input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop,
	} {
		call(p, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: 200, Y: 300, Data: data})
	}
	p.came()
	p.leave() // or what comes to lie below the mouse is pointed at
}

// expect makes the page tell when it has had an event, after whatever it does about it.
func (p *tab) expect(target, event string) {
	p.t.Helper()
	p.get(fmt.Sprintf(`(window.came = false, %s.addEventListener(%q, () => { window.came = true; }, { once: true }), null)`, target, event))
}

// came waits for the event that is expected.
func (p *tab) came() {
	p.t.Helper()
	p.wait("window.came")
}

// leave takes the mouse to the page's edge, where there is nothing to point at.
func (p *tab) leave() {
	p.t.Helper()
	p.mouse(mouseStep{"pointerMove", 1, 1})
	p.wait(`!document.querySelector("main *:hover")`)
}

// choose picks files by the file dialogue's field.
func (p *tab) choose(paths ...string) {
	p.t.Helper()
	p.put("#file", paths...)
}

// put puts files, or a folder, into a field.
func (p *tab) put(field string, paths ...string) {
	p.t.Helper()
	for i, path := range paths {
		absolute, err := filepath.Abs(path)
		if err != nil {
			p.t.Fatal(err)
		}
		paths[i] = absolute
	}
	p.expect(fmt.Sprintf("document.querySelector(%q)", field), "change")
	if err := p.driver.files(field, paths); err != nil {
		p.t.Fatal(err)
	}
	p.came()
}

// key presses a key by its name in KeyboardEvent.key.
func (p *tab) key(names ...string) {
	p.t.Helper()
	for _, name := range names {
		if err := p.driver.key(name); err != nil {
			p.t.Fatal(err)
		}
	}
}

// click clicks in the middle of the element, which it scrolls into sight. The page may
// move between the look and the click, as when an answer comes: what the mouse meets
// instead hears nothing of it, and the click is done again.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.until(func() string { return "no click meets " + selector }, func() bool {
		x, y := p.middle(selector)
		p.get(fmt.Sprintf(guard, selector))
		p.mouse(mouseStep{"pointerMove", x, y}, mouseStep{"pointerDown", x, y}, mouseStep{"pointerUp", x, y})
		p.wait("window.guarded.up")
		return get[bool](p, "window.guarded.met")
	})
}

// guard lets one element alone have the next click. It is the last event of several, in
// the same task as pointerup.
const guard = `((e) => {
	const guarded = (window.guarded = { met: false, up: false });
	const types = ["pointerdown", "mousedown", "pointerup", "mouseup", "click"];
	const hear = (event) => {
		const met = e.contains(event.target);
		if (!met) {
			event.stopImmediatePropagation();
			event.preventDefault();
		}
		guarded.up ||= event.type === "pointerup";
		if (event.type !== "click") return;
		guarded.met = met;
		guarded.end();
	};
	guarded.end = () => types.forEach((type) => removeEventListener(type, hear, true));
	types.forEach((type) => addEventListener(type, hear, true));
	return null;
})(document.querySelector(%q))`

func (p *tab) mouse(steps ...mouseStep) {
	p.t.Helper()
	if err := p.driver.mouse(steps...); err != nil {
		p.t.Fatal(err)
	}
}

// middle is where the element's middle is in the window.
func (p *tab) middle(selector string) (x, y float64) {
	p.t.Helper()
	at := get[[]float64](p, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({ block: "center", behavior: "instant" });
		const r = e.getBoundingClientRect();
		return [r.x + r.width / 2, r.y + r.height / 2];
	})()`, selector))
	return at[0], at[1]
}

// text is what the element says.
func (p *tab) text(selector string) string {
	p.t.Helper()
	return get[string](p, fmt.Sprintf(`document.querySelector(%q).textContent`, selector))
}

// sees reports whether the element is there to be seen.
func (p *tab) sees(selector string) bool {
	p.t.Helper()
	return get[bool](p, fmt.Sprintf(`document.querySelector(%q)?.checkVisibility() ?? false`, selector))
}

// set moves a slider or chooses of a list, as a user's hand does.
func (p *tab) set(id, value string) {
	p.t.Helper()
	get[bool](p, fmt.Sprintf(`(() => {
		const e = document.getElementById(%q);
		e.value = %q;
		e.dispatchEvent(new Event("input", { bubbles: true }));
		e.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`, id, value))
}
