package ui_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// preferences give Firefox a webcam that nobody must allow, and no errands of its own.
const preferences = `user_pref("media.navigator.streams.fake", true);
user_pref("media.navigator.permission.disabled", true);
user_pref("remote.prefs.recommended", true);
user_pref("dom.disable_open_during_load", false);
`

// bidi is a connection to Firefox in WebDriver's bidirectional protocol
// (https://w3c.github.io/webdriver-bidi/): commands have ids, replies repeat them,
// and events come between.
type bidi struct {
	conn *websocket.Conn

	mu      sync.Mutex
	last    int
	waiting map[int]chan message
	heard   map[string]func(message) // by browsing context
}

// message is a command's reply or an event.
type message struct {
	ID      int             `json:"id"`
	Type    string          `json:"type"`
	Method  string          `json:"method"`
	Result  json.RawMessage `json:"result"`
	Params  json.RawMessage `json:"params"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
}

// firefox starts the browser, once for all tests.
func firefox(t testing.TB) *bidi {
	t.Helper()
	started.Lock()
	defer started.Unlock()
	if started.firefox != nil {
		return started.firefox
	}
	path := yolotest.Tool(t, "firefox-esr")
	profile, err := os.MkdirTemp("", "yolambda-firefox-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(preferences), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0")
	cmd.Env = append(os.Environ(), "HOME="+profile, "MOZ_DISABLE_CONTENT_SANDBOX=1")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start firefox: %v", err)
	}
	started.stop = append(started.stop, func() {
		cmd.Process.Kill()
		cmd.Wait()
		os.RemoveAll(profile)
	})
	address := listening(stderr)
	if address == "" {
		t.Fatal("firefox ended without saying where it listens")
	}
	conn, _, err := websocket.Dial(context.Background(), address+"/session", nil)
	if err != nil {
		t.Fatalf("connect to firefox: %v", err)
	}
	conn.SetReadLimit(-1) // pictures are large
	b := &bidi{conn: conn, waiting: map[int]chan message{}, heard: map[string]func(message){}}
	go b.read()
	b.must(t, "session.new", map[string]any{"capabilities": map[string]any{}}, nil)
	b.must(t, "session.subscribe", map[string]any{"events": []string{"log.entryAdded", "network.beforeRequestSent"}}, nil)
	started.firefox = b
	return b
}

// listening reads what Firefox says until it tells its address, and the rest so
// that Firefox never waits for a reader.
func listening(stderr interface{ Read([]byte) (int, error) }) string {
	found := make(chan string, 1)
	go func() {
		defer close(found)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if _, address, ok := strings.Cut(lines.Text(), "WebDriver BiDi listening on "); ok {
				found <- strings.TrimSpace(address)
			}
		}
	}()
	return <-found
}

// read hands out what comes, until Firefox ends.
func (b *bidi) read() {
	for {
		var m message
		if err := wsjson.Read(context.Background(), b.conn, &m); err != nil {
			b.mu.Lock()
			for _, c := range b.waiting {
				close(c)
			}
			b.waiting = nil
			b.mu.Unlock()
			return
		}
		b.mu.Lock()
		if m.Type != "event" {
			if c := b.waiting[m.ID]; c != nil {
				delete(b.waiting, m.ID)
				c <- m
			}
		} else if hear := b.heard[contextOf(m.Params)]; hear != nil {
			hear(m)
		}
		b.mu.Unlock()
	}
}

// contextOf is the tab that an event is about.
func contextOf(params json.RawMessage) string {
	var p struct {
		Context string `json:"context"`
		Source  struct {
			Context string `json:"context"`
		} `json:"source"`
	}
	if json.Unmarshal(params, &p) != nil {
		return ""
	}
	return p.Context + p.Source.Context // an event has one of them
}

// send sends a command and decodes its result into out, which may be nil.
func (b *bidi) send(method string, params, out any) error {
	b.mu.Lock()
	if b.waiting == nil {
		b.mu.Unlock()
		return fmt.Errorf("%s: firefox has ended", method)
	}
	b.last++
	id, reply := b.last, make(chan message, 1)
	b.waiting[id] = reply
	err := wsjson.Write(context.Background(), b.conn, map[string]any{"id": id, "method": method, "params": params})
	b.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	m, ok := <-reply
	switch {
	case !ok:
		return fmt.Errorf("%s: firefox has ended", method)
	case m.Type == "error":
		return fmt.Errorf("%s: %s: %s", method, m.Error, m.Message)
	case out == nil:
		return nil
	}
	return json.Unmarshal(m.Result, out)
}

func (b *bidi) must(t testing.TB, method string, params, out any) {
	t.Helper()
	if err := b.send(method, params, out); err != nil {
		t.Fatal(err)
	}
}

// firefoxTab drives a tab of Firefox.
type firefoxTab struct {
	*bidi
	id string // of its browsing context
}

// openFirefox opens an empty tab; its console and its requests are the tab's.
func openFirefox(p *tab) *firefoxTab {
	p.t.Helper()
	b := firefox(p.t)
	var created struct {
		Context string `json:"context"`
	}
	b.must(p.t, "browsingContext.create", map[string]any{"type": "tab"}, &created)
	f := &firefoxTab{b, created.Context}
	b.mu.Lock()
	b.heard[f.id] = p.hear
	b.mu.Unlock()
	p.t.Cleanup(func() {
		b.mu.Lock()
		delete(b.heard, f.id)
		b.mu.Unlock()
		b.send("browsingContext.close", map[string]any{"context": f.id}, nil)
	})
	return f
}

// hear notes what a tab of Firefox asks and complains of.
func (p *tab) hear(m message) {
	var e struct {
		Level   string
		Type    string
		Text    string
		Request struct{ URL string }
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m.Method {
	case "log.entryAdded":
		if e.Level == "error" {
			p.errors = append(p.errors, e.Type+" "+e.Text)
		}
	case "network.beforeRequestSent":
		p.requests = append(p.requests, e.Request.URL)
	}
}

func (f *firefoxTab) resize(width, height int) error {
	return f.send("browsingContext.setViewport", map[string]any{
		"context": f.id, "viewport": map[string]int{"width": width, "height": height}, "devicePixelRatio": 1.0,
	}, nil)
}

func (f *firefoxTab) navigate(url string) error {
	return f.send("browsingContext.navigate", map[string]any{"context": f.id, "url": url, "wait": "complete"}, nil)
}

// eval evaluates an expression, awaiting a promise, to JSON.
func (f *firefoxTab) eval(expression string) (json.RawMessage, error) {
	var out struct {
		Type   string
		Result struct{ Value string }
		Detail struct{ Text string } `json:"exceptionDetails"`
	}
	err := f.send("script.evaluate", map[string]any{
		"expression":   "(async () => JSON.stringify(await (" + strings.TrimRight(expression, "; \n") + ")) ?? 'null')()",
		"target":       map[string]string{"context": f.id},
		"awaitPromise": true, "userActivation": true,
	}, &out)
	if err != nil {
		return nil, err
	}
	if out.Type == "exception" {
		return nil, fmt.Errorf("%s", out.Detail.Text)
	}
	return json.RawMessage(out.Result.Value), nil
}

// keys are WebDriver's code points for the keys of [tab.key].
var keys = map[string]string{
	"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015", "Home": "\ue011", "End": "\ue010",
}

func (f *firefoxTab) key(name string) error {
	if code := keys[name]; code != "" {
		name = code
	}
	return f.perform("key", map[string]any{"type": "keyDown", "value": name}, map[string]any{"type": "keyUp", "value": name})
}

func (f *firefoxTab) mouse(steps ...mouseStep) error {
	actions := []any{}
	for _, s := range steps {
		action := map[string]any{"type": s.kind}
		switch s.kind {
		case "pointerMove":
			action["x"], action["y"] = int(s.x), int(s.y)
		default:
			action["button"] = 0
		}
		actions = append(actions, action)
	}
	return f.perform("pointer", actions...)
}

func (f *firefoxTab) wheel(x, y, delta float64) error {
	return f.perform("wheel", map[string]any{"type": "scroll", "x": int(x), "y": int(y), "deltaX": 0, "deltaY": int(delta)})
}

func (f *firefoxTab) perform(kind string, actions ...any) error {
	return f.send("input.performActions", map[string]any{
		"context": f.id, "actions": []any{map[string]any{"type": kind, "id": kind, "actions": actions}},
	}, nil)
}

func (f *firefoxTab) files(selector string, paths []string) error {
	var found struct{ Result json.RawMessage }
	err := f.send("script.evaluate", map[string]any{
		"expression": fmt.Sprintf("document.querySelector(%q)", selector), "target": map[string]string{"context": f.id}, "awaitPromise": false,
	}, &found)
	if err != nil {
		return err
	}
	return f.send("input.setFiles", map[string]any{"context": f.id, "element": found.Result, "files": paths}, nil)
}

func (f *firefoxTab) screenshot() ([]byte, error) {
	var shot struct{ Data []byte }
	err := f.send("browsingContext.captureScreenshot", map[string]any{"context": f.id, "origin": "viewport"}, &shot)
	return shot.Data, err
}

func (f *firefoxTab) run(script string) error {
	return f.send("script.evaluate", map[string]any{
		"expression": script, "target": map[string]string{"context": f.id}, "awaitPromise": false, "resultOwnership": "none",
	}, nil)
}
