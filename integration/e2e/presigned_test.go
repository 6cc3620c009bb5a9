package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestPresigned sends requests whose signature is in the query, as for callers
// that can set no header, and a picture.
func TestPresigned(t *testing.T) {
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	req := squaresRequest()
	query := req.Options.Query()
	query.Set("X-Amz-Expires", "3600")
	tests := []struct {
		name, change string // of the presigned query
		body         []byte
		signedAt     time.Time
		status       int
	}{
		{"picture", "", req.Image.Data, time.Now(), http.StatusOK},
		{"half expired", "", req.Image.Data, time.Now().Add(-30 * time.Minute), http.StatusOK},
		{"expired", "", req.Image.Data, time.Now().Add(-70 * time.Minute), http.StatusForbidden},
		{"longer life", "X-Amz-Expires=7200", req.Image.Data, time.Now(), http.StatusForbidden},
		{"another option", "conf_thres=0.1", req.Image.Data, time.Now(), http.StatusForbidden},
		{"another picture", "", []byte("x"), time.Now(), http.StatusForbidden},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.url+"/?"+query.Encode(), nil)
			if err != nil {
				t.Fatal(err)
			}
			credentials, err := f.aws.Credentials.Retrieve(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(req.Image.Data)
			signed, _, err := v4.NewSigner().PresignHTTP(t.Context(), credentials, r, hex.EncodeToString(sum[:]), "lambda", f.aws.Region, tt.signedAt)
			if err != nil {
				t.Fatal(err)
			}
			if tt.change != "" {
				signed = changed(t, signed, tt.change)
			}
			if status := post(t, signed, tt.body, f); status != tt.status {
				t.Errorf("status %d, want %d", status, tt.status)
			}
		})
	}
}

// changed sets one parameter of an URL's query.
func changed(t *testing.T, address, parameter string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	change, err := url.ParseQuery(parameter)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	for name, values := range change {
		query[name] = values
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// post sends a picture without any signature in the headers. A 200 has to hold
// the squares.
func post(t *testing.T, address string, body []byte, f *function) (status int) {
	t.Helper()
	resp, err := http.Post(address, "image/png", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode == http.StatusOK {
		f.checkSquares(t, decodeResponse(t, answer))
	} else {
		t.Logf("%d: %s", resp.StatusCode, answer)
	}
	return resp.StatusCode
}
