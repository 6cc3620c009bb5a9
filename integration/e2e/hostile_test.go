package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestHostile: every hostile picture gets a refusal that says why, or the
// right answer; and the process that saw it answers the next one.
func TestHostile(t *testing.T) {
	f := yolov8n(t)
	answers := map[string]golden{}
	for _, g := range goldens(t) {
		answers[g.Image] = g
	}
	refusals := map[string]struct {
		code api.Code
		text string
	}{
		"bad_crc.png":                  {api.BrokenPicture, "PNG"},
		"bomb_20000x20000_gray1.png":   {api.TooLarge, "20000"},
		"bomb_20000x20000_rgb8.png":    {api.TooLarge, "20000"},
		"lying_header_60000x60000.png": {api.TooLarge, "60000"},
		"text.jpg":                     {api.UnsupportedPicture, ""},
		"truncated.png":                {api.BrokenPicture, "truncated"},
		"truncated_half.jpg":           {api.BrokenPicture, "truncated"},
		"truncated_header.jpg":         {api.BrokenPicture, "truncated"},
		"zero_byte.jpg":                {api.InvalidRequest, "image"},
	}
	entries, err := os.ReadDir(yolotest.Shared(t, "images", "hostile"))
	if err != nil {
		t.Fatal(err)
	}
	good := yolotest.Read(t, yolotest.Shared(t, "images", "variants", "jpeg_baseline_420.jpg"))
	f.ask(t, good, nil).response(t) // now the process is warm
	for _, entry := range entries {
		t.Run(entry.Name(), func(t *testing.T) {
			picture := yolotest.Read(t, yolotest.Shared(t, "images", "hostile", entry.Name()))
			r := f.ask(t, picture, nil)
			if refusal, refused := refusals[entry.Name()]; refused {
				checkError(t, r, refusal.code, refusal.text)
			} else {
				resp := r.response(t)
				g := answers["images/hostile/"+entry.Name()]
				if len(g.Cases) > 0 && g.Cases[0].StatusCode == http.StatusOK {
					// TestParity holds these to the strict tolerance.
					want := clip(g.Cases[0].Detections, resp.Image.Width, resp.Image.Height)
					c := compare(want, resp.Detections, tolerance{side: max(resp.Image.Width, resp.Image.Height) / 100, conf: 0.05})
					if len(c.missing)+len(c.extra) > 0 {
						t.Errorf("missing %+v, extra %+v", c.missing, c.extra)
					}
				} else if filepath.Ext(entry.Name()) != ".jpg" || len(resp.Detections) == 0 {
					// png_named.jpg alone: grey, so that the reference crashed.
					t.Errorf("no answer of the reference, and %d detections", len(resp.Detections))
				}
			}
			after := f.ask(t, good, nil).response(t)
			if len(after.Detections) == 0 {
				t.Error("the next picture gets no detections")
			}
			if f.server != nil && after.ColdStart {
				t.Error("the process did not survive")
			}
		})
	}
}
