package predict

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
)

func TestFetch(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("X-Amz-Date") != "" {
			t.Error("credentials went out")
		}
		switch r.URL.Path {
		case "/a.jpg":
			io.WriteString(w, "picture")
		case "/moved.jpg":
			http.Redirect(w, r, "/a.jpg", http.StatusFound)
		case "/loop.jpg":
			http.Redirect(w, r, "/loop.jpg", http.StatusFound)
		case "/short.jpg":
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "pic")
		case "/huge.jpg":
			megabyte := make([]byte, 1<<20)
			for range mostFetched>>20 + 1 {
				if _, err := w.Write(megabyte); err != nil {
					return
				}
			}
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	for path, reason := range map[string]string{
		"/a.jpg": "", "/moved.jpg": "", "/loop.jpg": "10 redirects", "/short.jpg": "unexpected EOF", "/huge.jpg": "over 128 MB", "/none.jpg": "404 Not Found",
	} {
		data, err := fetch(t.Context(), server.URL+path)
		if reason == "" && (err != nil || string(data) != "picture") || reason != "" && (err == nil || !strings.Contains(err.Error(), reason)) {
			t.Errorf("%s: %d bytes, %v", path, len(data), err)
		}
		if own, ok := errors.AsType[*api.Error](err); path == "/huge.jpg" && (!ok || own.Code != api.TooLarge) {
			t.Errorf("%v has not the code %s", err, api.TooLarge)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fetch(ctx, server.URL+"/a.jpg"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := fetch(t.Context(), "http://127.0.0.1:1/a.jpg"); failure(err).Code != "unreachable" {
		t.Errorf("%v", err)
	}
}
