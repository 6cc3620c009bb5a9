package client

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
)

func TestDescribeRaw(t *testing.T) {
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method != http.MethodGet || r.Header.Get("Authorization") == "":
			t.Errorf("%s %s, unsigned: %t", r.Method, r.URL, r.Header.Get("Authorization") == "")
		case r.URL.RawQuery == "":
			io.WriteString(w, `{"model":"first"}`)
		case r.URL.RawQuery == "model=a%26b":
			io.WriteString(w, `{"model":"a&b"}`)
		default:
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"error":{"code":"invalid_request","message":"no such model"}}`)
		}
	}, -1)
	for model, want := range map[string]string{"": `{"model":"first"}`, "a&b": `{"model":"a&b"}`} {
		got, err := c.DescribeRaw(t.Context(), model)
		if err != nil || string(got) != want {
			t.Errorf("model %q: %s, %v; want %s", model, got, err, want)
		}
	}
	_, err := c.DescribeRaw(t.Context(), "other")
	if own, ok := errors.AsType[*api.Error](err); !ok || own.Code != api.InvalidRequest {
		t.Errorf("error %v, want the function's own", err)
	}
}
