package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestUprightTruth: pictures on which the reference crashed (grey, alpha,
// palettes, CMYK, 16 bits) or that it did not turn upright give the detections
// of the same picture as upright RGB, which Pillow makes of it.
func TestUprightTruth(t *testing.T) {
	f := yolov8n(t)
	var pictures []golden
	var paths []string
	for _, g := range goldens(t) {
		name := filepath.Base(g.Image)
		crashed := g.Cases[0].StatusCode != http.StatusOK && filepath.Base(filepath.Dir(g.Image)) == "variants"
		if !unsupported[name] && (crashed || turnedWrong(name)) {
			pictures = append(pictures, g)
			paths = append(paths, yolotest.Shared(t, filepath.FromSlash(g.Image)))
		}
	}
	folder := t.TempDir()
	args := append([]string{filepath.Join("testdata", "upright_rgb.py"), folder}, paths...)
	run(t, f.command(t, yolotest.Python(t, "python"), args...))

	requests := 0
	var sum comparison
	for i, g := range pictures {
		picture := yolotest.Read(t, paths[i])
		rgb := yolotest.Read(t, filepath.Join(folder, filepath.Base(g.Image)+".png"))
		for _, c := range g.Cases {
			requests++
			want := f.ask(t, rgb, c.Params).response(t)
			got := f.ask(t, picture, c.Params).response(t)
			if *got.Image != *want.Image {
				t.Errorf("%s: %+v, want the upright %+v", g.Image, *got.Image, *want.Image)
			}
			sum.add(t, fmt.Sprintf("%s %v", g.Image, c.Params), compare(want.Detections, got.Detections, parity), threshold(c.Params))
		}
	}
	sum.report(t, len(pictures), requests)
}
