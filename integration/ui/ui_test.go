package ui_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/integration/ui"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// The page stays small: 80 KB compressed, all files together.
func TestSize(t *testing.T) {
	var compressed bytes.Buffer
	err := fs.WalkDir(ui.Files(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(ui.Files(), path)
		if err != nil {
			return err
		}
		w := gzip.NewWriter(&compressed) // each file by itself, as over HTTP
		w.Write(data)
		return w.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	if compressed.Len() > 80<<10 {
		t.Errorf("the page has %d bytes compressed, more than 80 KB", compressed.Len())
	}
	t.Logf("%d bytes compressed", compressed.Len())
}

// What a field says of its default is what the function does.
func TestDefaults(t *testing.T) {
	document, err := fs.ReadFile(ui.Files(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	for id, value := range map[string]any{"max_det": yolo.Defaults().MaxDet, "tile_overlap": yolo.Defaults().TileOverlap} {
		field := regexp.MustCompile(fmt.Sprintf(`<input id="%s" [^>]*placeholder="%v"`, id, value))
		if !field.Match(document) {
			t.Errorf("%s does not say %v", id, value)
		}
	}
}

func TestHeaders(t *testing.T) {
	for path, contentType := range map[string]string{"/": "text/html", "/main.js": "text/javascript", "/style.css": "text/css", "/icon.svg": "image/svg+xml"} {
		w := httptest.NewRecorder()
		ui.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if got := w.Header().Get("Content-Type"); w.Code != 200 || !strings.HasPrefix(got, contentType) {
			t.Errorf("%s: %d %s", path, w.Code, got)
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'self';") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: the policy is %q", path, csp)
		}
	}
}
