package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

var (
	signedAt  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	longLived = aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}
	temporary = aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "other secret", SessionToken: "IQoJ/b3Jp+Z2lu=="}
)

// verifier knows the two credentials above; its clock stands at signedAt.
func verifier() Verifier {
	secrets := map[string]Secret{}
	for _, c := range []aws.Credentials{longLived, temporary} {
		secrets[c.AccessKeyID] = Secret{Key: c.SecretAccessKey, SessionToken: c.SessionToken}
	}
	return Verifier{
		Credentials: func(id string) (Secret, bool) { s, ok := secrets[id]; return s, ok },
		Region:      "eu-central-1",
		Service:     "lambda",
		Now:         func() time.Time { return signedAt },
	}
}

// request is a request as a server gets it.
func request(t testing.TB, method, target, body string, header http.Header) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "id.lambda-url.eu-central-1.on.aws"
	for name, values := range header {
		r.Header[name] = values
	}
	return r
}

// signSDK signs as the SDK's own clients do.
func signSDK(t testing.TB, r *http.Request, body string, c aws.Credentials) {
	t.Helper()
	signSDKAt(t, r, body, c, signedAt)
}

func signSDKAt(t testing.TB, r *http.Request, body string, c aws.Credentials, at time.Time) {
	t.Helper()
	hash := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(t.Context(), c, r, hex.EncodeToString(hash[:]), "lambda", "eu-central-1", at); err != nil {
		t.Fatal(err)
	}
}

// presignSDK returns the request that a presigned URL leads to.
func presignSDK(t testing.TB, r *http.Request, body string, c aws.Credentials) *http.Request {
	t.Helper()
	if query := r.URL.Query(); !query.Has("X-Amz-Expires") { // without any other change of the query
		r.URL.RawQuery = strings.TrimPrefix(r.URL.RawQuery+"&X-Amz-Expires=300", "&")
	}
	hash := sha256.Sum256([]byte(body))
	signed, header, err := v4.NewSigner().PresignHTTP(t.Context(), c, r, hex.EncodeToString(hash[:]), "lambda", "eu-central-1", signedAt)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	return request(t, r.Method, u.RequestURI(), body, header)
}

func TestVerifySDK(t *testing.T) {
	tests := []struct {
		name, method, target, body string
		header                     http.Header
	}{
		{name: "root", method: "GET", target: "/"},
		{name: "path", method: "GET", target: "/a/b.c~d_e-f/"},
		{name: "encoded path", method: "GET", target: "/a%20b/%C3%BC/c%2Fd/e+f/100%25"},
		{name: "path with sub-delimiters", method: "GET", target: "/a!b$c&d'e(f)g*h,i;j=k:l@m"},
		{name: "query", method: "GET", target: "/?conf=0.3&imgsz=640"},
		{name: "query without order", method: "GET", target: "/?b=2&a=1&B=3&a=0&a="},
		{name: "query without values", method: "GET", target: "/?a&b&&c="},
		{name: "encoded query", method: "GET", target: "/?name=%C3%A4+%2B%20%26%3D&x%20y=%2F~*"},
		{name: "query whose order changes by encoding", method: "GET", target: "/?k=a/b&k=a-b&k=aB"},
		{name: "body", method: "POST", target: "/", body: `{"image":"…"}`},
		{name: "body of a GET", method: "GET", target: "/", body: `{"image":"…"}`},
		{name: "delete", method: "DELETE", target: "/x"},
		{
			name: "headers", method: "POST", target: "/", body: "x",
			header: http.Header{
				"Content-Type": {"image/jpeg"},
				"X-Spaces":     {"  a   b  c  "},
				"X-Repeated":   {"z", "a", " m"},
				"X-Empty":      {""},
				"User-Agent":   {"not signed"},
			},
		},
	}
	for _, test := range tests {
		for _, credentials := range []aws.Credentials{longLived, temporary} {
			t.Run(test.name+"/"+credentials.AccessKeyID, func(t *testing.T) {
				r := request(t, test.method, test.target, test.body, test.header)
				signSDK(t, r, test.body, credentials)
				got, err := verifier().Verify(r, []byte(test.body))
				if err != nil || got != credentials.AccessKeyID {
					t.Errorf("header form: Verify = %q, %v", got, err)
				}

				r = presignSDK(t, request(t, test.method, test.target, test.body, test.header), test.body, credentials)
				got, err = verifier().Verify(r, []byte(test.body))
				if err != nil || got != credentials.AccessKeyID {
					t.Errorf("presigned: Verify = %q, %v", got, err)
				}
			})
		}
	}
}

func TestVerifyContentHash(t *testing.T) {
	const body = "picture"
	hash := hexSHA256([]byte(body))
	tests := []struct {
		name, header, signed string
		ok                   bool
	}{
		{"no header", "", hash, true},
		{"right", hash, hash, true},
		{"wrong in the header", hexSHA256(nil), hash, false},
		{"wrong in both", hexSHA256(nil), hexSHA256(nil), false},
		{"unsigned payload", "UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD", false},
		{"streaming", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := request(t, "POST", "/", body, nil)
			if test.header != "" {
				r.Header.Set("X-Amz-Content-Sha256", test.header)
			}
			if err := v4.NewSigner().SignHTTP(t.Context(), longLived, r, test.signed, "lambda", "eu-central-1", signedAt); err != nil {
				t.Fatal(err)
			}
			if _, err := verifier().Verify(r, []byte(body)); (err == nil) != test.ok {
				t.Errorf("Verify: %v, want ok %v", err, test.ok)
			}
		})
	}
	t.Run("right, and not signed", func(t *testing.T) { // as aws-requests-auth does
		r := request(t, "POST", "/", body, nil)
		signSDK(t, r, body, longLived)
		r.Header.Set("X-Amz-Content-Sha256", hash)
		if _, err := verifier().Verify(r, []byte(body)); err != nil {
			t.Error(err)
		}
	})
}

func TestVerifyTime(t *testing.T) {
	tests := []struct {
		name    string
		expires string // of a presigned URL; empty means the header form
		age     time.Duration
		maxSkew time.Duration
		ok      bool
	}{
		{"now", "", 0, 0, true},
		{"oldest", "", 5 * time.Minute, 0, true},
		{"too old", "", 5*time.Minute + time.Second, 0, false},
		{"newest", "", -5 * time.Minute, 0, true},
		{"too new", "", -5*time.Minute - time.Second, 0, false},
		{"skew of one's own", "", 2 * time.Second, time.Second, false},
		{"presigned, alive", "600", 10 * time.Minute, 0, true},
		{"presigned, expired", "600", 10*time.Minute + time.Second, 0, false},
		{"presigned, expired soon", "10", 11 * time.Second, 0, false},
		{"presigned, too new", "600", -5*time.Minute - time.Second, 0, false},
		{"presigned, longest", "604800", 7 * 24 * time.Hour, 0, true},
		{"presigned, too long", "604801", 0, 0, false},
		{"presigned, no life", "0", 0, 0, false},
		{"presigned, negative", "-1", 0, 0, false},
		{"presigned, not a number", "1h", 0, 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := request(t, "GET", "/", "", nil)
			if test.expires == "" {
				signSDK(t, r, "", longLived)
			} else {
				r.URL.RawQuery = "X-Amz-Expires=" + test.expires
				r = presignSDK(t, r, "", longLived)
			}
			v := verifier()
			v.Now = func() time.Time { return signedAt.Add(test.age) }
			v.MaxSkew = test.maxSkew
			if _, err := v.Verify(r, nil); (err == nil) != test.ok {
				t.Errorf("Verify: %v, want ok %v", err, test.ok)
			}
		})
	}
}

// edit replaces one part of a header.
func edit(name, old, new string) func(*http.Request) {
	return func(r *http.Request) {
		value := r.Header.Get(name)
		changed := strings.Replace(value, old, new, 1)
		if changed == value {
			panic(fmt.Sprintf("%q is not in %s: %s", old, name, value))
		}
		r.Header.Set(name, changed)
	}
}

// TestVerifyTampered changes a signed request in every way that must not pass.
func TestVerifyTampered(t *testing.T) {
	const body = `{"conf":0.3}`
	tests := []struct {
		name   string
		tamper func(*http.Request)
		body   string // sent instead
	}{
		{name: "method", tamper: func(r *http.Request) { r.Method = "PUT" }},
		{name: "path", tamper: func(r *http.Request) { r.URL.Path = "/other" }},
		{name: "trailing slash", tamper: func(r *http.Request) { r.URL.Path += "/" }},
		{name: "query value", tamper: func(r *http.Request) { r.URL.RawQuery = "a=1&b=3" }},
		{name: "query value more", tamper: func(r *http.Request) { r.URL.RawQuery += "&c=1" }},
		{name: "query value less", tamper: func(r *http.Request) { r.URL.RawQuery = "a=1" }},
		{name: "query with a signature too", tamper: func(r *http.Request) { r.URL.RawQuery += "&X-Amz-Signature=1" }},
		{name: "malformed query", tamper: func(r *http.Request) { r.URL.RawQuery += "&%zz" }},
		{name: "body", body: `{"conf":0.4}`},
		{name: "body gone", body: "-"},
		{name: "host", tamper: func(r *http.Request) { r.Host = "evil.lambda-url.eu-central-1.on.aws" }},
		{name: "signed header changed", tamper: func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }},
		{name: "signed header repeated", tamper: func(r *http.Request) { r.Header.Add("Content-Type", "text/plain") }},
		{name: "signed header gone", tamper: func(r *http.Request) { r.Header.Del("Content-Type") }},
		{name: "signed header of one's own changed", tamper: func(r *http.Request) { r.Header.Set("X-Custom", "2") }},
		{name: "x-amz header added", tamper: func(r *http.Request) { r.Header.Set("X-Amz-Meta", "1") }},
		{name: "content hash of another body added", tamper: func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", hexSHA256([]byte("another"))) }},
		{name: "token added", tamper: func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "x") }},
		{name: "date", tamper: func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260301T120001Z") }},
		{name: "date repeated", tamper: func(r *http.Request) { r.Header.Add("X-Amz-Date", "20260301T120000Z") }},
		{name: "date malformed", tamper: func(r *http.Request) { r.Header.Set("X-Amz-Date", "2026-03-01T12:00:00Z") }},
		{name: "date gone", tamper: func(r *http.Request) { r.Header.Del("X-Amz-Date") }},
		{name: "another date header", tamper: func(r *http.Request) {
			r.Header.Del("X-Amz-Date")
			r.Header.Set("Date", signedAt.Format(http.TimeFormat))
		}},
		{name: "scope's date", tamper: edit("Authorization", "/20260301/", "/20260302/")},
		{name: "scope's region", tamper: edit("Authorization", "/eu-central-1/", "/us-east-1/")},
		{name: "scope's service", tamper: edit("Authorization", "/lambda/", "/s3/")},
		{name: "scope's end", tamper: edit("Authorization", "/aws4_request", "/aws4")},
		{name: "scope too long", tamper: edit("Authorization", "/aws4_request", "/x/aws4_request")},
		{name: "key unknown", tamper: edit("Authorization", "AKIDEXAMPLE", "AKIDUNKNOWN")},
		{name: "another's key", tamper: edit("Authorization", "AKIDEXAMPLE", "ASIAEXAMPLE")},
		{name: "no key", tamper: edit("Authorization", "AKIDEXAMPLE", "")},
		{name: "host not signed", tamper: edit("Authorization", "host;", "")},
		{name: "date not signed", tamper: edit("Authorization", ";x-amz-date", "")},
		{name: "header not signed", tamper: edit("Authorization", ";x-custom", "")},
		{name: "signed headers repeated", tamper: edit("Authorization", ";host;", ";host;host;")},
		{name: "signed headers unsorted", tamper: edit("Authorization", ";host;", ";zost;")},
		{name: "signed headers in capitals", tamper: edit("Authorization", ";host;", ";Host;")},
		{name: "signature", tamper: edit("Authorization", "Signature=", "Signature=0")},
		{name: "signature empty", tamper: func(r *http.Request) {
			value, _, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
			r.Header.Set("Authorization", value+"Signature=")
		}},
		{name: "signature cut", tamper: func(r *http.Request) {
			value := r.Header.Get("Authorization")
			r.Header.Set("Authorization", value[:len(value)-1])
		}},
		{name: "another algorithm", tamper: edit("Authorization", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")},
		{name: "another scheme", tamper: func(r *http.Request) { r.Header.Set("Authorization", "Basic QTpC") }},
		{name: "a part more", tamper: edit("Authorization", "Signature=", "X=1, Signature=")},
		{name: "a part twice", tamper: edit("Authorization", "Signature=", "Signature=1, Signature=")},
		{name: "a part less", tamper: edit("Authorization", "SignedHeaders=", "")},
		{name: "authorization empty", tamper: func(r *http.Request) { r.Header.Set("Authorization", "") }},
		{name: "authorization twice", tamper: func(r *http.Request) {
			r.Header.Add("Authorization", r.Header.Get("Authorization"))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := request(t, "POST", "/path?b=2&a=1", body, http.Header{"Content-Type": {"application/json"}, "X-Custom": {"1"}})
			signSDK(t, r, body, longLived)
			if _, err := verifier().Verify(r, []byte(body)); err != nil {
				t.Fatalf("untampered: %v", err)
			}
			sent := body
			if test.tamper != nil {
				test.tamper(r)
			}
			if test.body != "" {
				sent = strings.TrimPrefix(test.body, "-")
			}
			if _, err := verifier().Verify(r, []byte(sent)); err == nil {
				t.Error("Verify lets it pass")
			} else {
				t.Log(err)
			}
		})
	}
}

// TestVerifyPresignedTampered does the same to a presigned URL.
func TestVerifyPresignedTampered(t *testing.T) {
	tests := []struct{ name, old, new string }{
		{"option", "conf=0.3", "conf=0.4"},
		{"algorithm", "X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=AWS4"},
		{"no algorithm", "X-Amz-Algorithm=AWS4-HMAC-SHA256&", ""},
		{"expires", "X-Amz-Expires=60", "X-Amz-Expires=61"},
		{"no expires", "X-Amz-Expires=60&", ""},
		{"empty expires", "X-Amz-Expires=60", "X-Amz-Expires="},
		{"date", "X-Amz-Date=20260301T120000Z", "X-Amz-Date=20260301T120001Z"},
		{"no date", "X-Amz-Date=20260301T120000Z&", ""},
		{"date twice", "X-Amz-Date=20260301T120000Z", "X-Amz-Date=20260301T120000Z&X-Amz-Date=20260301T120000Z"},
		{"key", "ASIAEXAMPLE", "AKIDEXAMPLE"},
		{"region", "eu-central-1%2F", "eu-west-1%2F"},
		{"token", "X-Amz-Security-Token=IQoJ", "X-Amz-Security-Token=IQoK"},
		{"host not signed", "X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=accept"},
		{"no signature", "&X-Amz-Signature=", "&X-Amz-Signatur="},
		{"signature", "X-Amz-Signature=", "X-Amz-Signature=0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := presignSDK(t, request(t, "GET", "/?conf=0.3&X-Amz-Expires=60", "", nil), "", temporary)
			if _, err := verifier().Verify(r, nil); err != nil {
				t.Fatalf("untampered: %v", err)
			}
			changed := strings.Replace(r.URL.RawQuery, test.old, test.new, 1)
			if changed == r.URL.RawQuery {
				t.Fatalf("%q is not in %s", test.old, changed)
			}
			r.URL.RawQuery = changed
			if _, err := verifier().Verify(r, nil); err == nil {
				t.Error("Verify lets it pass")
			} else {
				t.Log(err)
			}
		})
	}
}

func TestVerifyUnsigned(t *testing.T) {
	_, err := verifier().Verify(request(t, "GET", "/?a=1", "", nil), nil)
	if !errors.Is(err, ErrUnsigned) {
		t.Errorf("Verify: %v, want ErrUnsigned", err)
	}
}

func TestVerifyWithoutCredentials(t *testing.T) {
	r := request(t, "GET", "/", "", nil)
	signSDK(t, r, "", longLived)
	v := verifier()
	v.Credentials = nil
	if _, err := v.Verify(r, nil); err == nil {
		t.Error("Verify lets it pass")
	}
}

// FuzzVerify feeds the parsers; nothing but a right signature may pass, and no
// fuzzer guesses one.
func FuzzVerify(f *testing.F) {
	signed := request(f, "GET", "/", "", nil)
	signSDK(f, signed, "", longLived)
	presigned := presignSDK(f, request(f, "GET", "/?X-Amz-Expires=60", "", nil), "", temporary)
	f.Add(signed.Header.Get("Authorization"), "20260301T120000Z", "/a/../%2F", "b=2&a=1")
	f.Add("AWS4-HMAC-SHA256 Credential=////,SignedHeaders=;,Signature=", "", "//", "&&=")
	f.Add("", "", "/", presigned.URL.RawQuery)
	f.Add("", "", "/", strings.Replace(presigned.URL.RawQuery, "60", "9999999999", 1))
	f.Fuzz(func(t *testing.T, authorization, date, path, query string) {
		r := &http.Request{
			Method: "GET",
			Host:   "example.com", // not the host of the seeds
			URL:    &url.URL{Path: path, RawPath: path, RawQuery: query},
			Header: http.Header{},
		}
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		if date != "" {
			r.Header.Set("X-Amz-Date", date)
		}
		if key, err := verifier().Verify(r, nil); err == nil {
			t.Errorf("Verify lets %q pass", key)
		}
	})
}
