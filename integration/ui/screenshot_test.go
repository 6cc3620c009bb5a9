package ui_test

import (
	"bytes"
	"flag"
	"image"
	_ "image/jpeg"
	"os"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

var update = flag.Bool("update", false, "take the pictures of the page in assets/ anew")

// largestScreenshot is in bytes.
const largestScreenshot = 250_000

// The README's pictures of the page, with what YOLOv8n sees in a sample. Fonts
// differ from machine to machine, so a picture is held to its size alone.
func TestScreenshots(t *testing.T) {
	f := serve(t, yolotest.Shared(t, "models", "yolov8n.onnx"))
	for _, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			p := open(t, f, 1280, 880, chromedp.EmulateViewport(1280, 880, chromedp.EmulateScale(1.5)))
			p.emulate(scheme)
			p.drop(yolotest.Root(t, "assets", "coffee.jpg"))
			p.answered()
			p.look() // again: the first has a cold start's times
			if got := p.listed(); len(got) < 2 {
				t.Errorf("detections %q, want a cup and a table", got)
			}
			quality := int64(76) // of JPEG: as PNG the photo alone would have a megabyte
			result := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
				Format: page.CaptureScreenshotFormatJpeg, Quality: &quality,
			})
			shot := result.Data
			path := yolotest.Root(t, "assets", "page-"+scheme+".jpg")
			if *update {
				if err := os.WriteFile(path, shot, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			kept, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if len(kept) > largestScreenshot {
				t.Errorf("%s has %d bytes, more than %d", path, len(kept), largestScreenshot)
			}
			got, _, err := image.DecodeConfig(bytes.NewReader(shot))
			if err != nil {
				t.Fatal(err)
			}
			want, _, err := image.DecodeConfig(bytes.NewReader(kept))
			if err != nil || got.Width != want.Width || got.Height != want.Height {
				t.Errorf("%s is %dx%d (%v), the page %dx%d: run the test with -update", path, want.Width, want.Height, err, got.Width, got.Height)
			}
		})
	}
}

// emulate sets the theme that the user prefers.
func (p *tab) emulate(scheme string) {
	p.t.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// look makes the page ask about its picture again.
func (p *tab) look() {
	p.t.Helper()
	for _, iou := range []string{"0.31", "0.3"} {
		before := p.answers()
		p.set("iou", iou)
		p.answeredAfter(before)
	}
}
