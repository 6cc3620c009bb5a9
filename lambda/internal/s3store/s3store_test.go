package s3store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
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
		case strings.HasPrefix(r.URL.Path, "/status-"):
			_, rest, _ := strings.Cut(r.URL.Path, "-")
			status, code, _ := strings.Cut(strings.TrimSuffix(rest, "/a.jpg"), "-")
			n, _ := strconv.Atoi(status)
			w.WriteHeader(n)
			fmt.Fprintf(w, `<Error><Code>%s</Code></Error>`, code)
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
	yolotest.FakeAWS(t, server.URL)
	t.Setenv("AWS_ENDPOINT_URL_S3", server.URL) // the one that the store reads
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

// What S3 answers is the caller's fault, or the function's and S3's own.
func TestWhoseFault(t *testing.T) {
	fakeS3(t)
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	for bucket, want := range map[string]error{
		"status-404-NoSuchBucket":          fs.ErrNotExist,
		"status-403-AccessDenied":          fs.ErrPermission,
		"status-403-SignatureDoesNotMatch": nil,
		"status-403-RequestTimeTooSkewed":  nil,
		"status-400-ExpiredToken":          nil,
		"status-400-InvalidBucketName":     fs.ErrInvalid,
		"status-400-KeyTooLongError":       fs.ErrInvalid,
		"status-301-PermanentRedirect":     fs.ErrInvalid,
		"status-412-PreconditionFailed":    fs.ErrInvalid,
	} {
		_, _, err := New().Open(t.Context(), bucket, "a.jpg")
		if err == nil {
			t.Errorf("%s: no error", bucket)
		}
		for _, fault := range []error{fs.ErrNotExist, fs.ErrPermission, fs.ErrInvalid} {
			if errors.Is(err, fault) != (fault == want) {
				t.Errorf("%s: %v, want %v", bucket, err, want)
			}
		}
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
