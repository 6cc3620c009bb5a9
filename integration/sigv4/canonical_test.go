package sigv4

import (
	"net/http"
	"testing"
)

// The tables below are the rules of "Create a signed AWS API request" (IAM User
// Guide), one a line.

func TestCanonicalPath(t *testing.T) {
	tests := []struct{ rule, sent, want string }{
		{"empty is the root", "", "/"},
		{"root", "/", "/"},
		{"unreserved characters stay", "/aZ09-._~", "/aZ09-._~"},
		{"encoded once more", "/a%20b", "/a%2520b"},
		{"reserved characters are encoded", "/a!$&'()*+,;=:@", "/a%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%40"},
		{"an encoded slash divides nothing", "/a%2Fb", "/a%252Fb"},
		{"bytes, not characters", "/\u1234", "/%E1%88%B4"},
		{"slash at the end stays", "/a/", "/a/"},
		{"several slashes are one", "//a///b//", "/a/b/"},
		{"a dot goes", "/./a/./b/.", "/a/b"},
		{"two dots go up", "/a/b/../c", "/a/c"},
		{"not above the root", "/../../a", "/a"},
		{"up to the root", "/a/..", "/"},
		{"three dots are a name", "/.../a", "/.../a"},
		{"encoded dots are no dots", "/a/%2e%2e/b", "/a/%252e%252e/b"},
	}
	for _, test := range tests {
		if got := canonicalPath(test.sent); got != test.want {
			t.Errorf("%s: %q gives %q, want %q", test.rule, test.sent, got, test.want)
		}
	}
}

func TestCanonicalQuery(t *testing.T) {
	tests := []struct{ rule, sent, want string }{
		{"none", "", ""},
		{"a name alone has an empty value", "a", "a="},
		{"an empty value", "a=", "a="},
		{"a value alone", "=1", "=1"},
		{"an equals sign in a value", "a=b=c", "a=b%3Dc"},
		{"empty parts go", "&a=1&&b=2&", "a=1&b=2"},
		{"sorted by name", "b=1&a=2", "a=2&b=1"},
		{"capitals first", "a=1&A=2", "A=2&a=1"},
		{"then by value", "a=2&a=1&a=", "a=&a=1&a=2"},
		{"a name before its extension", "a-b=1&a=2", "a=2&a-b=1"},
		{"sorted after encoding", "k=a/b&k=a-b&k=aB", "k=a%2Fb&k=a-b&k=aB"},
		{"duplicates stay", "a=1&a=1", "a=1&a=1"},
		{"a plus is a space", "a=b+c", "a=b%20c"},
		{"an encoded plus is a plus", "a=b%2Bc", "a=b%2Bc"},
		{"encoding in small letters", "a=%c3%a4%2f", "a=%C3%A4%2F"},
		{"encoded in vain", "%61=%7E", "a=~"},
		{"not encoded", "\u1234=(*)", "%E1%88%B4=%28%2A%29"},
		{"a semicolon divides nothing", "a=1;b=2", "a=1%3Bb%3D2"},
	}
	for _, test := range tests {
		got, err := canonicalQuery(test.sent, false)
		if err != nil || got != test.want {
			t.Errorf("%s: %q gives %q, %v, want %q", test.rule, test.sent, got, err, test.want)
		}
	}
	const presigned = "b=1&X-Amz-Signature=00&X-Amz-Date=x&a=2"
	if got, err := canonicalQuery(presigned, true); got != "X-Amz-Date=x&a=2&b=1" {
		t.Errorf("presigned: %q gives %q, %v", presigned, got, err)
	}
	for _, malformed := range []string{"%", "a=%f", "a=%zz", "%G0=1"} {
		if got, err := canonicalQuery(malformed, false); err == nil {
			t.Errorf("%q gives %q, want an error", malformed, got)
		}
	}
}

func TestCanonicalHeaders(t *testing.T) {
	tests := []struct {
		rule   string
		header http.Header
		signed []string
		want   string
	}{
		{"host", nil, []string{"host"}, "host:id.lambda-url.eu-central-1.on.aws\n"},
		{"names are small", http.Header{"X-Custom": {"A b"}}, []string{"x-custom"}, "x-custom:A b\n"},
		{"values are trimmed", http.Header{"X-Custom": {"  a b  "}}, []string{"x-custom"}, "x-custom:a b\n"},
		{"several spaces are one", http.Header{"X-Custom": {"a   b      c"}}, []string{"x-custom"}, "x-custom:a b c\n"},
		{"between quotes too", http.Header{"X-Custom": {`"a   b"`}}, []string{"x-custom"}, "x-custom:\"a b\"\n"},
		{"an empty value", http.Header{"X-Custom": {""}}, []string{"x-custom"}, "x-custom:\n"},
		{"repeated: in the order sent", http.Header{"X-Custom": {"b", " a", "b "}}, []string{"x-custom"}, "x-custom:b,a,b\n"},
		{"not signed, not in it", http.Header{"X-Custom": {"1"}, "X-Other": {"2"}}, []string{"host", "x-other"}, "host:id.lambda-url.eu-central-1.on.aws\nx-other:2\n"},
		{"the length of the body", nil, []string{"content-length"}, "content-length:3\n"},
	}
	for _, test := range tests {
		got, err := canonicalHeaders(request(t, "POST", "/", "abc", test.header), test.signed)
		if err != nil || got != test.want {
			t.Errorf("%s: got %q, %v, want %q", test.rule, got, err, test.want)
		}
	}
	if _, err := canonicalHeaders(request(t, "GET", "/", "", nil), []string{"x-custom"}); err == nil {
		t.Error("a signed header that is missing passes")
	}
}

func TestParseTime(t *testing.T) {
	if got, err := parseTime("20260301T120000Z"); err != nil || !got.Equal(signedAt) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, s := range []string{"", "20260301", "20260301T120000", "20260301T120000.5Z", "20260301T120000,5Z",
		"20260301T120000+0000", "20260301t120000z", "2026-03-01T12:00:00Z", " 20260301T120000Z", "20260230T120000Z", "20260301T240000Z"} {
		if got, err := parseTime(s); err == nil {
			t.Errorf("%q gives %v, want an error", s, got)
		}
	}
}
