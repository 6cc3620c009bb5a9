package sigv4

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"
)

// The log says which mistake of a signer it was. Each case has the canonical request
// that such a signer writes, in full.
func TestFaults(t *testing.T) {
	const body = "picture"
	hash, empty := hexSHA256([]byte(body)), hexSHA256(nil)
	const host, date = "127.0.0.1:9000", "20260301T120000Z"
	canonical := func(path, query, host, hash string) string {
		return strings.Join([]string{"POST", path, query, "host:" + host, "x-amz-date:" + date, "", "host;x-amz-date", hash}, "\n")
	}
	const target = "/a%20b?conf=0.5&classes=cat,s3%3A%2F%2Fx%20y"
	const query = "classes=cat%2Cs3%3A%2F%2Fx%20y&conf=0.5"
	tests := []struct {
		name, canonical string
		want            []string // parts of what the log says; none: it is right
	}{
		{"none", canonical("/a%2520b", query, host, hash), nil},
		{"unsorted query", canonical("/a%2520b", "conf=0.5&classes=cat%2Cs3%3A%2F%2Fx%20y", host, hash), []string{"unsorted"}},
		{"unencoded query", canonical("/a%2520b", "classes=cat,s3://x y&conf=0.5", host, hash), []string{"unencoded (a comma"}},
		{"query as in the address", canonical("/a%2520b", "conf=0.5&classes=cat,s3%3A%2F%2Fx%20y", host, hash), []string{"as it stands in the address"}},
		{"plus", canonical("/a%2520b", "classes=cat%2Cs3%3A%2F%2Fx+y&conf=0.5", host, hash), []string{"as +, not as %20"}},
		{"no query", canonical("/a%2520b", "", host, hash), []string{"query is not signed"}},
		{"empty body", canonical("/a%2520b", query, host, empty), []string{"hash of an empty body"}},
		{"unsigned payload", canonical("/a%2520b", query, host, "UNSIGNED-PAYLOAD"), []string{"UNSIGNED-PAYLOAD, which Lambda does not take"}},
		{"no port", canonical("/a%2520b", query, "127.0.0.1", hash), []string{"Host is signed without its port, 127.0.0.1 for 127.0.0.1:9000"}},
		{"another name", canonical("/a%2520b", query, "localhost:9000", hash), []string{"signed as localhost"}},
		{"path encoded once", canonical("/a%20b", query, host, hash), []string{"path is signed as it stands"}},
		{"path unencoded", canonical("/a b", query, host, hash), []string{"path is signed unencoded"}},
		{"several", canonical("/a%2520b", "conf=0.5&classes=cat%2Cs3%3A%2F%2Fx%20y", "127.0.0.1", empty),
			[]string{"unsorted", "without its port", "hash of an empty body"}},
		{"another request", canonical("/other", query, host, hash), []string{"secret key is not that of AKIDEXAMPLE", "canonical form"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := request(t, "POST", target, body, nil)
			r.Host = host
			r.Header.Set("X-Amz-Date", date)
			c := claim{date: date[:8], region: "eu-central-1", service: "lambda", time: signedAt}
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260301/eu-central-1/lambda/aws4_request, "+
				"SignedHeaders=host;x-amz-date, Signature="+hex.EncodeToString(sign(c, "secret", tt.canonical)))
			_, err := verifier().Verify(r, []byte(body))
			if (err == nil) != (tt.want == nil) {
				t.Fatalf("Verify: %v", err)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%v\ndoes not say %q", err, part)
				}
			}
			if tt.name != "another request" && err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %v", err)
			}
		})
	}
}

// What is found without the body is told as well.
func TestFaultsOfClaim(t *testing.T) {
	for want, change := range map[string]func(*Verifier){
		"is for the region eu-central-1 and the service lambda, not for us-east-1":                  func(v *Verifier) { v.Region = "us-east-1" },
		`access key "AKIDEXAMPLE" is unknown`:                                                       func(v *Verifier) { v.Credentials = func(string) (Secret, bool) { return Secret{}, false } },
		"is 1h0m0s old by the clock of this machine":                                                func(v *Verifier) { v.Now = func() time.Time { return signedAt.Add(time.Hour) } },
		"is 1h0m0s in the future by the clock of this machine":                                      func(v *Verifier) { v.Now = func() time.Time { return signedAt.Add(-time.Hour) } },
		"secret key is not that of AKIDEXAMPLE, or the signer wrote down another request; the cano": func(v *Verifier) { v.Credentials = func(string) (Secret, bool) { return Secret{Key: "another"}, true } },
	} {
		r := request(t, "GET", "/", "", nil)
		signSDK(t, r, "", longLived)
		v := verifier()
		change(&v)
		if _, err := v.Verify(r, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
