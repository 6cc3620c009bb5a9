package ui_test

import (
	"bytes"
	"net/http/httptest"
	"testing"

	"github.com/yolambda/yolambda/integration/ui"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// The examples are the pictures of the folder assets, whose licences it names.
// Go embeds no file from outside of a package's folder, so they are copies.
func TestExamples(t *testing.T) {
	for _, name := range []string{"everyday.jpg", "cat.jpg"} {
		w := httptest.NewRecorder()
		ui.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/examples/"+name, nil))
		if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), yolotest.Read(t, yolotest.Root(t, "assets", name))) {
			t.Errorf("%s: status %d, or another picture than assets has", name, w.Code)
		}
	}
}
