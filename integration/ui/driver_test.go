package ui_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// driver is what a test does to a tab, in either browser.
type driver interface {
	resize(width, height int) error // CSS pixels
	navigate(url string) error
	// eval evaluates a JavaScript expression, awaiting a promise, to JSON.
	eval(expression string) (json.RawMessage, error)
	// run runs a script for its effects.
	run(script string) error
	// key presses a key by its name in KeyboardEvent.key.
	key(name string) error
	mouse(steps ...mouseStep) error
	// wheel turns the wheel by so many pixels, down where they are positive.
	wheel(x, y, delta float64) error
	files(selector string, paths []string) error
	screenshot() ([]byte, error) // PNG
}

// mouseStep is a movement to a point of the window, or what the left button does
// there. Its kinds are WebDriver's: pointerMove, pointerDown, pointerUp.
type mouseStep struct {
	kind string
	x, y float64
}

// chromiumTab drives a tab of Chromium.
type chromiumTab struct{ ctx context.Context }

// openChromium opens an empty tab; its console and its requests are the tab's.
func openChromium(p *tab) *chromiumTab {
	p.t.Helper()
	ctx, stop := chromedp.NewContext(chromium(p.t))
	p.t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		p.t.Fatalf("open a tab: %v", err)
	}
	if err := chromedp.Listen(ctx, p.watch); err != nil {
		p.t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		p.t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		p.t.Fatal(err)
	}
	return &chromiumTab{ctx}
}

func (c *chromiumTab) resize(width, height int) error {
	return chromedp.Do(c.ctx, chromedp.EmulateViewport(int64(width), int64(height)))
}

func (c *chromiumTab) navigate(url string) error { return chromedp.Do(c.ctx, chromedp.Navigate(url)) }

func (c *chromiumTab) eval(expression string) (json.RawMessage, error) {
	text, err := chromedp.Run(c.ctx, chromedp.Evaluate[[]byte](expression, chromedp.EvalAwaitPromise))
	if len(text) == 0 {
		text = []byte("null") // undefined
	}
	return text, err
}

func (c *chromiumTab) run(script string) error {
	return chromedp.Do(c.ctx, chromedp.Evaluate[chromedp.Void](script))
}

func (c *chromiumTab) key(name string) error {
	named := map[string]string{
		"Tab": kb.Tab, "Enter": kb.Enter, "Escape": kb.Escape, "Home": kb.Home, "End": kb.End,
		"ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight, "ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown,
	}
	if code := named[name]; code != "" {
		name = code
	}
	return chromedp.Do(c.ctx, chromedp.KeyEvent(name))
}

func (c *chromiumTab) mouse(steps ...mouseStep) error {
	kinds := map[string]input.DispatchMouseEventType{
		"pointerMove": input.DispatchMouseEventTypeMouseMoved, "pointerDown": input.DispatchMouseEventTypeMousePressed, "pointerUp": input.DispatchMouseEventTypeMouseReleased,
	}
	held, presses := false, int64(0)
	for _, s := range steps {
		params := input.DispatchMouseEventParams{Type: kinds[s.kind], X: s.x, Y: s.y}
		switch s.kind {
		case "pointerDown":
			held = true
			presses++
		case "pointerUp":
			held = false
		}
		if s.kind != "pointerMove" || held {
			params.Button, params.ClickCount = input.MouseButtonLeft, presses
		}
		if held {
			buttons := int64(1)
			params.Buttons = buttons
		}
		if _, err := chromedp.Call(c.ctx, input.DispatchMouseEvent, params); err != nil {
			return fmt.Errorf("%s: %w", s.kind, err)
		}
	}
	return nil
}

func (c *chromiumTab) wheel(x, y, delta float64) error {
	_, err := chromedp.Call(c.ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: x, Y: y, DeltaX: 1e-9, DeltaY: delta}) // a zero would be left out
	return err
}

func (c *chromiumTab) files(selector string, paths []string) error {
	return chromedp.Do(c.ctx, chromedp.SetUploadFiles(chromedp.CSS(selector), paths))
}

func (c *chromiumTab) screenshot() ([]byte, error) {
	shot, err := chromedp.Call(c.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng})
	if err != nil {
		return nil, err
	}
	return shot.Data, nil
}
