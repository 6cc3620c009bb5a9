package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// GET without a body tells what the endpoint serves.
func TestMetadata(t *testing.T) {
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	r := f.do(t, request{method: http.MethodGet})
	if r.status != http.StatusOK {
		t.Fatalf("status %d: %s", r.status, r.body)
	}
	var info struct {
		Model string
		Task  string
		Names map[string]string
	}
	if err := json.Unmarshal(r.body, &info); err != nil {
		t.Fatal(err)
	}
	if info.Model == "" || info.Task == "" || len(info.Names) == 0 {
		t.Errorf("metadata %s", r.body)
	}
	if f.server == nil {
		return
	}
	if info.Model != "squares" || info.Task != "detect" || info.Names["0"] != "red" {
		t.Errorf("metadata %s", r.body)
	}
}

func TestOpenAPI(t *testing.T) {
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	r := f.do(t, request{method: http.MethodGet, target: "/openapi.json"})
	if r.status != http.StatusOK || r.header.Get("Content-Type") != "application/json" {
		t.Fatalf("status %d, content type %q: %s", r.status, r.header.Get("Content-Type"), r.body)
	}
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]any
	}
	if err := json.Unmarshal(r.body, &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.") || doc.Paths["/"]["post"] == nil || doc.Paths["/"]["get"] == nil {
		t.Errorf("version %q, paths %v", doc.OpenAPI, doc.Paths)
	}
}
