package s3store

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// fakeS3 is a bucket named pictures, by paths as S3 has them.
func fakeS3(t *testing.T) map[string]string {
	t.Helper()
	objects := map[string]string{"/pictures/in/a b+c%.jpg": "picture"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed := strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") &&
			r.Header.Get("X-Amz-Security-Token") == "token"
		object, ok := objects[r.URL.Path]
		switch {
		case !signed || strings.HasPrefix(r.URL.Path, "/forbidden/"):
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `<Error><Code>AccessDenied</Code></Error>`)
		case r.Method == http.MethodPut:
			data, _ := io.ReadAll(r.Body)
			objects[r.URL.Path] = r.Header.Get("Content-Type") + " " + string(data)
		case !ok:
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `<Error><Code>NoSuchKey</Code></Error>`)
		default:
			io.WriteString(w, object)
		}
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL_S3", server.URL)
	t.Setenv("AWS_REGION", "eu-central-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_SESSION_TOKEN", "token")
	return objects
}

func TestOpen(t *testing.T) {
	fakeS3(t)
	body, size, err := New().Open(t.Context(), "pictures", "in/a b+c%.jpg")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil || string(data) != "picture" || size != int64(len(data)) {
		t.Errorf("%q of %d bytes, %v", data, size, err)
	}
}

func TestOpenFails(t *testing.T) {
	fakeS3(t)
	for bucket, want := range map[string]error{"pictures": fs.ErrNotExist, "forbidden": fs.ErrPermission} {
		if _, _, err := New().Open(t.Context(), bucket, "missing.jpg"); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", bucket, err, want)
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	if _, _, err := New().Open(t.Context(), "pictures", "a.jpg"); err == nil || !strings.Contains(err.Error(), "AWS_ACCESS_KEY_ID") {
		t.Errorf("without credentials: %v", err)
	}
}

func TestPut(t *testing.T) {
	objects := fakeS3(t)
	if err := New().Put(t.Context(), "results", "a.jpg.json", "application/json", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if got := objects["/results/a.jpg.json"]; got != "application/json {}" {
		t.Errorf("wrote %q", got)
	}
	if err := New().Put(t.Context(), "forbidden", "a.json", "application/json", []byte("{}")); err == nil {
		t.Error("no error where writing is forbidden")
	}
}
