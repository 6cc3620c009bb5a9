package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/yolambda/yolambda/integration/emulator"
	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// visits is a server that notes who asks it for what.
type visits struct {
	mu    sync.Mutex
	paths []string
}

func (v *visits) serve(t *testing.T, picture []byte) (url string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.paths = append(v.paths, r.Method+" "+r.URL.Path)
		w.Write(picture)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func (v *visits) take() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	paths := v.paths
	v.paths = nil
	return paths
}

// TestPictureByAddress: whoever names a picture by an address gets a 400, in
// every form of request, and nobody is asked for the picture.
func TestPictureByAddress(t *testing.T) {
	f := functionHere(t, yolotest.Fixture(t, "squares"))
	var v visits
	web := v.serve(t, yolotest.SquaresPNG)
	for _, address := range []string{
		web + "/a.png", "HTTP" + strings.TrimPrefix(web, "http") + "/a.png", "https://example.org/a.png",
		"http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "ftp://example.org/a.png",
		"gopher://example.org/", "s3://photos/in/a.png",
	} {
		one := marshal(t, api.Request{Image: api.NewPicture([]byte(address))})
		for name, req := range map[string]request{
			"POST":  {contentType: "application/json", body: one},
			"GET":   {method: http.MethodGet, contentType: "application/json", body: one},
			"raw":   {contentType: "image/png", body: []byte(address)},
			"text":  {contentType: "text/plain", body: []byte(address)},
			"form":  multipartRequest(t, "image", []byte(address)),
			"query": {target: "/?image=" + address},
		} {
			if r := f.do(t, req); r.status < 400 || r.status > 499 {
				t.Errorf("%s %s: status %d: %s", name, address, r.status, r.body)
			}
		}
		// Of several pictures each has its own error.
		list := f.do(t, request{contentType: "application/json", body: marshal(t, api.Request{Images: []api.Picture{api.NewPicture([]byte(address))}})})
		if !strings.Contains(string(list.body), `"`+string(api.InvalidRequest)+`"`) {
			t.Errorf("list %s: status %d: %s", address, list.status, list.body)
		}
	}
	if paths := v.take(); len(paths) > 0 {
		t.Errorf("the function fetched %q", paths)
	}
}

// TestPictureInS3: with prefixes the function reads below them, once an object,
// and asks for nothing else.
func TestPictureInS3(t *testing.T) {
	parts := local.PartsIn(yolotest.Root(t))
	yolotest.Built(t, parts.Bootstrap)
	yolotest.Built(t, parts.Library)
	model, library, bootstrap := yolotest.Fixture(t, "squares"), parts.Library, parts.Bootstrap
	var v visits
	f, err := emulator.Start(t.Context(), emulator.Config{
		Timeout: patience, InitTimeout: patience,
		Command: []string{bootstrap},
		Env: map[string]string{
			"YOLAMBDA_MODEL": model, "YOLAMBDA_LIBRARY": library,
			"YOLAMBDA_S3_PREFIXES":  "s3://photos/in/,s3://more/",
			"AWS_ENDPOINT_URL_S3":   v.serve(t, yolotest.SquaresPNG),
			"AWS_ACCESS_KEY_ID":     "AKIDEXAMPLE",
			"AWS_SECRET_ACCESS_KEY": "secret",
		},
		Log: io.Discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tests := []struct {
		address string
		asked   []string
	}{
		{"s3://photos/in/a.png", []string{"GET /photos/in/a.png"}},
		{"s3://more/b.png", []string{"GET /more/b.png"}},
		// A key is a name, not a path, but not everybody on the way knows.
		{"s3://photos/in/../a.png", nil},
		{"s3://photos/private/a.png", nil},
		{"s3://photos/in", nil},
		{"s3://photos/inside.png", nil},
		{"s3://photos2/in/a.png", nil},
		{"s3://more", nil},
		{"S3://more/b.png", nil},
		{"s3://more.evil.example/b.png", nil},
		{"https://photos.s3.amazonaws.com/in/a.png", nil},
	}
	for _, test := range tests {
		result, err := f.Invoke(t.Context(), marshal(t, api.Request{Image: api.NewPicture([]byte(test.address))}))
		if err != nil {
			t.Fatal(err)
		}
		if refused := strings.Contains(string(result.Payload), `"`+string(api.InvalidRequest)+`"`); refused != (test.asked == nil) {
			t.Errorf("%s: %s", test.address, result.Payload)
		}
		if asked := v.take(); !slices.Equal(asked, test.asked) {
			t.Errorf("%s: S3 was asked for %q, want %q", test.address, asked, test.asked)
		}
	}
}
