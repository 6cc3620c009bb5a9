package bootstrap

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestReportInitError(t *testing.T) {
	var got []map[string]string
	lambda := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/2018-06-01/runtime/init/error" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s of type %q", r.Method, r.URL, r.Header.Get("Content-Type"))
		}
		var body map[string]string
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		got = append(got, body)
	}))
	defer lambda.Close()

	reportInitError("", errors.New("told nobody"))
	reportInitError(strings.TrimPrefix(lambda.URL, "http://"), errors.New(`no "model"`))
	if len(got) != 1 || got[0]["errorType"] != "Runtime.InitError" || got[0]["errorMessage"] != `no "model"` {
		t.Errorf("told %v", got)
	}
}

// Nobody listens: the function still ends with its own error.
func TestReportInitErrorToNobody(t *testing.T) {
	lambda := httptest.NewServer(nil)
	lambda.Close()
	reportInitError(strings.TrimPrefix(lambda.URL, "http://"), errors.New("no model"))
}
